import Market
import Testing

@testable import Projections

@Suite("What is derived of candles, by hand")
struct AnalyticsTests {
    @Test("the point of control has most volume; equal ones by the distance to the VWAP, then the higher")
    func pointOfControl() {
        #expect(candle(level(100, 5, 2), level(101, 3, 3, 2), level(102, 7)).pointOfControl == 101)
        // Equal at 100 and 102; VWAP (4·100 + 1·101 + 4·102 + 3·103) / 12 = 1218 / 12 = 101.5: 102 is nearer.
        #expect(
            candle(level(100, 4), level(101, 1), level(102, 4), level(103, 3)).pointOfControl == 102)
        // VWAP (3·99 + 4·100 + 4·102) / 11 = 1105 / 11 = 100.45: 100 is nearer.
        #expect(candle(level(99, 3), level(100, 4), level(102, 4)).pointOfControl == 100)
        // VWAP 101, both a rupiah away: the higher.
        #expect(candle(level(100, 4), level(102, 4)).pointOfControl == 102)
        // Nothing has a quantity: equal everywhere.
        #expect(candle(level(100), level(101)).pointOfControl == 101)
    }

    @Test("the point of control is exact where products pass 128 bits")
    func wide() {
        let most = UInt128(Int64.max)
        let wide = candle(level(Int64.max - 2, most), level(Int64.max - 1, 1), level(Int64.max, most))
        #expect(wide.pointOfControl == Int64.max)
        #expect(wide.vwap == Double(Int64.max))
    }

    @Test("the VWAP is turnover over volume")
    func vwap() {
        // (2·100 + 1·103 + 1·104) / 4 = 407 / 4.
        #expect(candle(level(100, 1, 1), level(103, 0, 0, 1), level(104, 1)).vwap == 101.75)
        #expect(candle(level(100)).vwap == nil)
    }

    @Test("the value area grows by the larger neighbour, equal ones upwards, until it holds seven tenths")
    func valueArea() {
        // 100 in all. From 40: neighbours 20 and 15 → 60; then 10 and 15 → 75 ≥ 70.
        let area = ValueArea(
            candle(level(1, 5), level(2, 10), level(3, 20), level(4, 40), level(5, 15), level(6, 10)))
        #expect((area.low, area.high, area.volume) == (3, 5, 75))
        // Equal neighbours of 15: the higher, 55; then 15 below against 15 above: the higher again, 70 = 70.
        let up = ValueArea(candle(level(1, 15), level(2, 15), level(3, 40), level(4, 15), level(5, 15)))
        #expect((up.low, up.high, up.volume) == (3, 5, 70))
        // 69 of 100 are not enough, and prices between traded ones do not count.
        let hole = ValueArea(candle(level(10, 20), level(20, 69), level(90, 11)))
        #expect((hole.low, hole.high, hole.volume) == (10, 20, 89))
        let single = ValueArea(candle(level(10, 70), level(11, 30)))
        #expect((single.low, single.high) == (10, 10))
        let nothing = ValueArea(candle(level(10), level(11)))
        #expect((nothing.low, nothing.high, nothing.volume) == (11, 11, 0))
    }

    @Test("imbalances are diagonal: three times the other side a step away, ten lots at least")
    func imbalance() {
        let found = DiagonalImbalance(
            candle(
                level(100, 9, 10),  // sells 10 ≥ 3·3: yes; buys 9 < 10 lots
                level(101, 3, 11),  // sells 11 < 3·30; buys 3 < 10
                level(102, 30, 0),  // buys 30 < 3·11
                level(103, 33, 12)  // buys 33 ≥ 3·0; sells 12 ≥ 3·0 above
            ), ladder: .idx)
        #expect(found.buy == [103] && found.sell == [100, 103])
        // Exactly three times qualifies.
        let edge = DiagonalImbalance(candle(level(100, 1, 11), level(101, 33, 0)), ladder: .idx)
        #expect(edge.buy == [101] && edge.sell == [])
        let less = DiagonalImbalance(candle(level(100, 1, 11), level(101, 32, 0)), ladder: .idx)
        #expect(less.buy == [])
    }

    @Test("steps are the ladder's: 198 and 199 below 200, 202 above it, and a hole is a step of nothing")
    func ladder() {
        // 200's lower neighbour is 199 with 20 sold, not the 198.
        let band = candle(level(198, 0, 1), level(199, 0, 20), level(200, 59, 0), level(202, 0, 9))
        #expect(DiagonalImbalance(band, ladder: .idx).buy == [])
        #expect(DiagonalImbalance(band, ladder: .idx).sell == [])
        #expect(DiagonalImbalance(candle(level(199, 0, 19), level(200, 59)), ladder: .idx).buy == [200])
        // On the ladder 201 does not exist, so 202 is next to 200; on that of funds it is not.
        let gap = candle(level(200, 0, 100), level(202, 50, 0))
        #expect(DiagonalImbalance(gap, ladder: .idx).buy == [])
        #expect(DiagonalImbalance(gap, ladder: .unit).buy == [202])
        // With two digits a lot is a hundred units.
        #expect(DiagonalImbalance(candle(level(200, 999)), ladder: .idx, lot: 100).buy == [])
        #expect(DiagonalImbalance(candle(level(200, 1000)), ladder: .idx, lot: 100).buy == [200])
    }

    @Test("three adjacent imbalances of a side are stacked, two or a hole between are not")
    func stacked() {
        func stacks(_ candle: Candle) -> [StackedImbalance] {
            StackedImbalance.all(DiagonalImbalance(candle, ladder: .idx), ladder: .idx)
        }
        // The steps over 200 are 199, 200, 202.
        #expect(
            stacks(candle(level(198), level(199, 10), level(200, 20), level(202, 30)))
                == [StackedImbalance(side: .buy, low: 199, high: 202)])
        #expect(stacks(candle(level(199, 10), level(200, 20), level(204, 30), level(206, 30))).isEmpty)
        let both = stacks(
            candle(level(100, 0, 10), level(101, 0, 10), level(102, 0, 10), level(103, 0, 10), level(104, 1)))
        #expect(both == [StackedImbalance(side: .sell, low: 100, high: 103)])
    }

    @Test("the ladder is the symbol's, or steps of a rupiah where a price is off it, or none")
    func choice() {
        func ladder(
            _ prices: [Int64], _ symbol: String = "BBCA", market: String = "idx", digits: Int = 0
        ) -> TickLadder? {
            MarketRules.idx.ladder(
                of: Symbol(symbol)!, on: Emission.day, market: market,
                priceScale: DecimalScale(digits: digits)!, prices: prices)
        }
        #expect(ladder([200, 202]) == .idx && ladder([]) == .idx)
        #expect(ladder([599, 600]) == .unit && ladder([200, 202], "XIIT") == .unit)
        #expect(ladder([200], market: "crypto") == nil && ladder([200], digits: 2) == nil)
        #expect(ladder([200, 0]) == nil)
    }

    @Test("an auction is unfinished where both sides traded at the end of the candle")
    func unfinished() {
        let high = UnfinishedAuction(candle(level(1, 0, 5), level(2, 9, 9), level(3, 1, 1)))
        #expect(high.high && !high.low)
        let low = UnfinishedAuction(candle(level(1, 1, 5), level(2, 9, 9), level(3, 1, 0, 8)))
        #expect(!low.high && low.low)
    }

    @Test("aggressors are exhausted where they thin out strictly over three prices and reach the last")
    func exhaustion() {
        func high(_ volumes: [UInt128]) -> Bool {
            let levels = volumes.enumerated().map { level(Int64($0) + 1, $1, 3) }
            return Exhaustion(Candle(minute: 0, open: 1, close: 1, levels: levels)).high
        }
        #expect(high([1, 9, 5, 2]))
        #expect(!high([9, 5, 5]) && !high([9, 5, 0]) && !high([5, 9, 2]) && !high([9, 5]))
        let low = Exhaustion(candle(level(1, 0, 2), level(2, 0, 5), level(3, 0, 9), level(4, 0, 1)))
        #expect(low.low && !low.high)
    }

    @Test("delta diverges where it contradicts a new extreme of the day")
    func divergence() {
        let day = [
            candle(level(100, 5, 9), level(102, 1)),  // the first is no new extreme
            candle(level(101, 1, 9), level(103, 1)),  // new high, delta −7
            candle(level(101, 9), level(103, 1)),  // the same high is not new
            candle(level(99, 9, 1), level(100, 1)),  // new low, delta +9
            candle(level(98, 0, 9)),  // new low with sellers agrees
            candle(level(97, 0, 9), level(104, 1)),  // both: selling contradicts the high
            candle(level(105, 4, 4)),  // no delta
        ]
        #expect(
            DeltaDivergence.all(day) == [nil, .bearish, nil, .bullish, nil, .bearish, nil])
        #expect(DeltaDivergence.all([]).isEmpty)
    }

    @Test("high-volume nodes are peaks of twice the mean")
    func nodes() {
        // 60 in 6 prices: mean 10, so 20 is enough; 25 at 2, 21 at 5; 20 at 6 would be no peak.
        #expect(
            HighVolumeNode.prices(
                candle(level(1, 5), level(2, 25), level(3, 4), level(4, 1), level(5, 21), level(6, 4)))
                == [2, 5])
        #expect(HighVolumeNode.prices(candle(level(1, 10), level(2, 10))) == [])
        #expect(HighVolumeNode.prices(candle(level(1), level(2))) == [])
        // A plateau belongs to the peak.
        #expect(
            HighVolumeNode.prices(candle(level(1, 9), level(2, 9), level(3), level(4), level(5))) == [1, 2])
    }

    @Test("cumulative delta restarts each day and has no line over a gap")
    func cumulativeDelta() {
        let day = [
            candle(level(100, 7), minute: 540), candle(level(100, 0, 10), minute: 541),
            candle(level(100, 1), minute: 544),
        ]
        let points = CumulativeDelta.all(day, ends: [541, 542, 545], gaps: [542, 543])
        #expect(points.map(\.value) == [7, -3, -2])
        #expect(points.map(\.isBehindGap) == [false, false, true])
        // A gap within a longer candle breaks the line before it.
        #expect(
            CumulativeDelta.all([day[0], day[2]], ends: [541, 560], gaps: [550]).map(\.isBehindGap)
                == [false, true])
        var minutes = [540, 541, 542].map { CoverageMinute(minute: $0) }
        for (index, numbers) in [(1, 10, 10), (11, 20, 9), (21, 25, 5)].enumerated() {
            minutes[index].firstSequence = UInt64(numbers.0)
            minutes[index].lastSequence = UInt64(numbers.1)
            minutes[index].sequences = UInt64(numbers.2)
        }
        #expect(CumulativeDelta.gapMinutes(minutes) == [541])
        #expect(CumulativeDelta.gapMinutes([CoverageMinute(minute: 540)]) == [])
    }

    @Test("a point of control is naked until a later candle has it between low and high")
    func naked() {
        let days = (9...12).map { TradingDay("2026-02-\($0 < 10 ? "0" : "")\($0)")! }
        func day(_ index: Int, _ candles: Candle..., isComplete: Bool = true) -> NakedPointOfControl.Day {
            NakedPointOfControl.Day(day: days[index], candles: candles, isComplete: isComplete)
        }
        let found = NakedPointOfControl.all([
            // 100 is touched on the third day, 110 jumped over and never touched.
            day(0, candle(level(100, 9)), candle(level(104, 1), minute: 541)),
            day(1, candle(level(110, 9), level(111, 1))),
            day(2, candle(level(99, 1), level(101, 2)), candle(level(120, 9), minute: 541)),
            day(3, candle(level(121, 9)), isComplete: false),
        ])
        #expect(
            found == [
                NakedPointOfControl(day: days[1], price: 110), NakedPointOfControl(day: days[2], price: 120),
            ])
        // The newest day counts once it is complete: nothing is there to touch it.
        #expect(NakedPointOfControl.all([day(3, candle(level(121, 9)))]).map(\.price) == [121])
        #expect(NakedPointOfControl.all([]).isEmpty)
    }
}
