/// The price at which most was traded (PROJECTIONS §2).
///
/// Source: Steidlmayer's Market Profile; the tie rule is Jejak's own, since charting programs differ in it.
public enum PointOfControl {
    /// Index among the candle's levels: most volume; of equal ones the nearest to the candle's VWAP, of
    /// equally near ones the higher.
    ///
    /// - Complexity: O(levels), in exact integers.
    public static func index(_ candle: Candle) -> Int {
        let numerator = candle.turnover
        let denominator = candle.volume
        /// |price − VWAP| · volume.
        func distance(_ index: Int) -> WideInteger {
            (WideInteger(Int128(candle.levels[index].price), times: denominator) + -numerator).magnitude
        }
        var best = 0
        for index in candle.levels.indices.dropFirst() {
            let (found, known) = (candle.levels[index].volume, candle.levels[best].volume)
            if found > known || (found == known && distance(index) <= distance(best)) { best = index }
        }
        return best
    }
}

extension Candle {
    /// Price of the point of control; see ``PointOfControl``.
    public var pointOfControl: Int64 { levels[PointOfControl.index(self)].price }

    /// Σ price × quantity / Σ quantity, in units of the price's scale; nil where nothing has a quantity.
    public var vwap: Double? { volume == 0 ? nil : turnover.approximation / Double(volume) }
}
