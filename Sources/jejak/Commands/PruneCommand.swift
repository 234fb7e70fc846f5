internal import Market
internal import Platform
internal import Tape

/// `jejak prune`: removes the hot segments of sealed days, and the sealed days that retention lets go.
struct PruneCommand: Command {
    static let syntax = Syntax(
        name: "prune", summary: "remove the hot segments of sealed days, and sealed days past retention",
        options: [
            .init("--stream", "S", "only this stream"),
            .init("--date", "D", "only this trading day (default: every sealed day that retention lets go)"),
            .init("--yes", nil, "really remove; without it nothing is touched"),
        ],
        notes:
            "A stream's \"retention\": {\"hot_days\": N, \"sealed_days\": N} in streams.json keeps hot segments and\n"
            + "sealed days for that many days; hot_days may also stand in the configuration, for all streams. A\n"
            + "sealed day that goes leaves a tombstone with its hashes. Without sealed_days none ever goes.")

    private let arguments: Arguments
    private let selection: HousekeepingSelection

    private struct Row {
        let stream: StreamName
        let day: TradingDay
        let outcome: Prune.Outcome
        /// The rule that lets all of the day go; nil where only its hot segments do.
        let policy: String?
    }

    init(_ arguments: Arguments) throws {
        try arguments.refuseWords()
        self.arguments = arguments
        selection = try HousekeepingSelection(arguments)
    }

    func run() throws -> Int32 {
        let tape = arguments.tape
        let catalog = try Catalog.load(tape)
        let today = HousekeepingSelection.today(tape)
        let days = try selection.days(tape)
        // A policy that cannot be followed is refused before anything goes.
        for (stream, _) in days { _ = try catalog.retention(of: stream) }
        var rows: [Row] = []
        for (stream, day) in days {
            let retention = try catalog.retention(of: stream)
            if let row = try retire(stream, day, retention, today) {
                rows.append(row)
                continue
            }
            if selection.day == nil {
                let hotDays = retention.hotDays ?? arguments.hotDays
                guard day < today.advanced(by: -hotDays),
                    try DaySeal.load(tape: tape, stream: stream, day: day) != nil
                else { continue }
            }
            let outcome = try Prune(tape: tape, stream: stream, day: day).run(
                reallyRemove: arguments.has("--yes"))
            rows.append(Row(stream: stream, day: day, outcome: outcome, policy: nil))
        }
        if arguments.isJSON { printJSON(rows) } else { printTable(rows) }
        return CommandLineTool.ExitCode.good
    }

    /// Retires a day that is past retention, or finishes what was begun; nil where the day stays.
    private func retire(
        _ stream: StreamName, _ day: TradingDay, _ retention: Retention, _ today: TradingDay
    ) throws -> Row? {
        let tape = arguments.tape
        let tombstone = try tape.tombstone(of: stream, on: day)
        let isPast = retention.sealedDays.map { day < today.advanced(by: -$0) } ?? false
        guard isPast || tombstone != nil else { return nil }
        let policy = tombstone?.policy ?? "sealed_days \(retention.sealedDays ?? 0)"
        let stays: String
        do throws(TapeError) {
            switch try Retire(tape: tape, stream: stream, day: day).run(
                policy: policy, reallyRemove: arguments.has("--yes"))
            {
            case .files(let outcome):
                return Row(stream: stream, day: day, outcome: outcome, policy: policy)
            case .mustBeSealed:
                stays = "it is not sealed whole: run `jejak seal --date \(day)`"
            }
        } catch {
            // A writer may be at work for days; other days and streams do not wait for it.
            guard case .locked = error else { throw error }
            stays = "\(error)"
        }
        Console.error("jejak: \(stream) of \(day) is past retention (\(policy)) but stays: \(stays)")
        let nothing = Prune.Outcome(segments: [], bytes: 0)
        return tombstone.map { _ in Row(stream: stream, day: day, outcome: nothing, policy: policy) }
    }

    private func printTable(_ rows: [Row]) {
        var table = TextTable(["date", "stream", "files", "bytes", "what"], left: [0, 1, 4])
        for row in rows where row.policy == nil || !row.outcome.segments.isEmpty || selection.day != nil {
            table.add([
                row.day.description, row.stream.text, "\(row.outcome.segments.count)",
                Text.grouped(row.outcome.bytes),
                row.policy.map { "the sealed day, by retention (\($0))" } ?? "hot segments",
            ])
        }
        for line in table.lines { Console.line(line) }
        let bytes = Text.grouped(rows.reduce(0) { $0 + $1.outcome.bytes })
        Console.line(
            arguments.has("--yes") ? "removed \(bytes) bytes" : "would remove \(bytes) bytes; --yes does it")
    }

    private func printJSON(_ rows: [Row]) {
        var json = JSONText()
        json.object { json in
            json.bool("removed", arguments.has("--yes"))
            json.array("days") { json in
                for row in rows {
                    json.object { json in
                        json.string("stream", row.stream.text)
                        json.string("date", row.day.description)
                        json.number("bytes", row.outcome.bytes)
                        json.array("segments") { json in
                            for name in row.outcome.segments { json.string(nil, name) }
                        }
                        if let policy = row.policy { json.string("policy", policy) }
                    }
                }
            }
        }
        Console.line(String(decoding: json.bytes, as: UTF8.self))
    }
}
