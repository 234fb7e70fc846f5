import TestSupport
import Testing

@testable import Tape

/// Housekeeping of a day that a killed writer has left and to which nobody writes again.
@Suite struct LeftDayTests {
    private let messages = SealTests.messages(10)

    /// A writer that is killed with the day open.
    private func left() throws -> TestTape {
        let test = try TestTape.made()
        let writer = try test.writer(segmentSizeMax: 420)
        for message in messages {
            try message.append(to: writer, TestTape.monday)
            try writer.commit(writer.takeGroup()!)
        }
        test.disk.kill()
        writer.abandon()
        return test
    }

    private func expectSealedAndPruned(_ test: TestTape) throws {
        #expect(try SealTests.seal(test).run().seal.messages == 10)
        _ = try SealTests.prune(test).run(reallyRemove: true)
        #expect(try test.tape.segments(of: TestTape.stream, on: TestTape.monday).isEmpty)
        let content = try test.read()
        #expect(content.messages == messages && content.damages.isEmpty)
    }

    @Test("it is sealed, and all of its segments can be pruned")
    func open() throws { try expectSealedAndPruned(try left()) }

    @Test("so it is where a power cut has torn half of its mark")
    func torn() throws {
        let test = try left()
        // The next write would have gone to the half that is older.
        test.disk.damage(test.path(Mark.fileName)) { $0[messages.count % 2 == 0 ? 512 + 20 : 20] ^= 0xFF }
        try expectSealedAndPruned(test)
    }

    @Test("where the mark that closed it was never synced, its segments are pruned all the same")
    func closedInCacheOnly() throws {
        let test = try left()
        let writer = try test.writer(segmentSizeMax: 420)
        _ = try writer.nextNumber(of: TestTape.monday)
        try messages[0].append(to: writer, TestTape.monday)
        try writer.commit(writer.takeGroup()!)
        let syncs = test.disk.count(.syncData)
        test.disk.arm(FaultyDisk.Fault(.syncData, nth: 1, code: 5))
        try writer.close()
        #expect(test.disk.hasFired && test.disk.count(.syncData) > syncs)
        test.disk.arm(nil)
        _ = try SealTests.seal(test).run()
        _ = try SealTests.prune(test).run(reallyRemove: true)
        #expect(try test.tape.segments(of: TestTape.stream, on: TestTape.monday).isEmpty)
        #expect(try test.read().messages == messages + [messages[0]])
    }

    @Test("while a writer lives it is left as it is, and so is its last segment")
    func alive() throws {
        let test = try left()
        let writer = try test.writer(segmentSizeMax: 420)
        _ = try SealTests.seal(test).run()
        let pruned = try SealTests.prune(test).run(reallyRemove: true).segments
        let segments = try test.tape.segments(of: TestTape.stream, on: TestTape.monday)
        #expect(!pruned.isEmpty && segments.count == 1)
        try writer.close()
        try expectSealedAndPruned(test)
    }
}
