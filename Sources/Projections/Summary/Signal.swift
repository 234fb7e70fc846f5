/// What the signal table says of a symbol (R1 §3C).
public enum Signal: String, CaseIterable, Sendable {
    /// High score in accumulation.
    case strongBuy = "STRONG_BUY"
    /// Buying aggressors against selling smart money.
    case trapWarning = "TRAP_WARNING"
    /// Smart money buys while aggressors do not.
    case hiddenAccumulation = "HIDDEN_ACCUM"
    /// Low score in distribution.
    case strongSell = "STRONG_SELL"
    /// Very high delta without a context.
    case watchAccumulation = "WATCH_ACCUM"
    /// High score.
    case buy = "BUY"
    /// Low score, or a falling knife.
    case sell = "SELL"
    /// None of the others.
    case neutral = "NEUTRAL"

    /// Which way a signal points.
    public enum Direction: Sendable {
        /// Up.
        case bullish
        /// Down; a warning of a trap too.
        case bearish
        /// Neither.
        case none
    }

    /// Which way it points.
    public var direction: Direction {
        switch self {
        case .strongBuy, .hiddenAccumulation, .buy, .watchAccumulation: .bullish
        case .trapWarning, .strongSell, .sell: .bearish
        case .neutral: .none
        }
    }
}
