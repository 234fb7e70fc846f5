internal import Market
internal import Platform
internal import Projections
internal import Replay
internal import Tape

/// `jejak replay`: rebuilds projections from the tape.
struct ReplayCommand: Command {
    static let syntax = Syntax(
        name: "replay", summary: "rebuild projections from the tape, with a completion proof",
        options: [
            .init("--from", "D", "first trading day"),
            .init("--to", "D", "last trading day"),
            .init("--projection", "P", "footprint@1, coverage@1, broker_flow@1, … (default: all)"),
            .init("--symbol", "S", "only this symbol's rows"),
            .init("--hour", "H", "only rows of this hour, WIB, 0 to 23"),
            .init(
                "--force", nil, "rebuild the store from nothing, though it has days that retention removed"),
        ],
        notes:
            "Rows of days that retention has removed from the tape stay in the store. Where it lacks them, which\n"
            + "nothing can mend, they are listed as missing and the exit code is 1.")

    private var options: ReplayOptions
    private let arguments: Arguments

    init(_ arguments: Arguments) throws {
        try arguments.refuseWords()
        self.arguments = arguments
        options = ReplayOptions(registry: try arguments.registry())
        (options.from, options.to) = try arguments.days()
        options.symbol = try arguments.symbol("--symbol")
        options.hour = try arguments.number("--hour", in: 0...23)
        options.threadCount = try arguments.threads()
        if let text = arguments.text("--projection") {
            let known = ProjectionID.all.first { $0.description == text || $0.name == text }
            guard let known else {
                let names = ProjectionID.all.map(\.description).joined(separator: " or ")
                throw UsageError("--projection \(text): expected \(names)")
            }
            options.projections = [known]
        }
        if arguments.has("--force"), !options.isEverything {
            throw UsageError("--force rebuilds everything: give no part of it")
        }
    }

    func run() throws -> Int32 {
        let tape = arguments.tape
        let counter = ReplayProgress()
        Signals.onInterrupt { counter.stop() }
        let progress = Progress("replayed", isQuiet: arguments.isQuiet)
        let report = try StoreAccess.replay(
            arguments, options, fromNothing: arguments.has("--force"), progress: counter,
            onDay: { done, all in
                progress.show(count: counter.messages, fraction: Double(done) / Double(max(all, 1)))
            })
        let seconds = progress.seconds
        progress.end()
        for stream in report.unreadStreams where !arguments.isQuiet {
            Console.error(
                "jejak: no footprint is made of \(stream): \(tape.root)/streams.json names another feed of its market"
            )
        }
        for damage in report.damages { Console.error("jejak: \(damage)") }
        let output = AnswerOutput()
        if arguments.isJSON {
            try output.line(json(report, seconds))
        } else {
            for line in lines(report, seconds) { try output.line(line) }
        }
        try output.flush()
        return report.damages.isEmpty && report.retired.allSatisfy(\.isKept)
            ? CommandLineTool.ExitCode.good : CommandLineTool.ExitCode.findings
    }

    private func lines(_ report: ReplayReport, _ seconds: Double) -> [String] {
        let rate = Int(Double(report.total.messages) / max(seconds, 0.001))
        var lines = [
            "replayed \(Text.grouped(report.total.messages)) messages of \(report.days.count) stream-days in "
                + "\(Text.fixed(Int128(seconds * 1000), digits: 3)) s (\(Text.grouped(rate))/s)",
            "trades \(Text.grouped(report.total.trades)), undecodable \(report.total.undecodable), "
                + "duplicates \(report.total.duplicates), conflicts \(report.total.conflicts), stale \(report.total.stale), "
                + "other \(report.total.other)",
        ]
        for day in report.retired {
            let rows = day.isKept ? "the store keeps its rows" : "the store lacks its rows"
            lines.append("retired: \(day.tombstone.explanation); \(rows)")
        }
        for (projection, days) in report.digests.sorted(by: { $0.key < $1.key }) {
            for (day, digest) in days.sorted(by: { $0.key < $1.key }) {
                lines.append("\(projection.name) \(projection.version) \(day) \(SHA256.hex(digest))")
            }
        }
        return lines
    }

    private func json(_ report: ReplayReport, _ seconds: Double) -> String {
        var json = JSONText()
        json.object { json in
            json.counts(report.total)
            json.number("seconds", seconds)
            json.array("days") { json in
                for day in report.days {
                    json.object {
                        $0.string("stream", day.stream)
                        $0.string("date", day.day.description)
                        $0.number("first", 0)
                        $0.number("last", Int64(day.endNumber) - 1)
                        $0.number("messages", day.messages)
                    }
                }
            }
            json.array("retired") { json in
                for day in report.retired {
                    json.object {
                        $0.string("stream", day.tombstone.stream)
                        $0.string("date", day.tombstone.day)
                        $0.number("messages", day.tombstone.messages)
                        $0.bool("kept", day.isKept)
                    }
                }
            }
            json.array("damages") { json in
                for damage in report.damages { json.string(nil, damage) }
            }
            json.object("digests") { json in
                for (projection, days) in report.digests.sorted(by: { $0.key < $1.key }) {
                    json.object(projection.description) { json in
                        for (day, digest) in days.sorted(by: { $0.key < $1.key }) {
                            json.string(day.description, SHA256.hex(digest))
                        }
                    }
                }
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
