public import Market

/// Whether a summary is of the day that was asked for (PROJECTIONS §7).
public enum SummaryStatus: Equatable, Sendable {
    /// It is.
    case ok
    /// It is of so many trading days before.
    case fallback(daysBack: Int)
    /// Nothing was found.
    case noData(Reason)

    /// Why nothing was found.
    public enum Reason: String, CaseIterable, Sendable {
        /// The day is a Saturday or Sunday.
        case weekend = "WEEKEND_NO_DATA"
        /// The exchange's calendar has a holiday.
        case holiday = "HOLIDAY_NO_DATA"
        /// The moment lies before the first session.
        case notYetOpen = "NOT_YET_OPEN"
        /// The exchange has traded, and the tape has nothing of it.
        case captureDown = "CAPTURE_DOWN"
        /// The year has no calendar, so nobody can tell.
        case noData = "NO_DATA"
    }

    /// How many trading days are looked back over.
    public static let daysBackMax = 7

    /// `OK`, `FALLBACK` or `NO_DATA`.
    public var name: String {
        switch self {
        case .ok: "OK"
        case .fallback: "FALLBACK"
        case .noData: "NO_DATA"
        }
    }

    /// The envelope's reason; nil where the summary is of the day itself.
    public var reason: String? {
        switch self {
        case .ok: nil
        case .fallback(let days): "Using \(days) trading day(s) back"
        case .noData(let reason): reason.rawValue
        }
    }

    /// The trading days to look at when a day has nothing, newest first.
    public static func daysBack(from day: TradingDay, calendar: TradingCalendar = .idx) -> [TradingDay] {
        calendar.tradingDays(before: day, count: daysBackMax)
    }

    /// Why a day has nothing.
    /// - Parameter moment: That of the summary: the given one, or now.
    public static func reason(
        _ day: TradingDay, moment: Timestamp, calendar: TradingCalendar = .idx
    ) -> Reason {
        if day.weekday > 5 { return .weekend }
        guard let isOpen = calendar.isTradingDay(day) else { return .noData }
        guard isOpen else { return .holiday }
        let opening = Int64(calendar.schedule(of: day).morning.lowerBound) * 1_000_000_000
        return moment.nanos < day.start.nanos + opening ? .notYetOpen : .captureDown
    }
}
