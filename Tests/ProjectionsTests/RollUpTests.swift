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
        #expect(candle.turnover == WideInteger(Int128((2 * 4 + 3) * most)))
        #expect(candle.tradeCount == 5)
        #expect(candle.start(on: Emission.day) == Emission.day.start)
    }

    @Test("a turnover that 128 bits do not hold is exact all the same")
    func wideTurnover() {
        func candle(_ price: Int64, _ volume: UInt128) -> Candle {
            let level = Candle.Level(
                price: price, buyVolume: volume, sellVolume: 0, unknownVolume: 0, tradeCount: 4)
            return Candle(minute: 0, open: price, close: price, levels: [level])
        }
        let most = candle(Int64.max, 4 * UInt128(Int64.max))
        #expect(most.turnover.text(digits: 0) == "340282366920938463389587631136930004996")
        #expect(most.turnover.text(digits: 36) == "340.282366920938463389587631136930004996")
        #expect(most.value(lotSize: 100).text(digits: 2) == most.turnover.text(digits: 0))
        #expect(
            most.value(lotSize: UInt32.max).text(digits: 0)
                == "1461501636990620550965833719269638038162006605820")
        #expect(candle(3, 5).value(lotSize: 100).text(digits: 0) == "1500")
        #expect(candle(-3, 5).value(lotSize: 100).text(digits: 4) == "-0.15")
        #expect(candle(0, 5).turnover.text(digits: 3) == "0")
        #expect(candle(-1, UInt128(1) << 100).turnover < WideInteger(-1))
        #expect(WideInteger(-1) < WideInteger(0) && WideInteger(Int128.max) < most.turnover)
        let sum = WideInteger(-1) + most.turnover + WideInteger(Int128.min)
        #expect(
            sum.text(digits: 0) == "\(340282366920938463389587631136930004996 as UInt128 - 1 - (1 << 127))")
    }
}
