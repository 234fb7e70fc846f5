/// Whether the aggressors who drove the price to an end of the candle thinned out on their way: their volume falls
/// strictly over the last three traded prices, and some of them reached the last one.
///
/// Source: the taper of volume at the extremes that readers of footprint charts call exhaustion; the number of
/// prices, three, is Jejak's own, as that of stacked imbalances.
public struct Exhaustion: Equatable, Sendable {
    /// Buyers thinned out towards the high.
    public let high: Bool
    /// Sellers thinned out towards the low.
    public let low: Bool

    /// Prices over which the volume falls.
    public static let priceCount = 3

    /// Of a candle; one of fewer than three prices has none.
    public init(_ candle: Candle) {
        high = Exhaustion.tapers(candle.levels.suffix(Exhaustion.priceCount).map(\.buyVolume))
        low = Exhaustion.tapers(candle.levels.prefix(Exhaustion.priceCount).reversed().map(\.sellVolume))
    }

    /// - Parameter volumes: In the order in which the price moved.
    private static func tapers(_ volumes: [UInt128]) -> Bool {
        volumes.count == priceCount && volumes[2] > 0 && volumes[0] > volumes[1] && volumes[1] > volumes[2]
    }
}
