import Market
import Platform
import TestSupport
import Testing

@testable import Tape

@Suite struct RetireTests {
    static let policy = "sealed_days 30"

    static func retire(_ test: TestTape, reallyRemove: Bool = true) throws(TapeError) -> Retire.Outcome {
        try Retire(tape: test.tape, stream: TestTape.stream, day: TestTape.monday)
            .run(policy: policy, reallyRemove: reallyRemove)
    }

    /// Monday with messages in a seal.
    static func sealed(_ count: Int) throws -> (TestTape, DaySeal) {
        let test = try TestTape.made()
        try SealTests.write(SealTests.messages(count), test)
        return (test, try SealTests.seal(test).run().seal)
    }

    private func names(_ test: TestTape) throws -> [String] {
        try test.disk.list(String(test.path("").dropLast()))
    }

    private func expectRetired(_ body: () throws(TapeError) -> Void) {
        do throws(TapeError) {
            try body()
            Issue.record("a retired day was touched")
        } catch {
            guard case .retired(let tombstone) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(tombstone.day == "2026-02-09")
        }
    }

    @Test("a retired day leaves its seal, its mark and a tombstone that the chain of seals proves")
    func leaves() throws {
        let (test, seal) = try RetireTests.sealed(20)
        let before = try names(test)
        guard case .files(let dry) = try RetireTests.retire(test, reallyRemove: false) else {
            Issue.record("it was sealed")
            return
        }
        #expect(try names(test) == before)
        guard case .files(let real) = try RetireTests.retire(test) else { return }
        #expect(real.segments == dry.segments && real.bytes == dry.bytes && real.bytes > 0)
        #expect(real.segments.contains("day.tape") && real.segments.contains("0000000000000000.log"))
        #expect(try names(test) == ["day.json", "mark", "sanity-info.json", "tombstone.json"])
        let tombstone = try #require(try test.tape.tombstone(of: TestTape.stream, on: TestTape.monday))
        #expect(tombstone == Tombstone(seal, at: test.tape.clock.wallNanos(), policy: RetireTests.policy))
        #expect(tombstone.messages == 20 && tombstone.seal == seal.hash && tombstone.root == seal.root)
        #expect(try DaySeal.load(tape: test.tape, stream: TestTape.stream, day: TestTape.monday) == seal)
        guard case .files(let again) = try RetireTests.retire(test) else { return }
        #expect(again.segments.isEmpty)
        // The chain goes on behind it.
        try SealTests.write(SealTests.messages(5), test, TestTape.tuesday)
        let next = try SealTests.seal(test, TestTape.tuesday).run().seal
        #expect(next.number == 2 && next.previous == tombstone.seal)
    }

    @Test("nobody reads, writes, seals or prunes a retired day, and each is told why")
    func refused() throws {
        let (test, _) = try RetireTests.sealed(20)
        try SealTests.write(SealTests.messages(5), test, TestTape.tuesday)
        _ = try RetireTests.retire(test)
        expectRetired { () throws(TapeError) in _ = try test.read() }
        expectRetired { () throws(TapeError) in _ = try SealTests.seal(test).run() }
        expectRetired { () throws(TapeError) in _ = try SealTests.prune(test).run(reallyRemove: true) }
        let before = try names(test)
        let writer = try test.writer()
        expectRetired { () throws(TapeError) in _ = try writer.nextNumber(of: TestTape.monday) }
        try StoredMessage([1]).append(to: writer, TestTape.tuesday)
        expectRetired { () throws(TapeError) in
            try StoredMessage([1]).append(to: writer, TestTape.monday)
        }
        try writer.close()
        #expect(try names(test) == before)
        #expect(try test.read(TestTape.tuesday).messages.count == 6)
        let cursor = try Cursor(
            tape: test.tape, stream: TestTape.stream, days: TestTape.monday...TestTape.tuesday)
        var count = 0
        while let (_, messages) = try cursor.next() { count += messages.count }
        #expect(count == 6 && cursor.retired.map(\.day) == ["2026-02-09"] && cursor.damages.isEmpty)
    }

    @Test("a day that is not sealed, or has late messages, stays")
    func staysUnsealed() throws {
        let test = try TestTape.made()
        try SealTests.write(SealTests.messages(10), test)
        for _ in 0..<2 {
            guard case .mustBeSealed = try RetireTests.retire(test) else {
                Issue.record("messages would be gone that no seal tells of")
                return
            }
            _ = try SealTests.seal(test).run()
            try SealTests.write(SealTests.messages(3), test)
        }
        #expect(try test.read().messages.count == 16)
        _ = try SealTests.seal(test).run()
        guard case .files = try RetireTests.retire(test) else {
            Issue.record("it is sealed whole")
            return
        }
    }

    @Test("a day whose seal was edited or has left the chain stays")
    func staysUnproven() throws {
        let (test, _) = try RetireTests.sealed(10)
        let chain = "\(TestTape.root)/\(TestTape.stream)/seals"
        for path in [test.path("day.json"), chain] {
            let whole = test.disk.content(path)!
            test.disk.vanish(path)
            #expect(throws: TapeError.self) { try RetireTests.retire(test) }
            test.disk.damage(path) { $0 = whole }
        }
        #expect(try test.read().messages.count == 10)
    }

    @Test("retention waits for a writer")
    func waitsForWriter() throws {
        let (test, _) = try RetireTests.sealed(10)
        let writer = try test.writer()
        guard case .files = try RetireTests.retire(test, reallyRemove: false) else { return }
        let error = #expect(throws: TapeError.self) { try RetireTests.retire(test) }
        #expect(error?.description.contains("is being written") == true)
        try writer.close()
        #expect(try test.read().messages.count == 10)
        _ = try RetireTests.retire(test)
    }

    @Test("no flipped bit of a tombstone goes unseen, and none brings the day back")
    func everyBit() throws {
        let (test, _) = try RetireTests.sealed(10)
        _ = try RetireTests.retire(test)
        let path = test.path(Tombstone.fileName)
        let whole = test.disk.content(path)!
        let expected = try test.tape.tombstone(of: TestTape.stream, on: TestTape.monday)
        for bit in 0..<(8 * whole.count) {
            test.disk.damage(path) { $0[bit / 8] ^= 1 << UInt8(bit % 8) }
            if let found = try? test.tape.tombstone(of: TestTape.stream, on: TestTape.monday) {
                #expect(found == expected, "bit \(bit)")
            }
            #expect(throws: TapeError.self) { try test.read() }
            test.disk.damage(path) { $0 = whole }
        }
    }

    @Test("an import that was killed on a day which retention then removed does not bar the stream")
    func killedImport() throws {
        let test = try TestTape.made()
        let writer = try test.writer()
        let source = SourceImport(writer: writer, date: nil, layout: "lines", continuing: nil)
        for message in SealTests.messages(7) {
            let padded = message.payload + [UInt8](repeating: 0, count: 8)
            try padded.withUnsafeBytes { raw in
                let bytes = UnsafeRawBufferPointer(rebasing: raw[..<message.payload.count])
                let empty = UnsafeRawBufferPointer(rebasing: raw[..<1])
                _ = try source.append(
                    StoredMessage.raw(bytes.isEmpty ? empty : bytes), to: TestTape.monday)
            }
        }
        try writer.commit(try #require(writer.takeGroup()))
        test.disk.kill()
        _ = try SealTests.seal(test).run()
        guard case .files = try RetireTests.retire(test) else {
            Issue.record("it is sealed whole")
            return
        }
        let next = try test.writer()
        let ranges = next.ledger.entries.flatMap(\.ranges)
        #expect(ranges == [LedgerRange(day: TestTape.monday, first: 0, end: 7)])
        try next.close()
    }

    @Test("a lost ledger is noticed also where every message is sealed, or gone")
    func lostLedger() throws {
        let (test, _) = try RetireTests.sealed(10)
        _ = try SealTests.prune(test).run(reallyRemove: true)
        let path = "\(TestTape.root)/\(TestTape.stream)/ledger"
        test.disk.vanish(path)
        #expect(throws: TapeError.self) { try test.writer() }
        _ = try RetireTests.retire(test)
        #expect(throws: TapeError.self) { try test.writer() }
        #expect(test.disk.content(path) == nil)
    }

    @Test(
        "a retention that cannot be followed is refused by name",
        arguments: [
            (Retention(hotDays: -1), false), (Retention(hotDays: 0), true), (Retention(sealedDays: 0), false),
            (Retention(sealedDays: 1), true), (Retention(sealedDays: 1_000_001), false),
            (Retention(hotDays: 1_000_000, sealedDays: 1_000_000), true), (Retention(), true),
        ])
    func policy(retention: Retention, isGood: Bool) throws {
        let test = try TestTape.made()
        _ = try Catalog.register(TestTape.stream, scales: nil, tape: test.tape)
        var catalog = try Catalog.load(test.tape)
        catalog.streams[TestTape.stream.text]?.retention = retention
        if isGood {
            #expect(try catalog.retention(of: TestTape.stream) == retention)
        } else {
            #expect(throws: TapeError.self) { try catalog.retention(of: TestTape.stream) }
        }
    }
}
