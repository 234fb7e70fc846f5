public import Market

/// The fold of `broker_flow@1`: the history of every symbol of a market, day by day.
public final class FlowFold: SeriesFold {
    /// `broker_flow@1`.
    public static let id = ProjectionID.brokerFlow
    /// `broker_day@1`.
    public static let source = ProjectionID.brokerDay

    private var histories: [Symbol: FlowHistory] = [:]

    /// A market without days.
    public init(market: String) {}

    /// The flow of the symbols that have data on a day; each keeps its source's origin beside it.
    public func fold(day: TradingDay, _ rows: [ProjectedRow]) -> [ProjectedRow] {
        rows.compactMap { row in
            // The store has checked the bytes; what still is no row has no data.
            guard let flow = BrokerDayCode.decode(row.value).flatMap({ add($0, row.symbol) }) else {
                return nil
            }
            return ProjectedRow(symbol: row.symbol, key: [], value: FlowCode.encode(flow), extra: row.extra)
        }
    }

    private func add(_ day: BrokerDay, _ symbol: Symbol) -> FlowDay? {
        histories[symbol, default: FlowHistory()].add(day)
    }
}
