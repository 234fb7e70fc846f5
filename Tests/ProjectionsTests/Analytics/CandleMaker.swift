import Market
import Projections
import TestSupport

/// A level of a candle, short: price, bought, sold, unknown, trades.
func level(
    _ price: Int64, _ buy: UInt128 = 0, _ sell: UInt128 = 0, _ unknown: UInt128 = 0, trades: UInt64 = 1
) -> Candle.Level {
    Candle.Level(
        price: price, buyVolume: buy, sellVolume: sell, unknownVolume: unknown, tradeCount: trades)
}

/// A candle of these levels that opens at the lowest and closes at the highest price.
func candle(_ levels: Candle.Level..., minute: Int = 540) -> Candle {
    Candle(minute: minute, open: levels.first!.price, close: levels.last!.price, levels: levels)
}

/// Makes random candles on the exchange's ladder.
struct CandleSource {
    var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// Up to a dozen levels with holes between, with volumes that are often equal or 0 on a side.
    mutating func candle(minute: Int = 540) -> Candle {
        var price = TickLadder.idx.price(at: Int64(140 + random.below(240)))
        var levels: [Candle.Level] = []
        for _ in 0..<(1 + random.below(12)) {
            let volumes = (0..<3).map { _ in UInt128(random.pick([0, 0, 5, 10, 10, 30, 31, 90, 1000])) }
            let sides = volumes.filter { $0 > 0 }.count
            levels.append(
                level(
                    price, volumes[0], volumes[1], sides == 0 ? 7 : volumes[2],
                    trades: UInt64(max(1, sides) + random.below(4))))
            for _ in 0...(random.below(4) == 0 ? 2 : 0) { price = TickLadder.idx.next(above: price) }
        }
        return Candle(
            minute: minute, open: random.pick(levels).price, close: random.pick(levels).price, levels: levels)
    }
}
