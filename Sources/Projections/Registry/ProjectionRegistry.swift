public import Market

/// The projections that replay runs, beside `footprint@1` and `coverage@1`, which fold columns on a way of their own.
public struct ProjectionRegistry: Sendable {
    /// Folds of single days, in the order in which replay runs them.
    public var days: [any DayFold.Type] = []
    /// Folds of the regular board's trades, symbol by symbol.
    public var trades: [any TradeFold.Type] = []
    /// Folds over days; each behind its source.
    public var series: [any SeriesFold.Type] = []
    /// The categories of brokers that they go by.
    public var brokers = BrokerTable()
    /// The market's dated data that they go by.
    public var rules = MarketRules.idx

    /// What Jejak has. A projection is a folder in `Projections` and a line here. ``TickSideFold`` is not among them until
    /// an answer shows it: it would cost every replay of sealed trades a third of its speed.
    public static let standard = ProjectionRegistry(
        days: [BrokerDayFold.self, BookFold.self],
        series: [FlowFold.self])

    /// Projections of a program's own choice.
    public init(
        days: [any DayFold.Type] = [], trades: [any TradeFold.Type] = [], series: [any SeriesFold.Type] = []
    ) {
        self.days = days
        self.trades = trades
        self.series = series
    }

    /// All projections, in the order in which replay runs them.
    public var ids: [ProjectionID] {
        [.footprint, .coverage] + days.map { $0.id } + trades.map { $0.id } + series.map { $0.id }
    }

    /// What a projection's rows rest on beside the messages.
    public func parameters(of projection: ProjectionID) -> String {
        let series = series.first { $0.id == projection }
        let source = days.first { $0.id == series?.source ?? projection }
        return [source?.parameters(self), series?.parameters(self)].compactMap { $0 }
            .filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// Projections of single days whose rows stand as they are, one by one.
    public var rowFolds: [ProjectionID] { days.map { $0.id } + trades.map { $0.id } }

    /// The contents whose feeds a projection is made of; nil: every stream.
    public func contents(of projection: ProjectionID) -> Set<String>? {
        if projection == .coverage { return nil }
        let source = series.first { $0.id == projection }?.source ?? projection
        if source == .footprint || trades.contains(where: { $0.id == source }) { return ["trades"] }
        return days.first { $0.id == source }?.contents ?? []
    }
}
