public import Market

/// The fold of `broker_flow@1`: the history of every symbol of a market, day by day.
public final class FlowFold: SeriesFold {
    /// `broker_flow@1`.
    public static let id = ProjectionID.brokerFlow
    /// `broker_day@1`.
    public static let source = ProjectionID.brokerDay

    private let rules: MarketRules
    private var histories: [Symbol: FlowHistory] = [:]

    /// A market without corporate actions.
    public init(market: String) { rules = .idx }

    /// A market whose previous closes are made comparable by the corporate actions of the registry's rules.
    public init(market: String, registry: ProjectionRegistry) { rules = registry.rules }

    /// The corporate actions.
    public static func parameters(_ registry: ProjectionRegistry) -> String {
        registry.rules.corporateActions
    }

    /// The flow of the symbols that have data on a day; each keeps its source's origin beside it.
    public func fold(day: TradingDay, _ rows: [ProjectedRow]) -> [ProjectedRow] {
        rows.compactMap { row in
            // The store has checked the bytes; what still is no row has no data.
            guard let flow = BrokerDayCode.decode(row.value).flatMap({ add($0, row.symbol, day) }) else {
                return nil
            }
            return ProjectedRow(symbol: row.symbol, key: [], value: FlowCode.encode(flow), extra: row.extra)
        }
    }

    private func add(_ row: BrokerDay, _ symbol: Symbol, _ day: TradingDay) -> FlowDay? {
        histories[symbol, default: FlowHistory()].add(row, on: day) {
            rules.factor(of: symbol, from: $0, to: day)
        }
    }
}
