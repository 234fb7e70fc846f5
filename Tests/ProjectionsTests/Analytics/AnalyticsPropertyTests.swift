import Market
import Testing

@testable import Projections

@Suite("What is derived of candles, on random ones")
struct AnalyticsPropertyTests {
    @Test("point of control and value area keep what defines them", arguments: 0..<8)
    func valueArea(seed: UInt64) {
        var source = CandleSource(seed: seed)
        for _ in 0..<500 {
            let candle = source.candle()
            let point = candle.pointOfControl
            let most = candle.levels.map(\.volume).max()!
            #expect(candle.levels.first { $0.price == point }?.volume == most)
            let area = ValueArea(candle)
            let inside = candle.levels.filter { (area.low...area.high).contains($0.price) }
            #expect((area.low...area.high).contains(point))
            #expect(inside.map(\.volume).reduce(0, +) == area.volume)
            #expect(10 * area.volume >= 7 * candle.volume)
            // Without the end that was added last it would be too small.
            if inside.count > 1 {
                let ends = [inside.first!, inside.last!].filter { $0.price != point }
                #expect(ends.contains { 10 * (area.volume - $0.volume) < 7 * candle.volume })
            }
            let vwap = candle.vwap
            #expect(vwap.map { Double(candle.low) <= $0 && $0 <= Double(candle.high) } ?? true)
        }
    }

    @Test("imbalances and stacks equal a look at every price of the ladder", arguments: 0..<8)
    func imbalance(seed: UInt64) {
        var source = CandleSource(seed: seed)
        let ladder = TickLadder.idx
        for _ in 0..<500 {
            let candle = source.candle()
            func volumes(_ price: Int64?) -> (buy: UInt128, sell: UInt128) {
                candle.levels.first { $0.price == price }.map { ($0.buyVolume, $0.sellVolume) } ?? (0, 0)
            }
            let first = ladder.index(of: candle.low)!
            let prices = (first...ladder.index(of: candle.high)!).map { ladder.price(at: $0) }
            let buys = prices.filter {
                volumes($0).buy >= 10 && volumes($0).buy >= 3 * volumes(ladder.previous(below: $0)).sell
            }
            let sells = prices.filter {
                volumes($0).sell >= 10 && volumes($0).sell >= 3 * volumes(ladder.next(above: $0)).buy
            }
            let found = DiagonalImbalance(candle, ladder: ladder)
            #expect(found.buy == buys && found.sell == sells)
            let stacks = StackedImbalance.all(found, ladder: ladder)
            for (side, all) in [(Side.buy, buys), (.sell, sells)] {
                // A price is in a stack where it has two neighbours in a row.
                let stacked = prices.indices.filter { index in
                    (max(0, index - 2)...index).contains { start in
                        start + 2 < prices.count && prices[start...start + 2].allSatisfy(all.contains)
                    }
                }.map { prices[$0] }
                let ranges = stacks.filter { $0.side == side }.map { $0.low...$0.high }
                #expect(prices.filter { price in ranges.contains { $0.contains(price) } } == stacked)
            }
        }
    }

    @Test("candles of every length have the day's cumulative delta, and sums that agree")
    func lengths() {
        let schedule = TradingCalendar.idx.schedule(of: Emission.day)
        var source = TradeSource(seed: 9)
        source.symbolCount = 1
        source.seconds = 31_500..<58_500
        let emission = Emission(source.orderly(5000), symbols(1))
        let minutes = emission.candles(of: symbols(1)[0])
        let delta = minutes.reduce(0) { $0 + $1.delta }
        for timeframe in [.minutes(1), .minutes(5), .minutes(15), .minutes(60), .session, .minutes(1440)]
            as [Timeframe]
        {
            let candles = timeframe.rolledUp(minutes, sessions: schedule)
            let ends = candles.map { timeframe.end(of: $0, sessions: schedule) }
            let all = CandleAnalytics.all(candles, ends: ends, gaps: [], ladder: .idx, lot: 1)
            #expect(all.count == candles.count && all.last?.cumulativeDelta.value == delta)
            #expect(candles.reduce(0) { $0 + $1.volume } == minutes.reduce(0) { $0 + $1.volume })
            for (candle, end) in zip(candles, ends) {
                #expect(minutes.filter { candle.minute <= $0.minute && $0.minute < end }.count > 0)
            }
            #expect(zip(ends, candles.dropFirst()).allSatisfy { $0 <= $1.minute })
        }
    }

    @Test("candles joined by session equal folding the trades of each session at once", arguments: [0, 100])
    func sessions(unsequenced: Int) {
        for date in ["2026-02-10", "2026-02-13", "2025-12-01"] {
            let schedule = TradingCalendar.idx.schedule(of: TradingDay(date)!)
            var source = TradeSource(seed: 3)
            source.unsequenced = unsequenced
            source.seconds = 30_000..<60_000
            let trades = source.orderly(4000)
            let names = symbols(5)
            let emission = Emission(trades, names)
            let sessions = [
                schedule.preOpening, schedule.morning, schedule.afternoon, schedule.closingAuction,
                schedule.postClosing,
            ]
            for number in 0..<5 {
                let minutes = emission.candles(of: names[number])
                let joined = RollUp.candles(minutes, sessions: schedule)
                for session in sessions {
                    var naive = NaiveFold(minutes: 1440)
                    // A candle of one minute belongs to the session in which its minute begins.
                    naive.fold(
                        trades.filter {
                            $0.symbol == number && session.contains(Int($0.second) / 60 * 60)
                        })
                    var expected = naive.candles(of: UInt32(number))
                    for index in expected.indices { expected[index].minute = session.lowerBound / 60 }
                    #expect(joined.filter { $0.minute == session.lowerBound / 60 } == expected)
                }
                let outside = minutes.filter { schedule.session(second: $0.minute * 60) == nil }
                #expect(outside.allSatisfy(joined.contains))
            }
        }
        #expect(Timeframe.session.rolledUp([candle(level(1, 1))], sessions: nil).map(\.minute) == [0])
    }

    @Test("the sums of a pack are those of its candles, and no bytes trap", arguments: 0..<4)
    func sums(seed: UInt64) {
        var source = TradeSource(seed: seed)
        source.symbolCount = 1
        source.quantityMax = seed == 0 ? Int64.max : 1000
        for pack in Emission(source.trades(300), symbols(1)).packs {
            var bytes = pack.bytes
            func sums() -> [CandleSums]? {
                var found: [CandleSums] = []
                let isPack = bytes.withUnsafeBytes { raw in
                    CandleCode.forEachSums(raw, hour: pack.hour) { found.append($0) }
                }
                return isPack ? found : nil
            }
            func unpacked() -> [CandleSums]? {
                bytes.withUnsafeBytes { CandleCode.unpack($0, hour: pack.hour) }?.map(CandleSums.init)
            }
            #expect(sums() == unpacked())
            for index in bytes.indices {
                bytes[index] ^= 1 << UInt8(source.random.below(8))
                _ = sums()
                bytes[index] = pack.bytes[index]
            }
        }
    }
}
