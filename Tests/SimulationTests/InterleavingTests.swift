import Feed
import Ingest
import Market
import Tape
import TestSupport
import Testing

@testable import TapeSimulation

/// Housekeeping between any two calls of another process.
@Suite struct InterleavingTests {
    private static let day = TradingDay("2026-02-09")!
    private static let messages = (0..<12).map { StoredMessage(Array("message \($0)".utf8)) }

    private let disk = FaultyDisk(reserveSizeMax: 1024)
    private let plan = FaultPlan(seed: 1, planted: nil)

    /// A tape as a process of its own sees it, before which others can come.
    private var disturbed: Tape {
        Tape(root: "/tape", disk: ProcessDisk(disk, plan), clock: ManualClock(), codecs: FeedCodecs())
    }
    private var tape: Tape { Tape(root: "/tape", disk: disk, clock: ManualClock(), codecs: FeedCodecs()) }

    private func writer(_ tape: Tape) throws -> TapeWriter {
        try TapeWriter(tape: tape, stream: World.trades, scales: .whole, segmentSizeMax: 300)
    }

    private func write(_ messages: [StoredMessage]) throws {
        try disk.createDirectory("/tape")
        try disk.syncDirectory("/")
        let writer = try writer(tape)
        for message in messages { try message.append(to: writer, InterleavingTests.day) }
        try writer.close()
    }

    /// Seals and prunes before the `nth` call; whether that call came.
    private func comeBetween(_ nth: Int) -> () -> Bool {
        let hasCome = Box()
        plan.armIntrusion(after: nth) { [tape] in
            hasCome.value = true
            let day = InterleavingTests.day
            _ = try? Seal(tape: tape, stream: World.trades, day: day).run()
            _ = try? Prune(tape: tape, stream: World.trades, day: day).run(reallyRemove: true)
        }
        return { hasCome.value }
    }

    private final class Box { var value = false }

    @Test("a day that is sealed and pruned while it is read is read whole")
    func reader() throws {
        var isReached = true
        var nth = 0
        while isReached {
            nth += 1
            let test = InterleavingTests()
            try test.write(InterleavingTests.messages)
            let hasCome = test.comeBetween(nth)
            let content = try DayContent(test.disturbed, World.trades, InterleavingTests.day)
            #expect(content.messages == InterleavingTests.messages && content.damages.isEmpty, "call \(nth)")
            isReached = hasCome()
        }
        #expect(nth > 8)
    }

    @Test("a segment that a writer may continue is not pruned, and what it appends stays")
    func writer() throws {
        var isReached = true
        var nth = 0
        while isReached {
            nth += 1
            let test = InterleavingTests()
            try test.write([InterleavingTests.messages[0]])
            let writer = try test.writer(test.disturbed)
            _ = try writer.nextNumber(of: InterleavingTests.day)
            let hasCome = test.comeBetween(nth)
            for message in InterleavingTests.messages[1...] {
                try message.append(to: writer, InterleavingTests.day)
                try writer.commit(writer.takeGroup()!)
            }
            isReached = hasCome()
            test.plan.disarmIntrusion()
            try writer.close()
            let content = try DayContent(test.tape, World.trades, InterleavingTests.day)
            #expect(content.messages == InterleavingTests.messages && content.damages.isEmpty, "call \(nth)")
        }
        #expect(nth > 30)
    }
}
