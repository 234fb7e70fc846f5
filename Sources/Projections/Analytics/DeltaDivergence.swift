/// A new extreme of the day against which the aggressors of that candle stood: a new high with a negative delta, or
/// a new low with a positive one.
///
/// Source: Wyckoff's effort against result, with delta as the effort (tradingwyckoff.com, "Effort and result").
public enum DeltaDivergence: String, Equatable, Sendable {
    /// The highest price of the day so far, made while selling aggressors prevailed.
    case bearish
    /// The lowest price of the day so far, made while buying aggressors prevailed.
    case bullish

    /// The divergence of each candle of a symbol's day, which stand by rising minute; the first has none. Of a
    /// candle that makes both extremes the one that its delta contradicts.
    public static func all(_ candles: [Candle]) -> [DeltaDivergence?] {
        guard let first = candles.first else { return [] }
        var (low, high) = (first.low, first.high)
        return candles.map { candle in
            defer { (low, high) = (min(low, candle.low), max(high, candle.high)) }
            let delta = candle.delta
            if candle.high > high, delta < 0 { return .bearish }
            if candle.low < low, delta > 0 { return .bullish }
            return nil
        }
    }
}
