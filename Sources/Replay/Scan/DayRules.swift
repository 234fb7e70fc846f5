internal import Market
internal import Projections
internal import Tape

/// What is known of one day of a stream of trades.
struct DayFacts {
    let stream: StreamName
    let day: TradingDay
    /// Counts per minute.
    let coverage: [CoverageMinute]
    /// Symbols with candles; nil where that is not known.
    let symbolCount: Int?
    /// Whether the day is over.
    let isOver: Bool

    /// The day's counts.
    var total: CoverageMinute {
        var sum = CoverageMinute(minute: CoverageMinute.timeless)
        for row in coverage { sum.add(row) }
        return sum
    }
}

/// Holds one day of trades to the rules.
struct DayRules {
    let settings: RuleSettings
    let mend: Mend
    let calendar: TradingCalendar

    init(settings: RuleSettings, mend: Mend, calendar: TradingCalendar = .idx) {
        self.settings = settings
        self.mend = mend
        self.calendar = calendar
    }

    func findings(_ facts: DayFacts) -> [Finding] {
        guard facts.stream.content == "trades", facts.total.messages > 0 else { return [] }
        var list = quality(facts)
        if facts.isOver { list += completeness(facts) }
        if facts.isOver, facts.stream.market == "idx" { list += session(facts) }
        return list
    }

    private func finding(
        _ severity: Finding.Severity, _ rule: TradeRule, _ facts: DayFacts, _ text: String,
        mend: String? = nil
    ) -> [Finding] {
        guard settings.isEnabled(rule) else { return [] }
        return [
            Finding(
                severity, rule.rawValue, stream: facts.stream, day: facts.day, text,
                mend: mend ?? self.mend.importing(facts.stream, facts.day))
        ]
    }

    // MARK: What came

    private func quality(_ facts: DayFacts) -> [Finding] {
        let total = facts.total
        var list: [Finding] = []
        if share(total.undecodable, total.messages) > settings.limit(.undecodableShare) {
            list += finding(
                .gap, .undecodableShare, facts,
                "\(total.undecodable) of \(total.messages) messages cannot be decoded",
                mend: "jejak show undecodable --date \(facts.day)\(mend.options)")
        }
        let coming = total.trades + total.duplicates + total.conflicts + total.stale
        if share(total.duplicates, coming) > settings.limit(.duplicatesShare) {
            list += finding(
                .note, .duplicatesShare, facts, "\(total.duplicates) of \(coming) trades came twice",
                mend: "none needed: they are counted and not folded")
        }
        if Double(total.conflicts) > settings.limit(.conflicts) {
            list += finding(
                .note, .conflicts, facts, "\(total.conflicts) trades came again with other content",
                mend: "jejak show coverage --date \(facts.day)\(mend.options)")
        }
        if share(total.stale, coming) > settings.limit(.staleShare) {
            list += finding(
                .note, .staleShare, facts, "\(total.stale) of \(coming) trades were of another day",
                mend: "none needed: they are counted and not folded")
        }
        let falls = Double(fallingMinutes(facts.coverage))
        if falls > settings.limit(.sequenceOrder) {
            list += finding(
                .note, .sequenceOrder, facts,
                "\(Int(falls)) minutes hold lower sequence numbers than an earlier one",
                mend: "jejak show coverage --date \(facts.day)\(mend.options)")
        }
        return list
    }

    private func fallingMinutes(_ rows: [CoverageMinute]) -> Int {
        var highest: UInt64 = 0
        var count = 0
        for row in rows where row.sequences > 0 {
            if row.firstSequence < highest { count += 1 }
            highest = max(highest, row.lastSequence)
        }
        return count
    }

    // MARK: What did not come

    private func completeness(_ facts: DayFacts) -> [Finding] {
        let share = CoverageShare.day(facts.coverage)
        guard let value = share.value, value < settings.limit(.sequenceGap) else { return [] }
        return finding(
            .gap, .sequenceGap, facts, "\(share.seen) of \(share.expected) sequence numbers were captured")
    }

    private func session(_ facts: DayFacts) -> [Finding] {
        guard let isOpen = calendar.isTradingDay(facts.day) else { return [] }
        guard isOpen else {
            return finding(
                .note, .calendarClosed, facts, "the exchange was closed",
                mend: "check the date with which \(facts.stream) was imported")
        }
        var list: [Finding] = []
        let schedule = calendar.schedule(of: facts.day)
        let minutes = Set(facts.coverage.filter { $0.trades > 0 }.map(\.minute))
        let hours = Set(minutes.map { $0 / 60 })
        let expected = Set(
            [schedule.morning, schedule.afternoon].flatMap { session in
                (session.lowerBound / 3600)...((session.upperBound - 1) / 3600)
            })
        let empty = expected.subtracting(hours).sorted()
        if !empty.isEmpty {
            let names = empty.map { "\($0 < 10 ? "0" : "")\($0)" }.joined(separator: ", ")
            list += finding(.gap, .hoursEmpty, facts, "no trade in the hours \(names)")
        }
        let continuous = minutes.filter { schedule.phase(second: $0 * 60) == .continuous }.count
        let all = schedule.continuousMinutes
        if Double(continuous) < settings.limit(.minutesSparse) * Double(all) {
            list += finding(.note, .minutesSparse, facts, "trades in \(continuous) of \(all) minutes")
        }
        if let symbols = facts.symbolCount, Double(symbols) < settings.limit(.symbolsFew) {
            list += finding(.note, .symbolsFew, facts, "only \(symbols) symbols traded")
        }
        return list
    }

    private func share(_ part: UInt64, _ whole: UInt64) -> Double {
        whole == 0 ? 0 : Double(part) / Double(whole)
    }
}
