public import Market

/// What the broker flow of earlier days says about a symbol (PROJECTIONS §3): the historical part of its summary.
public struct FlowContext: Equatable, Sendable {
    /// Which way the smart money's net has been going (`state.ngr@1`).
    public enum State: String, CaseIterable, Sendable {
        /// z_ngr above 0.5 and consistent buying.
        case accumulation = "ACCUMULATION"
        /// z_ngr below −0.5 and consistent selling.
        case distribution = "DISTRIBUTION"
        /// |z_ngr| above 0.5 without consistency.
        case transition = "TRANSITION"
        /// All else.
        case neutral = "NEUTRAL"
    }

    /// z-score of the net growth rate over 20 days.
    public var zNgr: Double
    /// The state.
    public var state: State
    /// Whether 20 days of history exist.
    public var isStable: Bool
    /// z-score of effort over 5 days; nil where it is not known.
    public var zEffort5: Double?
    /// The day whose row this is.
    public var day: TradingDay
    /// How many exchange trading days that is before the summary's day; 1: the day before.
    public var ageTradingDays: Int

    /// Rows that are older than this many exchange trading days are no context.
    public static let ageTradingDaysMax = 7

    /// A context.
    public init(
        zNgr: Double, state: State, isStable: Bool, zEffort5: Double?, day: TradingDay, ageTradingDays: Int
    ) {
        self.zNgr = zNgr
        self.state = state
        self.isStable = isStable
        self.zEffort5 = zEffort5
        self.day = day
        self.ageTradingDays = ageTradingDays
    }
}
