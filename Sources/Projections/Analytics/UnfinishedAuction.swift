/// Whether both sides' aggressors traded at an end of the candle, so that the auction there has not run out of
/// one of them, and the price may come back (PROJECTIONS §2).
///
/// Source: the finished auction of footprint charts, `0 x n` at the high and `n x 0` at the low.
public struct UnfinishedAuction: Equatable, Sendable {
    /// Both sides traded at the high.
    public let high: Bool
    /// Both sides traded at the low.
    public let low: Bool

    /// Of a candle.
    public init(_ candle: Candle) {
        func isUnfinished(_ level: Candle.Level) -> Bool { level.buyVolume > 0 && level.sellVolume > 0 }
        high = isUnfinished(candle.levels[candle.levels.count - 1])
        low = isUnfinished(candle.levels[0])
    }
}
