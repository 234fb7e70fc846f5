internal import Market
internal import Projections
internal import Replay
internal import Tape

/// What a scan found, for people and for programs.
struct ScanView {
    let report: ScanReport
    /// Path of the store, from which the strip of symbols is read.
    let store: String
    let symbol: Symbol?

    /// Findings first, then the strip, then the sum; nothing is wider than its own words.
    func lines() throws -> [String] {
        var lines: [String] = []
        for finding in report.findings { lines.append(ScanView.line(finding)) }
        if !lines.isEmpty { lines.append("") }
        let strip = try CoverageStrip(report.days, storePath: store, symbol: symbol).lines
        if !strip.isEmpty { lines += strip + [""] }
        let counts = Finding.Severity.allCases.map { severity in
            "\(report.findings.filter { $0.severity == severity }.count) \(severity.rawValue)"
        }
        let messages = report.days.reduce(0) { $0 + $1.messages }
        lines.append(
            "\(counts.joined(separator: ", ")) in \(report.days.count) stream-days, "
                + "\(Text.grouped(messages)) messages")
        if let next = report.next {
            lines.append(
                "the time is up: \(report.doneCount) of \(report.unitCount) done, next is \(next); go on with --resume"
            )
        }
        return lines
    }

    /// Severity, rule, place, words, and the command that mends it.
    private static func line(_ finding: Finding) -> String {
        var place = finding.path ?? [finding.stream, finding.day].compactMap { $0 }.joined(separator: " ")
        if let offset = finding.offset {
            place += " byte \(offset)"
            if let size = finding.size, size > 1 { place += "-\(offset + size - 1)" }
        }
        if let block = finding.block { place += " block \(block)" }
        if let messages = finding.messages {
            place += " messages \(messages.lowerBound)-\(messages.upperBound - 1)"
        }
        return "\(finding.severity.rawValue) \(finding.rule): \(place): \(finding.text) => \(finding.mend)"
    }

    /// One object (PRODUCT "Interfaces").
    var json: String {
        var json = JSONText()
        json.object { json in
            json.array("findings") { json in for finding in report.findings { ScanView.add(finding, &json) } }
            json.array("days") { json in for day in report.days { ScanView.add(day, &json) } }
            json.number("units", report.unitCount)
            json.number("done", report.doneCount)
            ScanView.add("next", report.next, &json)
            json.bool("complete", report.isComplete)
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    private static func add(_ finding: Finding, _ json: inout JSONText) {
        json.object { json in
            json.string("severity", finding.severity.rawValue)
            json.string("kind", finding.rule)
            add("stream", finding.stream, &json)
            add("date", finding.day, &json)
            add("file", finding.path, &json)
            json.number("offset", finding.offset.map { "\($0)" } ?? "null")
            json.number("size", finding.size.map { "\($0)" } ?? "null")
            json.number("block", finding.block.map { "\($0)" } ?? "null")
            if let messages = finding.messages {
                json.array("messages") {
                    $0.number(nil, messages.lowerBound)
                    $0.number(nil, messages.upperBound - 1)
                }
            } else {
                json.number("messages", "null")
            }
            add("symbol", finding.symbol, &json)
            json.string("text", finding.text)
            json.string("mend", finding.mend)
        }
    }

    private static func add(_ day: ScanReport.Day, _ json: inout JSONText) {
        let share = day.coverage.map(CoverageShare.day)
        json.object { json in
            json.string("stream", day.stream.text)
            json.string("date", day.day.description)
            json.string("condition", share.map { CoverageView.condition($0, day.day) } ?? "unknown")
            json.number("coverage", share?.value)
            json.number("messages", day.messages)
        }
    }

    private static func add(_ key: String, _ text: String?, _ json: inout JSONText) {
        if let text { json.string(key, text) } else { json.number(key, "null") }
    }
}
