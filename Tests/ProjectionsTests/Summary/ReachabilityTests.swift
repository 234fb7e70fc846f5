import Market
import Projections
import Simulator
import TestSupport
import Testing

@Suite("Summaries of simulated markets")
struct ReachabilityTests {
    /// A simulated day: each symbol's candles and previous close.
    private struct Day {
        let day: TradingDay
        let candles: [(symbol: Symbol, candles: [Candle])]
        let previousCloses: [Symbol: Int64]
    }

    private static func days(_ count: Int, seed: UInt64) -> [Day] {
        let simulator = MarketSimulator(
            SimulatorConfiguration(
                symbolCount: 60, seed: seed, firstDay: TradingDay("2026-02-09")!, tradesPerDay: 12_000,
                bookIntervalSeconds: 0))
        return (0..<count).map { _ in
            var text: [UInt8] = []
            let day = simulator.nextDay(
                trades: { text.append(contentsOf: $0) }, brokerSummaries: { _ in }, book: { _ in }
            ).day
            var numbers: [Symbol: UInt32] = [:]
            var names: [Symbol] = []
            var closes: [Symbol: Int64] = [:]
            var trades: [Trade] = []
            for line in text.split(separator: 0x0A) {
                let fields = line.split(separator: 0x7C).map { String(decoding: $0, as: UTF8.self) }
                guard fields.count == 20, fields[4] == "RG", let symbol = Symbol(fields[3]) else { continue }
                if numbers[symbol] == nil {
                    numbers[symbol] = UInt32(names.count)
                    names.append(symbol)
                }
                closes[symbol] = Int64(fields[12])
                let clock = Int(fields[1])!
                let side: Side = fields[13] != "00" ? .sell : fields[14] != "00" ? .buy : .unknown
                trades.append(
                    Trade(
                        price: Int64(fields[6])!, quantity: Int64(fields[7])!, sequence: UInt64(fields[5])!,
                        messageNumber: 0, symbol: numbers[symbol]!,
                        second: UInt32(clock / 10_000 * 3600 + clock / 100 % 100 * 60 + clock % 100),
                        recordIndex: 0, side: side, board: .regular))
            }
            let emission = Emission(trades, names)
            return Day(
                day: day, candles: names.sorted().map { ($0, emission.candles(of: $0)) },
                previousCloses: closes)
        }
    }

    /// A previous close, up to three times the price, after which a price would be the day's limit.
    private static func close(beforeLimit price: Int64, _ symbol: Symbol, on day: TradingDay) -> Int64? {
        (1...3 * price).first { close in
            let range = MarketRules.idx.priceLimits(of: symbol, previousClose: close, on: day)
            return range?.lowerBound == price || range?.upperBound == price
        }
    }

    @Test("every signal, label, guard and list is reached, and every score lies in 0 … 1")
    func reached() {
        var signals: Set<Signal> = []
        var labels: Set<PredictionLabel> = []
        var guards: Set<SummaryGuard> = []
        var lists: Set<SummaryList> = []
        var withoutLabel = false
        var random = SplitMix64(seed: 17)
        for day in Self.days(6, seed: 4) {
            let minutes = TradingMinutes(TradingCalendar.idx.schedule(of: day.day))
            for minute in [540, 545, 570, 660, 840, 945, 1440] {
                for (symbol, candles) in day.candles {
                    var history = SummaryHistory()
                    history.previousClose = day.previousCloses[symbol]
                    // No simulated day is locked at its limit, so some get a close that makes them so.
                    if random.below(20) == 0, let last = candles.last?.close {
                        history.previousClose = Self.close(beforeLimit: last, symbol, on: day.day)
                    }
                    history.medianVolumeTwice = 2 * UInt128(random.below(2000))
                    let flow =
                        random.below(4) == 0
                        ? nil
                        : context(
                            random.pick(FlowDay.State.allCases), Double(random.below(61)) / 10 - 3,
                            isStable: random.below(4) > 0, zEffort5: Double(random.below(30)) / 10 - 1)
                    let item = SummaryItem(
                        symbol, candles.prefix { $0.minute < minute }, context: flow, history: history,
                        SummaryItem.Surroundings(
                            day: day.day, reached: minutes.reached(atMinute: minute), minutes: minutes,
                            coverage: random.below(5) == 0 ? 0.8 : 1, rule: random.pick(HybridRule.allCases),
                            rules: .idx))
                    guard let item else { continue }
                    #expect((0...1).contains(item.score) && (-100...100).contains(item.input.deltaPct))
                    #expect(item.guards.isEmpty || item.lists(.member).isEmpty)
                    signals.insert(item.signal)
                    if let label = item.prediction { labels.insert(label) } else { withoutLabel = true }
                    guards.formUnion(item.guards)
                    lists.formUnion(item.lists(.member))
                }
            }
        }
        #expect(signals == Set(Signal.allCases))
        #expect(labels == Set(PredictionLabel.allCases) && withoutLabel)
        #expect(guards == Set(SummaryGuard.allCases))
        #expect(lists == Set(SummaryList.allCases))
    }

    @Test("of simulated candles everything holds that has to", arguments: [1, 2] as [UInt64])
    func invariants(seed: UInt64) {
        for day in Self.days(1, seed: seed) {
            for (_, candles) in day.candles {
                let sum = SummaryInput(candles)
                for minutes in [5, 60, 1440] {
                    // Longer candles give the same summary; only the bound on trades is another.
                    let joined = SummaryInput(RollUp.candles(candles, minutes: minutes))
                    #expect(joined?.deltaPct == sum?.deltaPct && joined?.pricePct == sum?.pricePct)
                    #expect(joined?.range == sum?.range && joined?.volume == sum?.volume)
                }
                for candle in candles {
                    let area = ValueArea(candle)
                    #expect(candle.low <= area.low && area.low <= candle.pointOfControl)
                    #expect(candle.pointOfControl <= area.high && area.high <= candle.high)
                    #expect(10 * area.volume >= 7 * candle.volume)
                }
            }
        }
    }
}
