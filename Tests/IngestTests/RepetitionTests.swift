import TestSupport
import Testing

@testable import Ingest

/// Importing a source again appends only what it has gained.
@Suite struct RepetitionTests {
    private let monday = "2026-02-09"
    private let lines = ImportedTape.lines(30, seed: 3, days: ["20260209"])

    private func text(_ count: Int) -> String { lines[..<count].map { $0 + "\n" }.joined() }

    @Test("the same source twice is one source, whatever it is called")
    func twice() throws {
        let test = ImportedTape()
        try test.run([test.source("a", text(10))])
        let again = try test.run([test.source("a", text(10)), test.source("b", text(10))])
        #expect(again.appended == 0 && again.alreadyThere == 20)
        #expect(try test.texts(monday) == Array(lines[..<10]))
    }

    @Test("a source that has grown brings what it has gained")
    func grown() throws {
        let test = ImportedTape()
        for count in [10, 10, 11, 25, 30] { try test.run([test.source("a", text(count))]) }
        #expect(try test.texts(monday) == lines)
        // An earlier state of it is all there, too.
        #expect(try test.run([test.source("old", text(11))]).appended == 11)
    }

    @Test("a last line without LF that has grown is another payload")
    func openLine() throws {
        let test = ImportedTape()
        try test.run([test.source("a", "20260209|1\n20260209|2")], date: monday)
        #expect(
            try test.run([test.source("a", "20260209|1\n20260209|2\n20260209|3")], date: monday).appended == 1
        )
        #expect(
            try test.run([test.source("a", "20260209|1\n20260209|2\n20260209|34\n")], date: monday).appended
                == 1)
        #expect(try test.texts(monday) == ["20260209|1", "20260209|2", "20260209|3", "20260209|34"])
    }

    @Test("another date or layout makes it another source")
    func otherDate() throws {
        let test = ImportedTape()
        let path = test.source("a", "x\ny\n")
        #expect(try test.run([path], date: monday).appended == 2)
        #expect(try test.run([path], date: "2026-02-10").appended == 2)
        #expect(try test.run([path], date: monday, layout: .lines).appended == 2)
        #expect(try test.run([path], date: monday).appended == 0)
    }

    @Test("sources that begin alike and go on differently are two sources")
    func fork() throws {
        let test = ImportedTape()
        let (left, right) = (text(10) + "20260209|left\n", text(10) + "20260209|right\n")
        try test.run([test.source("a", left)], date: monday)
        #expect(try test.run([test.source("b", right)], date: monday).appended == 11)
        #expect(try test.run([test.source("a", left), test.source("b", right)], date: monday).appended == 0)
    }
}
