internal import Market
internal import Projections
internal import Store
internal import Tape

/// Makes hybrid summaries from what the store holds (PROJECTIONS §4 and §7).
struct Summaries {
    private let footprints: Footprints
    /// The market that is summarised: the rules are those of its exchange.
    static let market = "idx"

    init(_ footprints: Footprints) { self.footprints = footprints }

    private var calendar: TradingCalendar { footprints.rules.calendar }

    /// What an answer is made of.
    struct Summary {
        let request: SummaryRequest
        /// The day that was asked for.
        let wanted: TradingDay
        let status: SummaryStatus
        /// The day that the items are of; nil where there are none.
        let day: Footprints.MarketDay?
        /// Share of the market's sequence up to the moment of the summary.
        let coverage: CoverageShare
        /// By symbol.
        let items: [SummaryItem]
        let generatedAt: Timestamp

        /// The minute before which everything that is known has entered, exclusive; nil without items.
        let endMinute: Int?
    }

    /// The summary of a day, of the newest one before it that has any, or of none.
    ///
    /// - Parameter now: Nanoseconds since 1970 UTC; only the reason of a summary without items depends on it.
    func summary(_ request: SummaryRequest, now: Int64) throws -> Summary {
        let days = try footprints.days(nil).filter { $0.market == Summaries.market }
        guard let newest = days.last?.day else {
            throw UsageError("nothing to summarise: no footprints of the market \(Summaries.market)")
        }
        let wanted = request.day ?? newest
        func answer(_ day: Footprints.MarketDay, _ status: SummaryStatus, minute: Int?) throws -> Summary? {
            let coverage = day.coverage.filter { $0.minute < minute ?? CoverageMinute.timeless }
            let share = CoverageShare.day(coverage)
            let (items, endMinute) = try items(day, days, request.rule, minute: minute, share.value)
            if items.isEmpty { return nil }
            return Summary(
                request: request, wanted: wanted, status: status, day: day, coverage: share, items: items,
                generatedAt: Timestamp(nanos: now), endMinute: minute ?? endMinute)
        }
        if let day = days.first(where: { $0.day == wanted }),
            let summary = try answer(day, .ok, minute: request.minute)
        {
            return summary
        }
        for (index, earlier) in SummaryStatus.daysBack(from: wanted, calendar: calendar).enumerated() {
            if let day = days.first(where: { $0.day == earlier }),
                let summary = try answer(day, .fallback(daysBack: index + 1), minute: nil)
            {
                return summary
            }
        }
        let moment = request.minute.map { wanted.start.nanos + Int64($0) * 60_000_000_000 } ?? now
        let reason = SummaryStatus.reason(wanted, moment: Timestamp(nanos: moment), calendar: calendar)
        return Summary(
            request: request, wanted: wanted, status: .noData(reason), day: nil,
            coverage: CoverageShare(seen: 0, expected: 0), items: [], generatedAt: Timestamp(nanos: now),
            endMinute: nil)
    }

    /// The lots of a day by its broker summaries, with their decimals.
    private func totalLots(_ day: Footprints.MarketDay) throws -> [Symbol: UInt128] {
        try footprints.store.read { transaction in
            var lots: [Symbol: UInt128] = [:]
            try transaction.rows.forEach(
                projection: ProjectionID.brokerDay.description, day: day.day, market: day.market
            ) { row in
                guard let summary = BrokerDayCode.decode(row.value) else {
                    throw StoreError.damaged(
                        path: footprints.store.path, detail: "broker day of \(row.symbol) on \(day.day)")
                }
                lots[row.symbol] = max(summary.total.buyLots, summary.total.sellLots)
            }
            return lots
        }
    }

    /// - Returns: Items by symbol, and the minute at which the last candle ends.
    private func items(
        _ day: Footprints.MarketDay, _ days: [Footprints.MarketDay], _ rule: HybridRule, minute: Int?,
        _ coverage: Double?
    ) throws -> ([SummaryItem], Int) {
        let minutes = TradingMinutes(calendar.schedule(of: day.day))
        let reached = minute.map(minutes.reached) ?? Int.max
        let history = try VolumeHistory(
            footprints, days.filter { $0.day < day.day }, before: day.day, reached: reached)
        // Broker summaries are of whole days, in whole lots.
        let totals = minute == nil && day.quantityDigits == 0 ? try totalLots(day) : [:]
        let contexts = try FlowContexts(footprints, market: Summaries.market, on: day.day)
        let surroundings = SummaryItem.Surroundings(
            day: day.day, reached: reached, minutes: minutes, coverage: coverage, rule: rule,
            rules: day.priceDigits == 0 ? footprints.rules : nil)
        var items: [SummaryItem] = []
        var end = 0
        for symbol in try footprints.symbols(day) {
            let candles = try footprints.candles(day, symbol).prefix { $0.minute < minute ?? 1440 }
            end = max(end, (candles.last?.minute ?? -1) + 1)
            let item = SummaryItem(
                symbol, candles, context: contexts[symbol],
                history: history.history(of: symbol), surroundings, totalLots: totals[symbol])
            if let item { items.append(item) }
        }
        return (items, end)
    }
}

/// What the market's newest earlier days usually traded, by symbol.
private struct VolumeHistory {
    private let rules: MarketRules
    private let day: TradingDay
    private let dates: [TradingDay]
    private let days: [[Symbol: HistoryDay]]
    private let empty: [HistoryDay]
    private let isUnbroken: [Bool]

    /// - Parameter earlier: The market's earlier days in the store, by rising day.
    init(
        _ footprints: Footprints, _ earlier: [Footprints.MarketDay], before day: TradingDay, reached: Int
    ) throws {
        rules = footprints.rules
        let calendar = rules.calendar
        self.day = day
        let newest = earlier.suffix(SummaryHistory.dayCount).reversed()
        dates = newest.map(\.day)
        let stored = Set(earlier.map(\.day))
        empty = newest.map { HistoryDay(schedule: calendar.schedule(of: $0.day), reached: reached) }
        days = try zip(newest, empty).map { try footprints.historyDays($0, from: $1) }
        var expected = calendar.previousTradingDay(before: day)
        isUnbroken = newest.map { earlier in
            while let next = expected, next > earlier.day, stored.contains(next) {
                expected = calendar.previousTradingDay(before: next)
            }
            return expected == earlier.day
        }
    }

    func history(of symbol: Symbol) -> SummaryHistory {
        let adjusted = days.indices.map { index in
            guard let known = days[index][symbol] else { return empty[index] }
            return rules.factor(of: symbol, from: dates[index], to: day).map(known.adjusted) ?? known
        }
        return SummaryHistory(adjusted, isUnbroken: isUnbroken)
    }
}

extension Footprints {
    /// What a day's symbols traded, in sums.
    fileprivate func historyDays(_ day: MarketDay, from empty: HistoryDay) throws -> [Symbol: HistoryDay] {
        try store.read { transaction in
            var found: [Symbol: HistoryDay] = [:]
            try transaction.candles.forEach(day: day.day, market: day.market) { symbol, hour, bytes in
                var history = found[symbol] ?? empty
                guard CandleCode.forEachSums(bytes, hour: Int(hour), { history.add($0) }) else {
                    throw StoreError.damaged(
                        path: store.path, detail: "candles of \(symbol) on \(day.day), hour \(hour)")
                }
                found[symbol] = history
            }
            return found
        }
    }
}
