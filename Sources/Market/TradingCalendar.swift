/// Which days and seconds the exchange trades: dated data, no clock.
///
/// Holidays are known for whole years only; outside them the calendar answers nil instead of guessing
/// (PROJECTIONS §6: the condition of such a day is `unknown`). Sources: PROTOCOLS §4.1 and §4.3
/// (Peng-00213/BEI.POP/10-2024 with the revision for 18 August, Peng-00171/BEI.POP/09-2025).
public struct TradingCalendar: Sendable {
    /// The years whose holidays are known.
    public let years: ClosedRange<Int>
    /// Holidays that fall on weekdays, ascending.
    public let holidays: [TradingDay]
    /// Session times, ascending by first day; the first row also answers for earlier days.
    public let sessionRules: [SessionRule]

    /// The Indonesian exchange, 2025 and 2026.
    public static let idx = TradingCalendar(
        years: 2025...2026, holidays: exchangeHolidays, sessionRules: exchangeSessions)

    /// A calendar from rows of data, for holidays that come from a file.
    ///
    /// - Precondition: at least one session rule, rules in the order of their days.
    public init(years: ClosedRange<Int>, holidays: [TradingDay], sessionRules: [SessionRule]? = nil) {
        let rules = sessionRules ?? exchangeSessions
        precondition(!rules.isEmpty && zip(rules, rules.dropFirst()).allSatisfy { $0.firstDay < $1.firstDay })
        self.years = years
        self.holidays = holidays.sorted()
        self.sessionRules = rules
    }

    /// This calendar with more data: years whose holidays are now known, holidays, days that are none after all, and
    /// session rules, each in place of one of the same first day.
    /// - Returns: Nil where the years would not follow each other.
    public func extended(
        years more: [Int] = [], holidays added: [TradingDay] = [], open: [TradingDay] = [],
        sessionRules rules: [SessionRule] = []
    ) -> TradingCalendar? {
        let all = Set(years).union(more)
        guard let first = all.min(), let last = all.max(), all.count == last - first + 1 else { return nil }
        let days = Set(holidays).union(added).subtracting(open).filter { $0.weekday <= 5 }
        let firstDays = Set(rules.map(\.firstDay))
        let merged = sessionRules.filter { !firstDays.contains($0.firstDay) } + rules
        return TradingCalendar(
            years: first...last, holidays: Array(days),
            sessionRules: merged.sorted { $0.firstDay < $1.firstDay })
    }

    /// Whether the exchange trades on `day`; nil where the year has no calendar.
    public func isTradingDay(_ day: TradingDay) -> Bool? {
        guard years.contains(day.civil.year) else { return nil }
        return day.weekday <= 5 && !isHoliday(day)
    }

    /// The first trading day after `day`; nil where the search leaves the known years.
    public func nextTradingDay(after day: TradingDay) -> TradingDay? {
        step(from: day, by: 1)
    }

    /// The last trading day before `day`; nil where the search leaves the known years.
    public func previousTradingDay(before day: TradingDay) -> TradingDay? {
        step(from: day, by: -1)
    }

    /// The last trading days before `day`, newest first. Weekdays of years without a calendar are taken for trading
    /// days.
    public func tradingDays(before day: TradingDay, count: Int) -> [TradingDay] {
        var days: [TradingDay] = []
        var candidate = day.advanced(by: -1)
        while days.count < count {
            if isTradingDay(candidate) ?? (candidate.weekday <= 5) { days.append(candidate) }
            candidate = candidate.advanced(by: -1)
        }
        return days
    }

    /// The session times that a trading day has, or would have: the caller knows whether it is one.
    public func schedule(of day: TradingDay) -> SessionSchedule {
        let rule = sessionRules.last { $0.firstDay <= day } ?? sessionRules[0]
        return day.weekday == 5 ? rule.friday : rule.mondayToThursday
    }

    /// The phase of a second (0 ... 86,399 WIB) of a day.
    ///
    /// Weekends and holidays are closed throughout; weekdays of years without a calendar are taken
    /// for trading days. A loop over one day asks ``schedule(of:)`` once instead.
    public func phase(of day: TradingDay, second: Int) -> SessionPhase {
        guard day.weekday <= 5, isTradingDay(day) ?? true else { return .closed }
        return schedule(of: day).phase(second: second)
    }

    /// Minutes of continuous trading on `day`: 320, 260 on Fridays, 0 on days without trading.
    public func continuousMinutes(of day: TradingDay) -> Int {
        guard day.weekday <= 5, isTradingDay(day) ?? true else { return 0 }
        return schedule(of: day).continuousMinutes
    }

    private func isHoliday(_ day: TradingDay) -> Bool {
        var low = 0
        var high = holidays.count
        while low < high {
            let middle = (low + high) / 2
            if holidays[middle] < day { low = middle + 1 } else { high = middle }
        }
        return low < holidays.count && holidays[low] == day
    }

    private func step(from day: TradingDay, by direction: Int) -> TradingDay? {
        var candidate = day.advanced(by: direction)
        while let trades = isTradingDay(candidate) {
            if trades { return candidate }
            candidate = candidate.advanced(by: direction)
        }
        return nil
    }
}

private func clock(_ hour: Int, _ minute: Int, _ second: Int = 0) -> Int {
    hour * 3600 + minute * 60 + second
}

private func schedule(
    morningEnd: Int, afternoonStart: Int, closingEnd: Int, postClosingStart: Int
) -> SessionSchedule {
    SessionSchedule(
        preOpening: clock(8, 45)...clock(8, 59, 59),
        morning: clock(9, 0)...morningEnd,
        afternoon: afternoonStart...clock(15, 49, 59),
        closingAuction: clock(15, 50)...closingEnd,
        postClosing: postClosingStart...clock(16, 15),
        randomClose: clock(15, 58)...clock(15, 59, 59))
}

private func rule(
    from day: (Int, Int, Int), closingEnd: Int, postClosingStart: Int
) -> SessionRule {
    SessionRule(
        firstDay: TradingDay(year: day.0, month: day.1, day: day.2)!,
        mondayToThursday: schedule(
            morningEnd: clock(12, 0), afternoonStart: clock(13, 30),
            closingEnd: closingEnd, postClosingStart: postClosingStart),
        friday: schedule(
            morningEnd: clock(11, 30), afternoonStart: clock(14, 0),
            closingEnd: closingEnd, postClosingStart: postClosingStart))
}

private let exchangeSessions: [SessionRule] = [
    // Kep-00055/BEI/03-2023.
    rule(from: (2023, 4, 3), closingEnd: clock(16, 0, 59), postClosingStart: clock(16, 1)),
    // Kep-00003/BEI/04-2025: the phases without cancellation prolong the closing auction by a minute.
    rule(from: (2025, 12, 15), closingEnd: clock(16, 1, 59), postClosingStart: clock(16, 2)),
]

private let exchangeHolidays: [TradingDay] = {
    let rows: [(year: Int, month: Int, days: [Int])] = [
        (2025, 1, [1, 27, 28, 29]), (2025, 3, [28, 31]), (2025, 4, [1, 2, 3, 4, 7, 18]),
        (2025, 5, [1, 12, 13, 29, 30]), (2025, 6, [6, 9, 27]), (2025, 8, [18]), (2025, 9, [5]),
        (2025, 12, [25, 26, 31]),
        (2026, 1, [1, 16]), (2026, 2, [16, 17]), (2026, 3, [18, 19, 20, 23, 24]), (2026, 4, [3]),
        (2026, 5, [1, 14, 15, 27, 28]), (2026, 6, [1, 16]), (2026, 8, [17, 25]), (2026, 12, [24, 25, 31]),
    ]
    return rows.flatMap { row in
        row.days.map { TradingDay(year: row.year, month: row.month, day: $0)! }
    }
}()
