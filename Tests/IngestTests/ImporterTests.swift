import Feed
import Market
import TestSupport
import Testing

@testable import Ingest

@Suite struct ImporterTests {
    private let monday = "2026-02-09"
    private let tuesday = "2026-02-10"
    private let trade = "20260209|090000|BBCA|8000|10|B"
    private let later = "20260210|090000|BBCA|8000|10|S"

    @Test("payloads are lines without their LF, by their own date, in order")
    func lines() throws {
        let test = ImportedTape()
        let path = test.source("a", "\(trade)\r\n\(later)\n\(trade)\n\(trade)")
        let report = try test.run([path])
        #expect(report.appended == 4 && report.alreadyThere == 0 && report.undecodable == 0)
        #expect(try test.days == [monday, tuesday])
        #expect(try test.texts(monday) == [trade + "\r", trade, trade])
        #expect(try test.texts(tuesday) == [later])
    }

    @Test("payloads that will not decode, and empty ones, are on the tape under the given date")
    func undecodable() throws {
        let test = ImportedTape()
        let report = try test.run([test.source("a", "\n\(trade)\nnonsense\n\n")], date: tuesday)
        #expect(report.appended == 4 && report.undecodable == 3)
        #expect(report.firstUndecodable?.payload == 1)
        #expect(try test.texts(tuesday) == ["", "nonsense", ""])
        #expect(try test.texts(monday) == [trade])
    }

    @Test("a source with an undated payload is refused before anything is appended")
    func undated() throws {
        let test = ImportedTape()
        let path = test.source("a", "\(trade)\n\(trade)\nnonsense\n")
        let error = #expect(throws: ImportError.self) { try test.run([path]) }
        #expect(error?.description.contains("payload 3 of \(path) (byte 62) carries no date") == true)
        #expect(try test.days == [])
        #expect(throws: ImportError.self) {
            try test.run([test.source("b", trade), test.folder.path + "/none"])
        }
        #expect(throws: ImportError.self) { try test.run([test.folder.path]) }
        #expect(try test.days == [])
    }

    @Test(
        "a table's header goes to the day of the row behind it, and rows of one date and symbol are one payload"
    )
    func headers() throws {
        let header = BrokerTableText.header
        let (first, second) = (
            BrokerTableText.row(monday, "BBCA", "YP"), BrokerTableText.row(monday, "BBCA", "CC")
        )
        let (third, fourth) = (
            BrokerTableText.row(monday, "BBRI", "YP"), BrokerTableText.row(tuesday, "BBCA", "YP")
        )
        let test = ImportedTape()
        let text = [header, first, second, third, header, fourth].map { $0 + "\n" }.joined()
        let report = try test.run([test.source("a", text)])
        #expect(report.appended == 5)
        #expect(try test.texts(monday) == [header, "\(first)\n\(second)", third])
        #expect(try test.texts(tuesday) == [header, fourth])

        let alone = ImportedTape()
        let path = alone.source("a", header + "\n")
        #expect(throws: ImportError.self) { try alone.run([path]) }
        #expect(try alone.run([path], date: tuesday).appended == 1)
        #expect(try alone.texts(tuesday) == [header])
    }

    @Test("an envelope's ts is its receive time and, without any other date, gives its day")
    func envelopes() throws {
        let test = ImportedTape()
        // 2026-02-09T18:00:00Z is the tenth in Jakarta.
        let text = #"{"v":2,"fmt":"ob2","raw":"x","ts":1770660000000}"#
        try test.run([test.source("a", text + "\n")])
        let content = try DayContent(test.tape, ImportedTape.stream, TradingDay(tuesday)!)
        #expect(content.payloads == [Array(text.utf8)])
        #expect(content.messages[0].receiveTimeNanos == 1_770_660_000_000_000_000)
    }

    @Test("a whole document is one payload")
    func document() throws {
        let test = ImportedTape()
        try test.run([test.source("a", "{\n  \"a\": 1\n}\n")], date: monday, layout: .document)
        #expect(try test.texts(monday) == ["{\n  \"a\": 1\n}"])
        let lines = ImportedTape()
        try lines.run([lines.source("a", "{\n}\n")], date: monday, layout: .lines)
        #expect(try lines.texts(monday) == ["{", "}"])
    }

    @Test("long payloads cross the reader's chunks unharmed")
    func longPayloads() throws {
        let test = ImportedTape()
        let lines = [700_000, 1_048_575, 3_000_000, 5].map { size in String(repeating: "x", count: size) }
        try test.run([test.source("a", lines.joined(separator: "\n"))], date: monday)
        #expect(try test.texts(monday) == lines)
    }

    @Test("an empty source brings nothing")
    func empty() throws {
        let test = ImportedTape()
        #expect(try test.run([test.source("a", "")]).appended == 0)
        #expect(try test.run([test.source("a", "")], date: monday).appended == 0)
    }
}
