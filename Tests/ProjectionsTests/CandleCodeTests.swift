import Market
import TestSupport
import Testing

@testable import Projections

@Suite("Candle code")
struct CandleCodeTests {
    @Test("the bytes of a candle are those that the layout says")
    func vector() {
        // Open 101, close 100; at 100: 5 sold, 1 trade; at 101: 300 bought, 2 without aggressor, 2 trades.
        let candle = Candle(
            minute: 545, open: 101, close: 100,
            levels: [
                Candle.Level(price: 100, buyVolume: 0, sellVolume: 5, unknownVolume: 0, tradeCount: 1),
                Candle.Level(price: 101, buyVolume: 300, sellVolume: 0, unknownVolume: 2, tradeCount: 2),
            ])
        // low 100 → zigzag 200 → C8 01; open - low 1; close - low 0; 2 levels;
        // level 100: step 0 << 3 | sell 2 → 02, 5, 1 trade;
        // level 101: step 1 << 3 | unknown 4 | buy 1 → 0D, 300 → AC 02, 2, 2 trades.
        let body: [UInt8] = [0xC8, 0x01, 1, 0, 2, 0x02, 5, 1, 0x0D, 0xAC, 0x02, 2, 2]
        // 2026-02-10 00:00 WIB is minute 29511360 - 420 = 29510940 of UTC: 20494 days × 1440 - 7 × 60.
        // With 545: 29511485; zigzag 59022970 → FA BC 92 1C.
        #expect(Emission.canonical([candle]) == [0xFA, 0xBC, 0x92, 0x1C] + body)
        #expect(([5] + body).withUnsafeBytes { CandleCode.unpack($0, hour: 9) } == [candle])
    }

    @Test("every cut and every flipped bit of a pack gives no candles or some, and never a trap")
    func damaged() {
        var source = TradeSource(seed: 3)
        source.symbolCount = 1
        source.prices = 90...120
        source.quantityMax = Int64.max
        source.seconds = 32_400..<32_700
        let emission = Emission(source.trades(60), symbols(1))
        for pack in emission.packs {
            for size in pack.bytes.indices { look(Array(pack.bytes[..<size]), pack.hour) }
            for index in pack.bytes.indices {
                for bit in 0..<8 {
                    var bytes = pack.bytes
                    bytes[index] ^= 1 << UInt8(bit)
                    look(bytes, pack.hour)
                }
            }
        }
    }

    @Test("random bytes give no candles or some, and never a trap")
    func noise() {
        var random = SplitMix64(seed: 4)
        for _ in 0..<20_000 {
            look((0..<random.below(60)).map { _ in random.pick([0, 1, 2, 7, 8, 0x7F, 0x80, 0xFF]) }, 9)
        }
    }

    @Test("a pack of another hour's length, or with anything behind it, is none")
    func bounds() {
        let body: [UInt8] = [0xC8, 0x01, 0, 0, 1, 0x01, 5, 1]
        #expect(unpack([59] + body, 9)?.map(\.minute) == [599])
        #expect(unpack([60] + body, 9) == nil)
        #expect(unpack([30] + body + [29] + body, 9)?.map(\.minute) == [570, 599])
        #expect(unpack([30] + body + [30] + body, 9) == nil)
        #expect(unpack([0] + body + [0], 9) == nil)
        #expect(unpack([], 9) == [])
        // No level; open above the highest level; a level count that no bytes follow.
        #expect(unpack([0, 0xC8, 0x01, 0, 0, 0], 9) == nil)
        #expect(unpack([0, 0xC8, 0x01, 1, 0, 1, 0x01, 5, 1], 9) == nil)
        #expect(
            unpack([0, 0xC8, 0x01, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], 9)
                == nil)
    }

    /// What comes out of damage has levels and can be written again.
    private func look(_ bytes: [UInt8], _ hour: Int) {
        guard let candles = unpack(bytes, hour) else { return }
        #expect(candles.allSatisfy { !$0.levels.isEmpty && $0.minute / 60 == hour })
        _ = Emission.canonical(candles)
    }

    private func unpack(_ bytes: [UInt8], _ hour: Int) -> [Candle]? {
        bytes.withUnsafeBytes { CandleCode.unpack($0, hour: hour) }
    }
}
