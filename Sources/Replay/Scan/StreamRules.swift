internal import Market
internal import Tape

/// Holds the days of a stream to the rules: which are missing.
struct StreamRules {
    let settings: RuleSettings
    let mend: Mend
    let calendar: TradingCalendar

    init(settings: RuleSettings, mend: Mend, calendar: TradingCalendar = .idx) {
        self.settings = settings
        self.mend = mend
        self.calendar = calendar
    }

    /// - Parameters:
    ///   - days: The stream's days, rising.
    ///   - trades: The days of the market's trades.
    ///   - isWanted: Whether a day is among those that are looked at.
    func findings(
        _ stream: StreamName, _ days: [TradingDay], trades: [TradingDay], isWanted: (TradingDay) -> Bool
    ) -> [Finding] {
        guard stream.market == "idx", ["trades", "broksum", "book"].contains(stream.content) else {
            return []
        }
        var missing: [(TradeRule, TradingDay)] = []
        let present = Set(days)
        if settings.isEnabled(.calendarMissing), let first = days.first, let last = days.last {
            var day = first
            while let next = calendar.nextTradingDay(after: day), next < last {
                if !present.contains(next) { missing.append((.calendarMissing, next)) }
                day = next
            }
        }
        if settings.isEnabled(.broksumMissing), stream.content == "broksum" {
            let known = Set(missing.map(\.1))
            for day in trades where !present.contains(day) && !known.contains(day) {
                missing.append((.broksumMissing, day))
            }
        }
        var findings = missing.filter { isWanted($0.1) }.map { rule, day in
            Finding(
                .gap, rule.rawValue, stream: stream, day: day,
                rule == .calendarMissing
                    ? "a trading day that is not on the tape"
                    : "a day with trades and without broker summaries",
                mend: mend.importing(stream, day))
        }
        if settings.isEnabled(.flowHistory), stream.content == "broksum", !days.isEmpty,
            Double(days.count) < settings.limit(.flowHistory)
        {
            findings.append(
                Finding(
                    .note, TradeRule.flowHistory.rawValue, stream: stream,
                    "only \(days.count) days, too few for a stable state",
                    mend: "jejak import --stream \(stream)\(mend.options) FILE"))
        }
        return findings
    }
}
