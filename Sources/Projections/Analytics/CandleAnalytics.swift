public import Market

/// Everything that is derived of a candle on read, beside the day that it stands in.
public struct CandleAnalytics: Equatable, Sendable {
    /// Price of the point of control.
    public let pointOfControl: Int64
    /// The value area.
    public let valueArea: ValueArea
    /// Cumulative volume delta of the day.
    public let cumulativeDelta: CumulativeDelta
    /// Diagonal imbalances; nil where no ladder is known.
    public let imbalance: DiagonalImbalance?
    /// Stacked imbalances.
    public let stacked: [StackedImbalance]
    /// Unfinished auctions.
    public let unfinished: UnfinishedAuction
    /// Exhaustion.
    public let exhaustion: Exhaustion
    /// Delta divergence.
    public let divergence: DeltaDivergence?
    /// High-volume nodes.
    public let nodes: [Int64]

    /// Those of a symbol's day.
    ///
    /// - Parameters:
    ///   - candles: By rising minute.
    ///   - ends: For each candle the minute at which it ends, exclusive.
    ///   - gaps: See ``CumulativeDelta/gapMinutes(_:)``.
    ///   - ladder: Nil where none is known.
    ///   - lot: One lot in the stream's units of quantity.
    public static func all(
        _ candles: [Candle], ends: [Int], gaps: [Int], ladder: TickLadder?, lot: UInt128
    ) -> [CandleAnalytics] {
        let sums = CumulativeDelta.all(candles, ends: ends, gaps: gaps)
        let divergences = DeltaDivergence.all(candles)
        return candles.indices.map { index in
            let candle = candles[index]
            let imbalance = ladder.map { DiagonalImbalance(candle, ladder: $0, lot: lot) }
            var stacked: [StackedImbalance] = []
            if let imbalance, let ladder { stacked = StackedImbalance.all(imbalance, ladder: ladder) }
            return CandleAnalytics(
                pointOfControl: candle.pointOfControl, valueArea: ValueArea(candle),
                cumulativeDelta: sums[index], imbalance: imbalance, stacked: stacked,
                unfinished: UnfinishedAuction(candle), exhaustion: Exhaustion(candle),
                divergence: divergences[index], nodes: HighVolumeNode.prices(candle))
        }
    }
}
