internal import Market
internal import Platform
internal import Tape

/// `jejak prune`: removes the hot segments of sealed days.
struct PruneCommand: Command {
    static let syntax = Syntax(
        name: "prune", summary: "remove the hot segments of sealed days, which their columns replace",
        options: [
            .init("--stream", "S", "only this stream"),
            .init("--date", "D", "only this trading day (default: every sealed day that retention lets go)"),
            .init("--yes", nil, "really remove; without it nothing is touched"),
        ],
        notes: "The configuration's retention.hot_days keeps the hot segments of that many newest days.")

    private let arguments: Arguments
    private let selection: HousekeepingSelection

    init(_ arguments: Arguments) throws {
        try arguments.refuseWords()
        self.arguments = arguments
        selection = try HousekeepingSelection(arguments)
    }

    func run() throws -> Int32 {
        let tape = arguments.tape
        var days = try selection.days(tape)
        if try arguments.day("--date") == nil {
            let today = TradingDay(containing: Timestamp(nanos: tape.clock.wallNanos()))
            let newest = today.advanced(by: -arguments.hotDays)
            days = try days.filter { stream, day in
                try day < newest && DaySeal.load(tape: tape, stream: stream, day: day) != nil
            }
        }
        var rows: [(StreamName, TradingDay, Prune.Outcome)] = []
        for (stream, day) in days {
            let outcome = try Prune(tape: tape, stream: stream, day: day).run(
                reallyRemove: arguments.has("--yes"))
            rows.append((stream, day, outcome))
        }
        if arguments.isJSON { printJSON(rows) } else { printTable(rows) }
        return CommandLineTool.ExitCode.good
    }

    private func printTable(_ rows: [(StreamName, TradingDay, Prune.Outcome)]) {
        var table = TextTable(["date", "stream", "segments", "bytes"], left: [0, 1])
        for (stream, day, outcome) in rows {
            table.add([
                day.description, stream.text, "\(outcome.segments.count)", Text.grouped(outcome.bytes),
            ])
        }
        for line in table.lines { Console.line(line) }
        let bytes = Text.grouped(rows.reduce(0) { $0 + $1.2.bytes })
        Console.line(
            arguments.has("--yes") ? "removed \(bytes) bytes" : "would remove \(bytes) bytes; --yes does it")
    }

    private func printJSON(_ rows: [(StreamName, TradingDay, Prune.Outcome)]) {
        var json = JSONText()
        json.object { json in
            json.bool("removed", arguments.has("--yes"))
            json.array("days") { json in
                for (stream, day, outcome) in rows {
                    json.object { json in
                        json.string("stream", stream.text)
                        json.string("date", day.description)
                        json.number("bytes", outcome.bytes)
                        json.array("segments") { json in
                            for name in outcome.segments { json.string(nil, name) }
                        }
                    }
                }
            }
        }
        Console.line(String(decoding: json.bytes, as: UTF8.self))
    }
}
