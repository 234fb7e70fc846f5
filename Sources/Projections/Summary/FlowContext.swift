public import Market

/// What the broker flow of earlier days says about a symbol (PROJECTIONS §3): the historical part of its summary.
public struct FlowContext: Equatable, Sendable {
    /// z-score of the net growth rate over 20 days.
    public var zNgr: Double
    /// The state (`state.ngr@1`).
    public var state: FlowDay.State
    /// Whether 20 days of history exist.
    public var isStable: Bool
    /// z-score of effort over 5 days.
    public var zEffort5: Double
    /// The day whose row this is.
    public var day: TradingDay
    /// How many exchange trading days that is before the summary's day; 1: the day before.
    public var ageTradingDays: Int

    /// A context.
    public init(
        zNgr: Double, state: FlowDay.State, isStable: Bool, zEffort5: Double, day: TradingDay,
        ageTradingDays: Int
    ) {
        self.zNgr = zNgr
        self.state = state
        self.isStable = isStable
        self.zEffort5 = zEffort5
        self.day = day
        self.ageTradingDays = ageTradingDays
    }

    /// The context that a row of `broker_flow@1` gives.
    public init(_ flow: FlowDay, day: TradingDay, ageTradingDays: Int) {
        let window = FlowDay.windows.firstIndex(of: 5)!
        self.init(
            zNgr: flow.main.ngr, state: flow.state, isStable: flow.isStable,
            zEffort5: flow.scores[window].effort, day: day, ageTradingDays: ageTradingDays)
    }

    /// The days whose rows may be a day's context, newest first: older ones are none.
    public static func days(before day: TradingDay, calendar: TradingCalendar = .idx) -> [TradingDay] {
        calendar.tradingDays(before: day, count: 7)
    }
}
