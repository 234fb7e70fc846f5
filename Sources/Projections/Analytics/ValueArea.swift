/// The prices around the point of control that hold at least 70 % of the volume (PROJECTIONS §2).
///
/// Source: Steidlmayer's Market Profile, whose 70 % stand for one standard deviation. The area grows by one
/// traded price at a time, where the original grows by two and charting programs differ.
public struct ValueArea: Equatable, Sendable {
    /// Lowest price of the area.
    public let low: Int64
    /// Highest price of the area.
    public let high: Int64
    /// What was traded in it.
    public let volume: UInt128

    /// From the point of control the larger neighbour is added, of equal ones the higher, until
    /// 10 · Σ ≥ 7 · volume of the candle.
    ///
    /// - Complexity: O(levels).
    public init(_ candle: Candle) {
        let levels = candle.levels
        var bottom = PointOfControl.index(candle)
        var top = bottom
        var sum = levels[bottom].volume
        let all = candle.volume
        while 10 * sum < 7 * all {
            let below = bottom > 0 ? levels[bottom - 1].volume : nil
            let above = top + 1 < levels.count ? levels[top + 1].volume : nil
            if let above, above >= below ?? 0 {
                top += 1
                sum += above
            } else if let below {
                bottom -= 1
                sum += below
            }
        }
        low = levels[bottom].price
        high = levels[top].price
        volume = sum
    }
}
