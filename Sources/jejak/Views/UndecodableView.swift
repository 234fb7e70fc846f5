internal import Feed
internal import Market
internal import Platform
internal import Projections
internal import Replay
internal import Store

/// The messages that could not be decoded: where each stands on the tape, and why.
struct UndecodableView {
    let store: Store

    func show(_ wanted: TradingDay?, _ limit: Int, _ isJSON: Bool, _ output: AnswerOutput) throws {
        var rows: [(stream: String, day: TradingDay, record: Undecodable)] = []
        try store.read { transaction in
            var days: [(String, TradingDay)] = []
            try transaction.checkpoints.forEach(projection: ProjectionID.coverage.description, day: wanted) {
                (day, stream, checkpoint) in
                if checkpoint.undecodable > 0 { days.append((stream, day)) }
            }
            for (stream, day) in days {
                try transaction.undecodable.forEach(stream: stream, day: day) { first, bytes in
                    guard let records = UndecodableCode.unpack(bytes, firstNumber: first) else {
                        throw StoreError.damaged(
                            path: store.path, detail: "undecodable messages of \(stream) on \(day)")
                    }
                    rows += records.map { (stream, day, $0) }
                }
            }
        }
        if isJSON {
            var json = JSONText()
            for row in rows {
                json.object {
                    $0.string("stream", row.stream)
                    $0.string("date", row.day.description)
                    $0.number("message", row.record.messageNumber)
                    $0.number("record", row.record.recordIndex)
                    $0.string("reason", "\(row.record.reason)")
                    $0.string("explanation", row.record.reason.explanation)
                }
                json.newline()
            }
            try output.write(json.bytes)
        } else {
            var table = TextTable(
                ["date", "stream", "message", "reason", "explanation"], left: [0, 1, 3, 4])
            for row in rows.prefix(limit) {
                table.add([
                    row.day.description, row.stream, "\(row.record.messageNumber)", "\(row.record.reason)",
                    row.record.reason.explanation,
                ])
            }
            for line in table.lines { try output.line(line) }
            if rows.count > limit { try output.line("… \(rows.count - limit) more (--limit)") }
        }
    }
}
