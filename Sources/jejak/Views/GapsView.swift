internal import Market
internal import Platform
internal import Projections
internal import Replay
internal import Tape

/// Which numbers of the exchange's sequence a day lacks, how far receipt lay behind the event, and what came late.
struct GapsView {
    let tape: Tape
    let progress: ReplayProgress

    func show(_ wanted: TradingDay?, _ limit: Int, _ isJSON: Bool, _ output: AnswerOutput) throws {
        let streams = try tape.streams().filter { $0.content == "trades" || $0.content == "wire" }
        let newest = try wanted ?? streams.compactMap { try tape.days(of: $0).last }.max()
        var found = false
        for stream in streams {
            guard let newest, try tape.days(of: stream).contains(newest),
                try tape.tombstone(of: stream, on: newest) == nil
            else { continue }
            found = true
            let detail = try CoverageReplay.detail(
                tape: tape, stream: stream, day: newest, progress: progress)
            if progress.isStopped { throw ReplayError.interrupted }
            if isJSON {
                try output.write(json(detail, stream, newest))
            } else {
                for line in lines(detail, stream, newest, limit) { try output.line(line) }
            }
        }
        if !found {
            throw UsageError(
                "no trades\(wanted.map { " for \($0)" } ?? "") are on the tape: jejak import brings them")
        }
    }

    private func lines(
        _ detail: CoverageDetail, _ stream: StreamName, _ day: TradingDay, _ limit: Int
    ) -> [String] {
        let gaps = detail.gaps
        let missing = gaps.reduce(0) { $0 + $1.count }
        let lag = detail.lag().map { "p50 \($0.p50) ms, p99 \($0.p99) ms" } ?? "unknown (no receive times)"
        var lines = [
            "\(stream) \(day)  \(Text.grouped(gaps.count)) gaps, \(Text.grouped(missing)) numbers missing",
            "lag \(lag)  late \(Text.grouped(detail.late.values.reduce(0, +))) trades  without a number "
                + Text.grouped(detail.unnumbered),
        ]
        guard !gaps.isEmpty else { return lines }
        var table = TextTable(["first", "last", "missing", "minute", "reason"], left: [3, 4])
        for gap in gaps.prefix(limit) {
            table.add([
                "\(gap.first)", "\(gap.last)", Text.grouped(gap.count), Text.clock(minute: gap.minute),
                gap.reason.rawValue,
            ])
        }
        lines += table.lines
        return lines + (gaps.count > limit ? ["… \(gaps.count - limit) more (--limit)"] : [])
    }

    private func json(_ detail: CoverageDetail, _ stream: StreamName, _ day: TradingDay) -> [UInt8] {
        var json = JSONText()
        json.object { json in
            json.string("stream", stream.text)
            json.string("date", day.description)
            GapsView.write(detail.lag(), &json)
            json.number("late", detail.late.values.reduce(0, +))
            json.number("unnumbered", detail.unnumbered)
            json.array("minutes") { json in
                for minute in Set(detail.minutes).union(detail.late.keys).sorted() {
                    json.object { json in
                        json.string("minute", Text.clock(minute: minute))
                        GapsView.write(detail.lag(minute: minute), &json)
                        json.number("late", detail.late[minute] ?? 0)
                    }
                }
            }
            json.array("gaps") { json in
                for gap in detail.gaps {
                    json.object { json in
                        json.number("from", gap.first)
                        json.number("to", gap.last)
                        json.string("minute", Text.clock(minute: gap.minute))
                        json.string("reason", gap.reason.rawValue)
                    }
                }
            }
            json.string("rule", ProjectionID.coverage.description)
        }
        json.newline()
        return json.bytes
    }

    private static func write(_ lag: CoverageDetail.Lag?, _ json: inout JSONText) {
        json.object("lag_ms") { json in
            if let lag {
                json.number("p50", lag.p50)
                json.number("p99", lag.p99)
            } else {
                json.number("p50", "null")
                json.number("p99", "null")
            }
        }
    }
}
