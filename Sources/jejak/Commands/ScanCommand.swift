internal import Market
internal import Platform
internal import Replay
internal import Tape

/// `jejak scan`: looks for damage, gaps and deviations, and says what mends each. It changes nothing.
struct ScanCommand: Command {
    static let syntax = Syntax(
        name: "scan", summary: "look for damage and gaps on the tape, and say what mends them",
        options: [
            .init(
                "--level", "L",
                "quick (headers, marks, seals), full (every byte; default), audit (also replays)"),
            .init("--stream", "S", "only this stream"),
            .init("--date", "D", "only this trading day"),
            .init("--from", "D", "first trading day"),
            .init("--to", "D", "last trading day"),
            .init("--symbol", "T", "only this symbol, in the audit and in the coverage strip"),
            .init("--subset", "N/T", "only slice N of T, or `auto`: that of the hour, of the 168 of a week"),
            .init("--max-duration", "T", "stop between two days after this time, such as 30s, 10m or 2h"),
            .init("--resume", nil, "go on where the last scan with the same options has stopped"),
            .init("--errors-only", nil, "only what had findings when last scanned, or never was"),
            .init("--fail-on", "gap", "exit with 1 where anything is missing, too"),
        ],
        notes: """
            Exit codes: 0 no damage, 1 damage (with --fail-on gap: or a gap), 2 usage, 3 failed.
            What was scanned is remembered beside the store, in STORE.scan. The configuration's scan.rules turns
            rules for trades off and sets their limits: {"scan": {"rules": {"symbols.few": {"limit": 200}}}}.
            """)

    private let arguments: Arguments
    private var options = ScanOptions()
    private let failsOnGap: Bool

    init(_ arguments: Arguments) throws {
        try arguments.refuseWords()
        self.arguments = arguments
        if let text = arguments.text("--level") {
            guard let level = ScanLevel(rawValue: text) else {
                throw UsageError("--level \(text): expected quick, full or audit")
            }
            options.level = level
        }
        options.stream = arguments.text("--stream") == nil ? nil : try arguments.stream()
        (options.from, options.to) = try arguments.days()
        options.registry = try arguments.registry()
        options.symbol = try arguments.symbol("--symbol")
        options.slice = try ScanCommand.slice(arguments.text("--subset"), SystemClock().wallNanos())
        options.durationMaxNanos = try ScanCommand.duration(arguments.text("--max-duration"))
        options.resumes = arguments.has("--resume")
        options.onlyErrors = arguments.has("--errors-only")
        options.rules = try arguments.scanRules()
        options.calendar = try arguments.marketRules().calendar
        if let text = arguments.text("--fail-on"), text != "gap" {
            throw UsageError("--fail-on \(text): expected gap")
        }
        failsOnGap = arguments.text("--fail-on") != nil
    }

    func run() throws -> Int32 {
        let stop = ReplayProgress()
        Signals.onInterrupt { stop.stop() }
        let progress = Progress("scanned", isQuiet: arguments.isQuiet)
        let record = "\(arguments.storePath).scan"
        try StoreAccess.makeParents(of: record)
        let run = ScanRun(
            tape: arguments.tape, storePath: arguments.storePath, recordPath: record, options: options)
        let report = try run.run { done, all in
            progress.show(days: done, of: all)
            return !stop.isStopped
        }
        progress.end()
        let view = ScanView(report: report, store: arguments.storePath, symbol: options.symbol)
        let output = AnswerOutput()
        if arguments.isJSON {
            try output.line(view.json)
        } else {
            for line in try view.lines() { try output.line(line) }
        }
        try output.flush()
        let severities = Set(report.findings.map(\.severity))
        let isBad = severities.contains(.damage) || failsOnGap && severities.contains(.gap)
        return isBad ? CommandLineTool.ExitCode.findings : CommandLineTool.ExitCode.good
    }

    /// Hours of a week: with a scan an hour, each slice comes once in seven days.
    private static let weekHours = 168

    /// `N/T`, or `auto`.
    static func slice(_ text: String?, _ nanos: Int64) throws -> (number: Int, count: Int)? {
        guard let text else { return nil }
        if text == "auto" {
            let hours = (nanos + WIB.offsetNanos) / 3_600_000_000_000
            return (Int(hours % Int64(weekHours)) + 1, weekHours)
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let number = parts[0], let count = parts[1], (1...1_000_000).contains(count),
            (1...count).contains(number)
        else { throw UsageError("--subset \(text): expected N/T with N from 1 to T, or auto") }
        return (number, count)
    }

    /// A number with `s`, `m` or `h`.
    static func duration(_ text: String?) throws -> Int64? {
        guard let text else { return nil }
        let seconds: [Character: Int64] = ["s": 1, "m": 60, "h": 3600]
        guard let unit = text.last.flatMap({ seconds[$0] }), let count = Int64(text.dropLast()),
            (0...1_000_000).contains(count)
        else { throw UsageError("--max-duration \(text): expected a number with s, m or h, such as 10m") }
        return count * unit * 1_000_000_000
    }
}
