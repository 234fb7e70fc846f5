public import Market

/// What a simulated day contains.
public struct SimulatedDaySummary: Sendable {
    /// The trading day.
    public var day: TradingDay
    /// Trade lines, all boards.
    public var trades: Int
    /// Order-book messages.
    public var bookMessages: Int
    /// Broker-summary documents: one for each symbol with regular-board trades.
    public var brokerSummaries: Int
    /// Symbols that smart money accumulated or distributed on this day, `kind` being `accumulation`
    /// or `distribution`: what a scanner should find in the days that follow.
    public var episodes: [(symbol: String, kind: String)]
}
