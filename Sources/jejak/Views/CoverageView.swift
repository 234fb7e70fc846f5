internal import Market
internal import Platform
internal import Projections
internal import Store

/// What each stream brought on a day, and how much of the exchange's sequence that is.
struct CoverageView {
    let store: Store
    /// Streams and days, `STREAM DAY`, that retention has removed from the tape since.
    let retired: Set<String>

    func show(_ wanted: TradingDay?, _ perMinute: Bool, _ isJSON: Bool, _ output: AnswerOutput) throws {
        var rows: [(stream: String, day: TradingDay, minutes: [CoverageMinute])] = []
        try store.read { transaction in
            try transaction.coverage.forEach { stream, day, bytes in
                guard wanted == nil || wanted == day else { return }
                guard let minutes = CoverageCode.unpack(bytes) else {
                    throw StoreError.damaged(path: store.path, detail: "coverage of \(stream) on \(day)")
                }
                rows.append((stream, day, minutes))
            }
        }
        guard !rows.isEmpty else {
            throw UsageError("no coverage\(wanted.map { " for \($0)" } ?? ""): nothing is on the tape")
        }
        rows.sort { ($0.day, $0.stream) < ($1.day, $1.stream) }
        if isJSON { return try printJSON(rows, perMinute, output) }
        var table = TextTable(
            [
                "date", "stream", perMinute ? "minute" : "condition", "messages", "trades", "undecod.",
                "dupl.",
                "confl.", "stale", "other", "coverage",
            ], left: [0, 1, 2])
        for row in rows {
            if perMinute {
                let shares = CoverageShare.perMinute(row.minutes)
                for minute in row.minutes {
                    let label =
                        minute.minute == CoverageMinute.timeless
                        ? "no time" : Text.clock(minute: minute.minute)
                    let share = shares.first { $0.minute == minute.minute }?.share
                    table.add([row.day.description, row.stream, label] + cells(minute, share))
                }
            } else {
                let share = CoverageShare.day(row.minutes)
                table.add(
                    [
                        row.day.description, row.stream,
                        CoverageView.condition(share, row.day)
                            + (isRetired(row.stream, row.day) ? ", retired" : ""),
                    ] + cells(total(row.minutes), share))
            }
        }
        for line in table.lines { try output.line(line) }
    }

    /// Condition of a day by its share (PROJECTIONS §6); unknown without sequence numbers or a calendar.
    static func condition(_ share: CoverageShare, _ day: TradingDay) -> String {
        guard share.value != nil, TradingCalendar.idx.isTradingDay(day) != nil else { return "unknown" }
        if share.seen >= share.expected { return "complete" }
        return UInt128(share.seen) * 100 >= UInt128(share.expected) * 99 ? "degraded" : "partial"
    }

    private func isRetired(_ stream: String, _ day: TradingDay) -> Bool {
        retired.contains("\(stream) \(day)")
    }

    private func cells(_ row: CoverageMinute, _ share: CoverageShare?) -> [String] {
        let counts = [
            row.messages, row.trades, row.undecodable, row.duplicates, row.conflicts, row.stale, row.other,
        ]
        let percent = share.flatMap {
            $0.expected > 0 ? Text.percent(Int128(min($0.seen, $0.expected)), of: Int128($0.expected)) : nil
        }
        return counts.map { Text.grouped($0) } + [percent.map { $0 + " %" } ?? "-"]
    }

    private func total(_ minutes: [CoverageMinute]) -> CoverageMinute {
        var sum = CoverageMinute(minute: CoverageMinute.timeless)
        for minute in minutes { sum.add(minute) }
        return sum
    }

    private func printJSON(
        _ rows: [(stream: String, day: TradingDay, minutes: [CoverageMinute])], _ perMinute: Bool,
        _ output: AnswerOutput
    ) throws {
        var json = JSONText()
        json.array { json in
            for row in rows {
                let share = CoverageShare.day(row.minutes)
                json.object { json in
                    json.string("stream", row.stream)
                    json.string("date", row.day.description)
                    json.string("condition", CoverageView.condition(share, row.day))
                    json.bool("retired", isRetired(row.stream, row.day))
                    json.number("coverage", share.value)
                    json.counts(total(row.minutes))
                    json.sequences(total(row.minutes))
                    guard perMinute else { return }
                    let shares = Shares(row.minutes)
                    json.array("minutes") { json in
                        for minute in row.minutes {
                            json.object { json in
                                if minute.minute == CoverageMinute.timeless {
                                    json.number("minute", "null")
                                } else {
                                    json.string("minute", Text.clock(minute: minute.minute))
                                }
                                json.number("coverage", shares[minute.minute])
                                json.counts(minute)
                                json.sequences(minute)
                            }
                        }
                    }
                }
            }
        }
        json.newline()
        try output.write(json.bytes)
    }
}
