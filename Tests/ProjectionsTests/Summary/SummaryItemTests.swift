import Market
import Testing

@testable import Projections

@Suite("Summary items")
struct SummaryItemTests {
    private static let day = TradingDay("2026-02-10")!
    private static let minutes = TradingMinutes(TradingCalendar.idx.schedule(of: day))

    private func item(
        _ candles: [Candle], _ context: FlowContext? = nil, history: SummaryHistory = SummaryHistory(),
        symbol: String = "BBCA", coverage: Double? = 1, rule: HybridRule = .a
    ) -> SummaryItem? {
        SummaryItem(
            Symbol(symbol)!, candles, context: context, history: history,
            SummaryItem.Surroundings(
                day: Self.day, reached: .max, minutes: Self.minutes, coverage: coverage, rule: rule,
                rules: .idx))
    }

    /// A liquid symbol: sixty trades a side at least, `buy` lots bought and `sell` sold at two prices.
    private func liquid(_ buy: UInt128, _ sell: UInt128, from: Int64 = 1000, to: Int64 = 1005) -> [Candle] {
        (0..<60).map { index in
            let price = index == 59 ? to : from
            return Candle(
                minute: 540 + index, open: price, close: price,
                levels: [level(price, buy, sell, trades: (buy > 0 ? 1 : 0) + (sell > 0 ? 1 : 0))])
        }
    }

    private func history(close: Int64? = nil, median: UInt128? = nil, block: UInt128? = nil) -> SummaryHistory
    {
        var history = SummaryHistory()
        history.previousClose = close
        history.medianVolumeTwice = median.map { 2 * $0 }
        history.medianBlockVolumeTwice = block.map { 2 * $0 }
        return history
    }

    @Test("sums and percentages by hand")
    func sums() throws {
        let candles = [
            Candle(minute: 538, open: 1000, close: 1000, levels: [level(1000, 0, 0, 20, trades: 2)]),
            Candle(minute: 540, open: 1005, close: 990, levels: [level(990, 10, 30), level(1005, 20, 0)]),
            Candle(minute: 960, open: 1010, close: 1010, levels: [level(1010, 10, 0, 10)]),
        ]
        let input = try #require(SummaryInput(candles))
        #expect((input.open, input.high, input.low, input.last) == (1000, 1010, 990, 1010))
        #expect((input.volume, input.delta, input.unknownVolume) == (100, 10, 30))
        // 100·10/100; 100·10/1000; 100·20/990; 10/(1 + 1); 30/100; 100·(1010 − 980)/980.
        #expect(input.deltaPct == 10 && input.pricePct == 1 && input.range == 20)
        #expect(input.fluctuationPct == 100 * 20.0 / 990 && input.divergence == 5)
        #expect(input.unknownShare == 0.3 && input.changePct(previousClose: 980) == 3000.0 / 980)
        #expect(input.changePct(previousClose: nil) == nil && input.changePct(previousClose: 0) == nil)
    }

    @Test("no item where volume or opening price is 0; a lowest price of 0 has no fluctuation")
    func none() {
        #expect(item([]) == nil && item([candle(level(100))]) == nil && item([candle(level(0, 5))]) == nil)
        let fallen = Candle(minute: 540, open: 5, close: 0, levels: [level(0, 1), level(5, 1)])
        #expect(SummaryInput([fallen])?.fluctuationPct == nil && SummaryInput([fallen])?.pricePct == -100)
    }

    @Test("one lot bought looks like a breakout, and is guarded")
    func oneLot() throws {
        let item = try #require(self.item([candle(level(1000, 1))]))
        #expect(abs(item.score - 0.935) < 1e-12 && item.signal == .watchAccumulation)
        #expect(item.label == "BREAKOUT" && item.guards == [.thin])
        #expect(item.rule == 5)
    }

    @Test("a price at the day's limit is guarded, by the class that the code tells")
    func limit() throws {
        // From 1,000: 25 % up 1,250, 15 % down 850. From 5,000 up 6,250, down 4,250; a step is 25.
        for (last, close, isLimit) in [
            (1250, 1000, true), (1245, 1000, false), (850, 1000, true), (855, 1000, false),
            (6250, 5000, true), (6225, 5000, false),
        ] as [(Int64, Int64, Bool)] {
            let candles = liquid(3, 1, from: last, to: last)
            let found = try #require(item(candles, history: history(close: close)))
            #expect(found.guards.contains(.limit) == isLimit, "\(last)")
            #expect(!item(candles)!.guards.contains(.limit), "no previous close is known")
            #expect(!item(candles, history: history(close: close), symbol: "BBCA-R")!.guards.contains(.limit))
        }
        // A warrant from 100 may reach 150.
        let warrant = liquid(3, 1, from: 150, to: 150)
        #expect(item(warrant, history: history(close: 100), symbol: "BBCA-W")!.guards == [.limit])
        #expect(item(warrant, history: history(close: 100), symbol: "BBCADRCG6A")!.guards == [.limit])
        // Off the board's ladder steps are rupiah: 15 % below 630 is 535.5, so 536 and not 540.
        let fund = liquid(1, 3, from: 536, to: 536)
        #expect(item(fund, history: history(close: 630), symbol: "XIIT")!.guards == [.limit])
    }

    @Test("auction, thin, unstable, partial by hand")
    func guards() throws {
        let auction = [candle(level(1000, 0, 0, 500, trades: 90))]
        #expect(item(auction)!.guards == [.auction])
        #expect(item(liquid(2, 1))!.guards == [])
        #expect(item(liquid(2, 1), context(.neutral, 0, isStable: false))!.guards == [.unstable])
        #expect(item(liquid(2, 1), coverage: 0.8999)!.guards == [.partial])
        #expect(
            item(liquid(2, 1), coverage: 0.9)!.guards == [] && item(liquid(2, 1), coverage: nil)!.guards == []
        )
        // 58 trades of 1 and one of 400: (458)² / (58 + 160000) = 1.3.
        var thin = liquid(1, 0)
        thin[3] = candle(level(1000, 400), minute: 543)
        #expect(item(thin)!.guards == [.thin])
    }

    @Test("conflict: a bullish signal against delta, or a label against the signal")
    func conflict() throws {
        // deltaPct −20 with z 3 in accumulation: HIDDEN_ACCUM, though selling prevails.
        let hidden = try #require(item(liquid(2, 3), context(.accumulation, 3)))
        #expect(hidden.signal == .hiddenAccumulation && hidden.input.deltaPct == -20)
        #expect(hidden.label == "HEAVY SELL" && hidden.guards == [.conflict])
        // deltaPct 85 against z −1: TRAP_WARNING under a BREAKOUT.
        let trap = try #require(item(liquid(37, 3), context(.distribution, -1)))
        #expect(trap.signal == .trapWarning && trap.label == "BREAKOUT" && trap.guards == [.conflict])
        let buy = try #require(item(liquid(3, 1), context(.neutral, 0)))
        #expect(buy.signal == .buy && buy.label == "BREAKOUT" && buy.guards == [])
        let neutral = try #require(item(liquid(10, 11), context(.neutral, 0)))
        #expect(neutral.signal == .neutral && neutral.guards == [])
    }

    @Test("accumulation asks for flow, delta and the usual volume")
    func accumulation() throws {
        func membership(_ buy: UInt128, _ sell: UInt128, _ flow: FlowContext?, median: UInt128?)
            -> SummaryList.Membership?
        {
            item(liquid(buy, sell), flow, history: history(median: median))!.lists[.accumulation]
        }
        let flow = context(.accumulation, 1.5)
        // 60 · 3 lots = 180.
        #expect(membership(2, 1, flow, median: 180) == .member)
        #expect(membership(2, 1, flow, median: 181) == .outside)
        #expect(membership(2, 1, flow, median: nil) == .unknown)
        #expect(membership(1, 1, flow, median: 1) == .outside)
        #expect(membership(2, 1, context(.accumulation, 0.5), median: 1) == .outside)
        #expect(membership(2, 1, context(.transition, 1.5), median: 1) == .outside)
        #expect(membership(2, 1, nil, median: 1) == .outside)
        #expect(membership(2, 1, context(.accumulation, 1.5, isStable: false), median: 1) == .outside)
        // An odd sum of the two middle days: 2·180 against 361.
        var odd = SummaryHistory()
        odd.medianVolumeTwice = 361
        #expect(item(liquid(2, 1), flow, history: odd)!.lists[.accumulation] == .outside)
    }

    @Test("continues asks for effort of five days and a rise of two percent")
    func continues() throws {
        func membership(_ flow: FlowContext?, to price: Int64 = 1020) -> SummaryList.Membership? {
            item(liquid(11, 10, to: price), flow)!.lists[.continues]
        }
        #expect(membership(context(.distribution, -1, zEffort5: 1)) == .member)
        #expect(membership(context(.transition, 1, zEffort5: 1.2)) == .member)
        #expect(membership(context(.distribution, -1, zEffort5: 0.999)) == .outside)
        #expect(membership(context(.accumulation, 1, zEffort5: 2)) == .outside)
        #expect(membership(context(.distribution, -1, zEffort5: 1), to: 1015) == .outside)
        #expect(membership(nil) == .outside)
        let both = item(liquid(11, 10, to: 1020), context(.distribution, -1, zEffort5: 1))!
        #expect(both.lists(.member) == [.continues] && both.lists(.unknown) == [])
    }

    @Test("velocity is the delta of the last 60 trading minutes over the usual volume of 60")
    func velocity() throws {
        // A lot bought each minute from 09:00 to 15:49, none at lunch.
        let candles = (540..<950).filter { $0 < 720 || $0 >= 810 }.map { candle(level(1000, 1), minute: $0) }
        func velocity(_ reached: Int, _ block: UInt128?, _ shown: Int = 1440) -> Double? {
            Velocity.percent(
                candles.filter { $0.minute < shown }, minutes: Self.minutes, reached: reached,
                history: history(block: block))
        }
        #expect(velocity(.max, 120) == 50)
        // At 14:00 the window spans lunch: 13:30–13:59 and 11:30–11:59.
        #expect(velocity(Self.minutes.reached(atMinute: 840), 120, 840) == 50)
        // Half an hour after the open only half of the window is there.
        #expect(velocity(Self.minutes.reached(atMinute: 570), 120, 570) == 25)
        #expect(velocity(-1, 120, 539) == 0)
        #expect(velocity(.max, nil) == nil && velocity(.max, 0) == nil)
    }
}
