/// Longer candles from those of one minute (PROJECTIONS §2), equal to folding the trades at that length.
public enum RollUp {
    /// Joins the candles of a day that lie in the same stretch of `minutes` minutes from midnight WIB.
    ///
    /// - Parameter candles: One symbol and day, by rising minute.
    /// - Returns: Candles whose minute is that at which their stretch begins.
    public static func candles(_ candles: [Candle], minutes: Int) -> [Candle] {
        guard minutes > 1 else { return candles }
        var result: [Candle] = []
        var start = 0
        while start < candles.count {
            let stretch = candles[start].minute / minutes
            let end = candles[start...].firstIndex { $0.minute / minutes != stretch } ?? candles.count
            result.append(joined(candles[start..<end], minute: stretch * minutes))
            start = end
        }
        return result
    }

    private static func joined(_ candles: ArraySlice<Candle>, minute: Int) -> Candle {
        let all = candles.flatMap(\.levels).sorted { $0.price < $1.price }
        var levels: [Candle.Level] = []
        for level in all {
            if levels.last?.price == level.price {
                levels[levels.count - 1].buyVolume += level.buyVolume
                levels[levels.count - 1].sellVolume += level.sellVolume
                levels[levels.count - 1].unknownVolume += level.unknownVolume
                levels[levels.count - 1].tradeCount += level.tradeCount
            } else {
                levels.append(level)
            }
        }
        return Candle(minute: minute, open: candles.first!.open, close: candles.last!.close, levels: levels)
    }
}
