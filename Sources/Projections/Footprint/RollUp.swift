public import Market

/// Longer candles from those of one minute (PROJECTIONS §2), equal to folding the trades at that length.
public enum RollUp {
    /// Joins the candles of a day that lie in the same stretch of `minutes` minutes from midnight WIB.
    ///
    /// - Parameter candles: One symbol and day, by rising minute.
    /// - Returns: Candles whose minute is that at which their stretch begins.
    public static func candles(_ candles: [Candle], minutes: Int) -> [Candle] {
        guard minutes > 1 else { return candles }
        return joined(candles) { $0 / minutes * minutes }
    }

    /// Joins the candles of a day that lie in the same session; what lies in none stays as it is.
    ///
    /// - Parameter candles: One symbol and day, by rising minute.
    /// - Returns: Candles whose minute is that at which their session begins.
    public static func candles(_ candles: [Candle], sessions: SessionSchedule) -> [Candle] {
        joined(candles) { sessions.session(second: $0 * 60).map { $0.lowerBound / 60 } ?? $0 }
    }

    /// Joins neighbours whose minutes belong to the same first minute.
    private static func joined(_ candles: [Candle], firstMinute: (Int) -> Int) -> [Candle] {
        var result: [Candle] = []
        var start = 0
        while start < candles.count {
            let first = firstMinute(candles[start].minute)
            let end = candles[start...].firstIndex { firstMinute($0.minute) != first } ?? candles.count
            result.append(joined(candles[start..<end], minute: first))
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
