/// Prices that are peaks of a candle's volume profile: no neighbour among the traded prices has more, and they have
/// at least twice the mean of all.
///
/// Source: mypivots.com, dictionary, "High Volume Node" (a peak of the volume-at-price histogram); how high a peak
/// must be is Jejak's own.
public enum HighVolumeNode {
    /// Times the mean volume of a traded price.
    public static let meanRatio: UInt128 = 2

    /// The prices, rising.
    /// - Complexity: O(levels).
    public static func prices(_ candle: Candle) -> [Int64] {
        let levels = candle.levels
        let least = meanRatio * candle.volume
        return levels.indices.filter { index in
            let volume = levels[index].volume
            return volume > 0 && volume * UInt128(levels.count) >= least
                && (index == 0 || levels[index - 1].volume <= volume)
                && (index + 1 == levels.count || levels[index + 1].volume <= volume)
        }.map { levels[$0].price }
    }
}
