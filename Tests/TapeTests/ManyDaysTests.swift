import Market
import TestSupport
import Testing

@testable import Tape

@Suite struct ManyDaysTests {
    private let days = (0..<80).map { TradingDay(daysSinceEpoch: 20_000 + Int32($0)) }

    @Test("a group over many days, and the settling of it after a kill, keep few files open")
    func fewFiles() throws {
        let test = try TestTape.made()
        let writer = try test.writer()
        let source = SourceImport(writer: writer, date: nil, layout: "auto", continuing: nil)
        for _ in 0..<2 {
            for (number, day) in days.enumerated() {
                _ = try TestTape.payloads(1, from: number)[0].withUnsafeBytes {
                    try source.append(StoredMessage.raw($0), to: day)
                }
            }
            try writer.commit(try #require(writer.takeGroup()))
        }
        #expect(test.disk.openCountMax < 72)
        test.disk.kill()
        writer.abandon()
        #expect(test.disk.openCount == 0)

        let next = try test.writer()
        #expect(next.ledger.entries.first?.ranges == days.map { LedgerRange(day: $0, first: 0, end: 2) })
        try next.close()
        #expect(test.disk.openCountMax < 72)
        for (number, day) in days.enumerated() {
            let content = try test.read(day)
            let payload = TestTape.payloads(1, from: number)[0]
            #expect(content.payloads == [payload, payload] && content.damages.isEmpty)
        }
    }

    @Test("a cursor behind its last batch keeps no file open")
    func readToTheEnd() throws {
        let test = try TestTape.made()
        try test.write(TestTape.payloads(5))
        for wanted in [0..<UInt64.max, 0..<5, 1..<3] as [Range<UInt64>] {
            let cursor = try DayCursor(
                tape: test.tape, stream: TestTape.stream, day: TestTape.monday, wanted: wanted)
            #expect(try cursor.next()?.count == wanted.clamped(to: 0..<5).count)
            #expect(test.disk.openCount == 0)
            #expect(try cursor.next() == nil)
        }
    }
}
