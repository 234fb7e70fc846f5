import Market
import TestSupport
import Testing

@testable import Projections

@Suite("Effective trades")
struct EffectiveTradesTests {
    private func of(_ levels: Candle.Level...) -> EffectiveTrades {
        var trades = EffectiveTrades()
        for level in levels { trades.add(level) }
        return trades
    }

    @Test("by hand")
    func byHand() {
        // Single trades of 3 and 4: 49 / 25.
        #expect(of(level(1, 3), level(2, 0, 4)).value == 49.0 / 25)
        // Thirty trades of one lot, in whatever way they fall on the sides: 900 / 30.
        #expect(of(level(1, 30, trades: 30)).value == 30 && of(level(1, 12, 18, trades: 30)).value == 30)
        // Three trades of 10 lots in one price: 8 + 1 + 1 at the worst, 100 / 66.
        #expect(of(level(1, 10, trades: 3)).value == 100.0 / 66)
        // 10 bought and 3 sold in four trades: 10², 1² · 3 (103) is worse than 8² + 1 + 1, 3² (75).
        #expect(of(level(1, 10, 3, trades: 4)).value == 169.0 / 103)
        // Trades without an aggressor take what they can: one of 5, the others of 1 each in 4.
        #expect(of(level(1, 5, 0, 4, trades: 5)).value == 1)
        #expect(of(level(1, 5, 0, 4, trades: 6)).value == 25.0 / 17)
        #expect(of(level(1, 0, 0, 9)).value == nil && of().value == nil)
        // More trades than units: the others had no quantity.
        #expect(of(level(1, 2, trades: 9)).value == 2)
    }

    @Test("fewer than thirty, exactly: 30 trades of one lot are enough, 29 are not")
    func limit() {
        #expect(!of(level(1, 30, trades: 30)).isBelow(30) && of(level(1, 29, trades: 29)).isBelow(30))
        #expect(!of().isBelow(30))
        let most = UInt128(Int64.max)
        #expect(
            of(level(1, most), level(2, most)).isBelow(3) && !of(level(1, most), level(2, most)).isBelow(2))
    }

    @Test("never more than the single trades have, and equal where no price had two", arguments: 0..<20)
    func bound(seed: UInt64) throws {
        var source = TradeSource(seed: seed)
        source.symbolCount = 1
        source.quantityMax = seed % 3 == 0 ? 2 : 500
        source.prices = seed % 2 == 0 ? 100...104 : 100...100_000
        let trades = source.trades(400).filter { $0.board == .regular }
        var bound = EffectiveTrades()
        for candle in Emission(trades, symbols(1)).candles(of: symbols(1)[0]) {
            for level in candle.levels { bound.add(level) }
        }
        let volumes = trades.filter { $0.side != .unknown }.map { Double($0.quantity) }
        let sum = volumes.reduce(0, +)
        let exact = sum * sum / volumes.map { $0 * $0 }.reduce(0, +)
        let value = try #require(bound.value)
        #expect(value <= exact * (1 + 1e-12))
        if seed % 2 == 1 { #expect(value >= exact * 0.95) }
    }
}
