/// One symbol's trading day in sums, from its candles of one minute: the realtime part of its summary.
///
/// Prices and volumes are integers in the stream's own scales; the percentages become doubles here and nowhere
/// else, by the formulas of PROJECTIONS §4.
public struct SummaryInput: Equatable, Sendable {
    /// Price of the first print on the regular board.
    public let open: Int64
    /// Highest price.
    public let high: Int64
    /// Lowest price.
    public let low: Int64
    /// Price of the last print.
    public let last: Int64
    /// Volume.
    public let volume: UInt128
    /// Buying less selling aggressors' volume.
    public let delta: Int128
    /// Volume without a known aggressor.
    public let unknownVolume: UInt128
    /// How many trades of equal size the classified ones are worth at least.
    public let effectiveTrades: EffectiveTrades

    /// The sums of a day's candles; nil where there is no volume or no opening price, since no percentage is
    /// then defined.
    ///
    /// - Parameter candles: Of one minute, by rising minute, up to the moment of the summary.
    public init?(_ candles: some Collection<Candle>) {
        guard let first = candles.first, first.open != 0 else { return nil }
        var (low, high, last) = (first.low, first.high, first.close)
        var (volume, unknown) = (UInt128(0), UInt128(0))
        var delta: Int128 = 0
        var trades = EffectiveTrades()
        for candle in candles {
            (low, high, last) = (min(low, candle.low), max(high, candle.high), candle.close)
            for level in candle.levels {
                volume += level.volume
                unknown += level.unknownVolume
                delta += Int128(level.buyVolume) - Int128(level.sellVolume)
                trades.add(level)
            }
        }
        guard volume > 0 else { return nil }
        self.open = first.open
        (self.low, self.high, self.last) = (low, high, last)
        (self.volume, self.unknownVolume, self.delta) = (volume, unknown, delta)
        effectiveTrades = trades
    }

    /// 100 · Σdelta / Σvolume, −100 … 100.
    public var deltaPct: Double { 100 * Double(delta) / Double(volume) }
    /// 100 · (last − open) / open.
    public var pricePct: Double { SummaryInput.percent(from: open, to: last) }
    /// Highest less lowest price, in the price's scale.
    public var range: Int128 { Int128(high) - Int128(low) }
    /// 100 · (high − low) / low; nil where the lowest price is 0.
    public var fluctuationPct: Double? { low == 0 ? nil : SummaryInput.percent(from: low, to: high) }
    /// Absorption score (R1 §2B): |deltaPct| / (1 + |pricePct|).
    public var divergence: Double { abs(deltaPct) / (1 + abs(pricePct)) }
    /// The share of volume without a known aggressor, 0 … 1.
    public var unknownShare: Double { Double(unknownVolume) / Double(volume) }

    /// 100 · (last − previous close) / previous close; nil where no previous close is known.
    public func changePct(previousClose: Int64?) -> Double? {
        guard let previousClose, previousClose != 0 else { return nil }
        return SummaryInput.percent(from: previousClose, to: last)
    }

    private static func percent(from base: Int64, to value: Int64) -> Double {
        100 * Double(Int128(value) - Int128(base)) / Double(base)
    }
}
