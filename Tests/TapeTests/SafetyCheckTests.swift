import Market
import TestSupport
import Testing

@testable import Tape

@Suite struct SafetyCheckTests {
    /// A tape of four streams, all but `idx.book` daily, whose clock shows ten in the morning of a day.
    private func made(_ today: String) throws -> (Tape, FaultyDisk) {
        let disk = FaultyDisk(reserveSizeMax: 1024)
        try disk.createDirectory(TestTape.root)
        let nanos = TradingDay(today)!.start.nanos + 10 * 3600 * 1_000_000_000
        let tape = Tape(root: TestTape.root, disk: disk, clock: ManualClock(nanos: nanos))
        for name in ["idx.trades", "idx.broksum", "idx.book", "crypto.trades"] {
            _ = try Catalog.register(try StreamName(name), scales: nil, tape: tape)
        }
        let path = "\(TestTape.root)/streams.json"
        disk.damage(path) { bytes in
            // As a person edits it.
            var text = String(decoding: bytes, as: UTF8.self)
            for content in ["trades", "broksum"] {
                text = text.replacing(
                    "\"content\" : \"\(content)\",\n      \"lot",
                    with:
                        "\"content\" : \"\(content)\",\n      \"daily\" : true,\n      \"lot")
            }
            bytes = Array(text.utf8)
        }
        return (tape, disk)
    }

    private func append(_ tape: Tape, _ stream: String, _ day: String) throws {
        let writer = try TapeWriter(tape: tape, stream: try StreamName(stream), scales: .whole)
        try StoredMessage([1]).append(to: writer, TradingDay(day)!)
        try writer.close()
    }

    private func lacking(_ tape: Tape, only: String? = nil) throws -> [String] {
        try SafetyCheck(tape: tape).streamsLackingToday(only: only.map { try! StreamName($0) }).map(\.text)
    }

    @Test("on a trading day every daily stream without a message of today is named")
    func tradingDay() throws {
        let (tape, _) = try made("2026-02-10")
        #expect(try lacking(tape) == ["crypto.trades", "idx.broksum", "idx.trades"])
        #expect(try lacking(tape, only: "idx.trades") == ["idx.trades"])
        #expect(try lacking(tape, only: "idx.book") == [])
        try append(tape, "idx.trades", "2026-02-09")
        try append(tape, "idx.broksum", "2026-02-10")
        #expect(try lacking(tape) == ["crypto.trades", "idx.trades"])
        // A day that was opened, and holds nothing.
        let writer = try TapeWriter(tape: tape, stream: try StreamName("idx.trades"), scales: .whole)
        #expect(try writer.nextNumber(of: TradingDay("2026-02-10")!) == 0)
        try writer.close()
        #expect(try lacking(tape) == ["crypto.trades", "idx.trades"])
        try append(tape, "idx.trades", "2026-02-10")
        try append(tape, "crypto.trades", "2026-02-10")
        #expect(try lacking(tape) == [])
    }

    @Test(
        "on days without trading only markets that never close lack data",
        arguments: [
            ("2026-02-14", false), ("2026-02-15", false), ("2026-02-17", false), ("2026-02-18", true),
            // Years without a calendar: weekdays.
            ("2031-02-10", true), ("2031-02-09", false),
        ])
    func closedDays(today: String, isOpen: Bool) throws {
        let (tape, _) = try made(today)
        let expected = ["crypto.trades"] + (isOpen ? ["idx.broksum", "idx.trades"] : [])
        #expect(try lacking(tape) == expected)
    }

    @Test("today begins at midnight in WIB")
    func midnight() throws {
        let (tape, disk) = try made("2026-02-10")
        try append(tape, "idx.trades", "2026-02-10")
        let start = TradingDay("2026-02-11")!.start.nanos
        for (nanos, isLacking) in [(start - 1, false), (start, true)] {
            let other = Tape(root: TestTape.root, disk: disk, clock: ManualClock(nanos: nanos))
            #expect(try lacking(other).contains("idx.trades") == isLacking)
        }
    }
}
