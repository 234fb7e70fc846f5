internal import Columns
internal import Feed
internal import Market
internal import Projections

extension FuzzTarget {
    /// Broker summaries into rows of flow; and any bytes as rows.
    static let flow = FuzzTarget(
        "flow",
        seeds: {
            let texts = MarketText.brokerSummaries + [Lines.join(MarketText.table.dropFirst())]
            var rows: [[UInt8]] = []
            for text in texts {
                let fold = BrokerDayFold(day: MarketText.day, table: BrokerTable())
                for (origin, summary) in summaries(text) { fold.fold(summary, origin) }
                rows += fold.rows().map { [2] + $0.value }
                rows += FlowFold(market: "idx").fold(day: MarketText.day, fold.rows()).map { [1] + $0.value }
            }
            return texts.map { [0] + $0 } + rows
        }
    ) { bytes in
        var input = FuzzInput(bytes)
        let kind = input.byte() % 3
        let rest = Array(input.rest())
        switch kind {
        case 0:
            let fold = BrokerDayFold(day: MarketText.day, table: BrokerTable())
            for (origin, summary) in summaries(rest) { fold.fold(summary, origin) }
            let rows = fold.rows()
            for (row, day) in zip(rows, fold.days()) {
                require(BrokerDayCode.decode(row.value) == day.row, "a row of a day comes back changed")
                require(BrokerDayCode.decodeOrigin(row.extra) == day.origin, "an origin comes back changed")
            }
            check(rows)
        case 1:
            guard let day = FlowCode.decode(rest) else { return }
            require(FlowCode.encode(day) == rest, "two forms of one row of flow")
            _ = (day.score, day.smartNet)
        default:
            guard let row = BrokerDayCode.decode(rest) else { return }
            require(BrokerDayCode.encode(row) == rest, "two forms of one row of a day")
            let symbol = Symbol("BBCA")!
            check([ProjectedRow(symbol: symbol, key: [], value: rest, extra: [])])
        }
    }

    /// Folds a day twice, so that it has a history, and reads the flow back.
    private static func check(_ rows: [ProjectedRow]) {
        let fold = FlowFold(market: "idx")
        for day in [MarketText.day, MarketText.day.advanced(by: 1)] {
            for row in fold.fold(day: day, rows) {
                guard let flow = FlowCode.decode(row.value) else {
                    require(false, "a row of flow does not come back")
                    return
                }
                require(flow.result == 0 && flow.score == 1, "equal days have a result or score: \(flow)")
            }
        }
    }

    private static func summaries(_ text: [UInt8]) -> [(origin: MessageOrigin, summary: BrokerSummary)] {
        let messages = PaddedMessages([text])
        var decoder = MessageDecoder(day: MarketText.day, priceScale: .whole, quantityScale: .whole)
        let block = EventBlock(messageCapacity: 1)
        messages.withMessages { decoder.decode($0, into: block) }
        return block.summaries
    }
}
