internal import Market
internal import Platform
internal import Tape

/// `jejak salvage`: brings a damaged day into a form that reads again, with what is lost recorded as gaps.
struct SalvageCommand: Command {
    static let syntax = Syntax(
        name: "salvage", summary: "save what is readable of a damaged day, with gaps for what is not",
        options: [
            .init("--stream", "S", "the stream"),
            .init("--date", "D", "the trading day"),
            .init(
                "--out", "FILE", "write the readable payloads to a file instead, one a line; change nothing"),
            .init("--yes", nil, "really do it; without it nothing is touched"),
        ],
        notes: """
            Messages keep their numbers. One that cannot be read becomes a gap: `jejak cat` leaves it out and says so,
            a replay counts it as undecodable. Damaged files are kept under names that end in .damaged.
            A sealed day becomes a hot one; seal it again with `jejak seal`.
            """)

    private let arguments: Arguments
    private let stream: StreamName
    private let day: TradingDay

    init(_ arguments: Arguments) throws {
        try arguments.refuseWords()
        self.arguments = arguments
        stream = try arguments.stream()
        guard let day = try arguments.day("--date") else { throw UsageError("--date D is missing") }
        self.day = day
        if arguments.has("--yes"), arguments.text("--out") != nil {
            throw UsageError("give --out FILE, which changes nothing, or --yes, not both")
        }
    }

    func run() throws -> Int32 {
        let tape = arguments.tape
        guard try tape.streams().contains(stream) else { throw TapeError.noStream(stream, root: tape.root) }
        guard try tape.days(of: stream).contains(day) else {
            throw UsageError("stream \(stream) has no day \(day) on the tape \(tape.root)")
        }
        let salvage = Salvage(tape: tape, stream: stream, day: day)
        var savedCount: UInt64?
        if let path = arguments.text("--out") { savedCount = try salvage.write(to: path) }
        let report = try salvage.run(reallyDo: arguments.has("--yes"))
        if arguments.isJSON { printJSON(report) } else { printText(report, savedCount) }
        return CommandLineTool.ExitCode.good
    }

    private func printText(_ report: Salvage.Report, _ savedCount: UInt64?) {
        if let savedCount { Console.line("wrote \(Text.grouped(savedCount)) readable payloads") }
        guard report.isNeeded else {
            return Console.line("\(stream) of \(day) is not damaged; nothing to salvage")
        }
        for finding in report.findings {
            Console.line(
                "\(finding.rule): \(finding.path ?? "") byte \(finding.offset ?? 0): \(finding.text)")
        }
        for range in report.lost {
            Console.line("lost: messages \(range.lowerBound) to \(range.upperBound - 1)")
        }
        for name in report.setAside { Console.line("kept as \(name).damaged: \(name)") }
        let lost = report.lost.reduce(0) { $0 + UInt64($1.count) }
        let sum = "\(Text.grouped(report.messages - lost)) of \(Text.grouped(report.messages)) messages"
        Console.line(arguments.has("--yes") ? "saved \(sum)" : "would save \(sum); --yes does it")
        if arguments.has("--yes"), report.setAside.contains("day.tape") {
            Console.line("the day is hot again: run `jejak seal --stream \(stream) --date \(day)`")
        }
    }

    private func printJSON(_ report: Salvage.Report) {
        var json = JSONText()
        json.object { json in
            json.bool("done", arguments.has("--yes") && report.isNeeded)
            json.bool("needed", report.isNeeded)
            json.number("messages", report.messages)
            json.array("lost") { json in
                for range in report.lost {
                    json.array {
                        $0.number(nil, range.lowerBound)
                        $0.number(nil, range.upperBound - 1)
                    }
                }
            }
            json.array("set_aside") { json in for name in report.setAside { json.string(nil, name) } }
        }
        Console.line(String(decoding: json.bytes, as: UTF8.self))
    }
}
