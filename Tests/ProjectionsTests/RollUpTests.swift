import Market
import Testing

@testable import Projections

@Suite("Longer candles")
struct RollUpTests {
    @Test(
        "candles of one minute, joined, equal folding the trades at the longer length",
        arguments: [1, 5, 15, 60, 1440, 7])
    func joined(minutes: Int) {
        for unsequenced in [0, 100] {
            var source = TradeSource(seed: UInt64(minutes))
            source.unsequenced = unsequenced
            source.seconds = 0..<86_400
            let trades = source.orderly(6000)
            var naive = NaiveFold(minutes: minutes)
            naive.fold(trades)
            let emission = Emission(trades, symbols(5))
            for number in 0..<5 {
                let candles = RollUp.candles(emission.candles(of: symbols(5)[number]), minutes: minutes)
                #expect(candles == naive.candles(of: UInt32(number)))
            }
        }
    }

    @Test("nothing joined is nothing")
    func empty() {
        #expect(RollUp.candles([], minutes: 5) == [])
    }

    @Test("volume, delta and turnover are sums over the levels, beyond 64 bits too")
    func sums() {
        // 2^63 - 1 at a time: three bought and one sold at 2, one without aggressor at 3.
        let most = UInt128(Int64.max)
        let candle = Candle(
            minute: 0, open: 2, close: 3,
            levels: [
                Candle.Level(
                    price: 2, buyVolume: 3 * most, sellVolume: most, unknownVolume: 0, tradeCount: 4),
                Candle.Level(price: 3, buyVolume: 0, sellVolume: 0, unknownVolume: most, tradeCount: 1),
            ])
        #expect(candle.volume == 5 * most)
        #expect(candle.delta == Int128(2 * most))
        #expect(candle.unknownVolume == most)
        #expect(candle.turnover == Int128((2 * 4 + 3) * most))
        #expect(candle.tradeCount == 5)
        #expect(candle.start(on: Emission.day) == Emission.day.start)
    }

    @Test("a turnover that 128 bits do not hold stops at their end instead of stopping the program")
    func saturated() {
        let level = Candle.Level(
            price: Int64.max, buyVolume: 4 * UInt128(Int64.max), sellVolume: 0, unknownVolume: 0,
            tradeCount: 4)
        let candle = Candle(minute: 0, open: Int64.max, close: Int64.max, levels: [level])
        #expect(candle.turnover == Int128.max)
        #expect(candle.value(lotSize: 100) == Int128.max)
        let small = Candle.Level(price: 3, buyVolume: 5, sellVolume: 0, unknownVolume: 0, tradeCount: 1)
        #expect(Candle(minute: 0, open: 3, close: 3, levels: [small]).value(lotSize: 100) == 1500)
    }
}
