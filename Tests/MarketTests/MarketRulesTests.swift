import Market
import Testing

@Suite("Market rules")
struct MarketRulesTests {
    private func day(_ text: String) -> TradingDay { TradingDay(text)! }

    @Test(
        "a code says what it is, where nobody says otherwise",
        arguments: [
            ("BBCA", Instrument.Kind.share, InstrumentClass.share), ("PYFA-W", .warrant, .warrant),
            ("INET-W2", .warrant, .warrant), ("BBCADRCK5A", .warrant, .warrant), ("BUMI-R", .right, .right),
            ("XIIT", .etf, .fund), ("XY", .share, .share), ("RONY", .share, .share),
        ])
    func guesses(code: String, kind: Instrument.Kind, instrumentClass: InstrumentClass) {
        let instrument = MarketRules.idx.instrument(Symbol(code)!, on: day("2026-02-20"))
        #expect(
            instrument.kind == kind && instrument.instrumentClass == instrumentClass && instrument.isGuessed)
    }

    @Test("the newest row that has begun holds, and the one before it until then")
    func dated() {
        let symbol = Symbol("ABCD")!
        var rules = MarketRules.idx
        rules.add(Instrument(symbol: symbol, firstDay: day("2026-02-10"), kind: .share, board: .main))
        rules.add(
            Instrument(
                symbol: symbol, firstDay: day("2026-02-20"), kind: .share, board: .watchlist, notation: "X"))
        #expect(rules.instrument(symbol, on: day("2026-02-09")).isGuessed)
        #expect(rules.instrument(symbol, on: day("2026-02-19")).board == .main)
        #expect(rules.instrument(symbol, on: day("2026-02-20")).instrumentClass == .watchlist)
        // 100 · 15 % below, 35 % above on the main board; 10 % either way under special monitoring.
        #expect(rules.priceLimits(of: symbol, previousClose: 100, on: day("2026-02-19")) == 85...135)
        #expect(rules.priceLimits(of: symbol, previousClose: 100, on: day("2026-02-20")) == 90...110)
    }

    @Test("funds stand at one-rupiah steps, shares on the ladder")
    func ladders() {
        let rules = MarketRules.idx
        #expect(rules.ladder(of: Symbol("XBLQ")!, on: day("2026-02-20")).contains(599))
        #expect(!rules.ladder(of: Symbol("BBCA")!, on: day("2026-02-20")).contains(599))
        var changed = rules
        changed.add(
            MarketRules.LadderRule(
                firstDay: day("2026-03-02"), instruments: .share,
                ladder: TickLadder(steps: [(1, 1), (100, 5)])))
        #expect(changed.ladder(of: Symbol("BBCA")!, on: day("2026-02-20")) == .idx)
        #expect(changed.ladder(of: Symbol("BBCA")!, on: day("2026-03-02")).tick(at: 150) == 5)
    }

    @Test("corporate actions multiply, from the day after the earlier price to the day of the later one")
    func factors() throws {
        let symbol = Symbol("ABCD")!
        var rules = MarketRules.idx
        let split = try #require(PriceFactor(numerator: 1, denominator: 5))
        let rights = try #require(PriceFactor(numerator: 9, denominator: 10))
        rules.add(Instrument(symbol: symbol, firstDay: day("2026-02-10"), kind: .share, factor: split))
        rules.add(Instrument(symbol: symbol, firstDay: day("2026-02-20"), kind: .share, factor: rights))
        #expect(rules.factor(of: symbol, from: day("2026-02-10"), to: day("2026-02-19")) == .one)
        #expect(rules.factor(of: symbol, from: day("2026-02-09"), to: day("2026-02-10")) == split)
        let both = try #require(rules.factor(of: symbol, from: day("2026-02-09"), to: day("2026-02-20")))
        // 1,001 · 1/5 · 9/10 = 180.18
        #expect(both.applied(to: 1001) == 180)
        // A close of 500 before a split into five is 100: 85 ... 135.
        #expect(rules.priceLimits(of: symbol, previousClose: 500, on: day("2026-02-10")) == 85...135)
        #expect(split.applied(to: 3) == 1 && split.applied(to: 2) == 0 && split.applied(to: -3) == -1)
        #expect(PriceFactor(numerator: 0, denominator: 1) == nil)
    }

    @Test("a suspended symbol and a halted market stand still")
    func pauses() {
        var rules = MarketRules.idx
        let symbol = Symbol("ABCD")!
        rules.add(Instrument(symbol: symbol, firstDay: day("2026-02-10"), kind: .share, status: .suspended))
        rules.halts = [MarketRules.Halt(day: day("2026-01-28"), seconds: 49_393...51_193)]
        #expect(rules.isPaused(symbol, on: day("2026-02-11"), second: 36_000))
        #expect(!rules.isPaused(Symbol("BBCA")!, on: day("2026-02-11"), second: 36_000))
        #expect(rules.isPaused(Symbol("BBCA")!, on: day("2026-01-28"), second: 50_000))
        #expect(!rules.isPaused(Symbol("BBCA")!, on: day("2026-01-28"), second: 51_194))
    }

    @Test("a calendar grows by whole years, holidays come and go, sessions change from a day on")
    func calendar() throws {
        let calendar = TradingCalendar.idx
        #expect(calendar.extended(years: [2028]) == nil)
        let more = try #require(
            calendar.extended(years: [2027], holidays: [day("2027-01-01")], open: [day("2026-12-31")]))
        #expect(more.isTradingDay(day("2027-01-01")) == false && more.isTradingDay(day("2027-01-04")) == true)
        #expect(more.nextTradingDay(after: day("2026-12-30")) == day("2026-12-31"))
        #expect(calendar.nextTradingDay(after: day("2026-12-30")) == nil)
        let old = calendar.schedule(of: day("2026-02-10"))
        #expect(old.randomClose == 57_480...57_599)
        let short = SessionSchedule(
            preOpening: old.preOpening, morning: old.morning, afternoon: 48_600...52_199,
            closingAuction: 52_200...52_499, postClosing: 52_500...52_799, randomClose: 52_380...52_499)
        let rule = SessionRule(firstDay: day("2026-02-10"), mondayToThursday: short, friday: short)
        let changed = try #require(calendar.extended(sessionRules: [rule]))
        #expect(changed.continuousMinutes(of: day("2026-02-09")) == 320)
        #expect(changed.continuousMinutes(of: day("2026-02-10")) == 240)
    }
}
