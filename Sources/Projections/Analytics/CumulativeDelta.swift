/// Cumulative volume delta: the running sum of a day's deltas (PROJECTIONS §2). It starts anew each day, and no line
/// may be drawn over a gap, since what is missing there may have been anything.
///
/// Source: PROTOCOLS §5.3, CVD = running Σ(B − S).
public struct CumulativeDelta: Equatable, Sendable {
    /// The sum up to and with the candle.
    public let value: Int128
    /// Whether sequence numbers of the market are missing since the candle before, so that no line joins the two.
    public let isBehindGap: Bool

    /// A point for each candle of a symbol's day.
    ///
    /// - Parameters:
    ///   - candles: By rising minute.
    ///   - ends: For each candle the minute at which it ends, exclusive.
    ///   - gaps: Minutes before whose numbers others are missing, rising; see ``gapMinutes(_:)``.
    public static func all(_ candles: [Candle], ends: [Int], gaps: [Int]) -> [CumulativeDelta] {
        precondition(candles.count == ends.count)
        var sum: Int128 = 0
        var passed = 0
        return zip(candles, ends).map { candle, end in
            let before = passed
            while passed < gaps.count, gaps[passed] < end { passed += 1 }
            sum += candle.delta
            return CumulativeDelta(value: sum, isBehindGap: passed > before)
        }
    }

    /// Minutes whose share of the exchange's sequence is not whole, rising. A stream without sequence numbers has
    /// none, since nothing is known of its gaps.
    public static func gapMinutes(_ coverage: [CoverageMinute]) -> [Int] {
        CoverageShare.perMinute(coverage).filter { $0.share.seen < $0.share.expected }.map(\.minute)
    }
}
