/// A calendar day of the exchange (WIB, UTC+7), the unit in which the tape is kept.
public struct TradingDay: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Days since 1970-01-01 in WIB.
    public let daysSinceEpoch: Int32

    /// A day by its number of days since 1970-01-01.
    @inlinable
    public init(daysSinceEpoch: Int32) {
        self.daysSinceEpoch = daysSinceEpoch
    }

    /// A day by civil date (proleptic Gregorian calendar); nil where the date does not exist or lies
    /// outside the years 1970 ... 9999.
    public init?(year: Int, month: Int, day: Int) {
        guard (1970...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= TradingDay.lengthOfMonth(month, year: year)
        else { return nil }
        daysSinceEpoch = TradingDay.civilToDays(year, month, day)
    }

    /// A day written `YYYY-MM-DD`; nil for any other text.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == 0x2D, bytes[7] == 0x2D else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            var value = 0
            for index in range {
                guard bytes[index] >= 0x30, bytes[index] <= 0x39 else { return nil }
                value = value * 10 + Int(bytes[index] - 0x30)
            }
            return value
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10) else {
            return nil
        }
        self.init(year: year, month: month, day: day)
    }

    /// The WIB day in which an instant falls.
    public init(containing timestamp: Timestamp) {
        let wibNanos = timestamp.nanos + WIB.offsetNanos
        let days = wibNanos >= 0 ? wibNanos / WIB.dayNanos : (wibNanos - WIB.dayNanos + 1) / WIB.dayNanos
        daysSinceEpoch = Int32(truncatingIfNeeded: days)
    }

    /// Whether the day's instants can be told: a ``Timestamp`` ends in April 2262. No message is filed under a
    /// later day.
    @inlinable
    public var isTimed: Bool { daysSinceEpoch <= TradingDay.lastTimedDay }

    /// 2261-12-31.
    @usableFromInline static let lastTimedDay: Int32 = 106_650

    /// The instant at which the day begins: 00:00:00 WIB; for a day that is not ``isTimed``, that of the last
    /// one that is.
    public var start: Timestamp {
        Timestamp(nanos: Int64(min(daysSinceEpoch, TradingDay.lastTimedDay)) * WIB.dayNanos - WIB.offsetNanos)
    }

    /// 1 = Monday ... 7 = Sunday (ISO 8601).
    public var weekday: Int {
        let index = (Int(daysSinceEpoch) + 3) % 7
        return (index < 0 ? index + 7 : index) + 1
    }

    /// Year, month and day of the civil date.
    public var civil: (year: Int, month: Int, day: Int) {
        TradingDay.daysToCivil(daysSinceEpoch)
    }

    /// `YYYY-MM-DD`.
    public var description: String {
        let (year, month, day) = civil
        func pad(_ value: Int, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))"
    }

    /// The day `count` calendar days later (earlier where negative).
    public func advanced(by count: Int) -> TradingDay {
        TradingDay(daysSinceEpoch: daysSinceEpoch + Int32(count))
    }

    /// Earlier days come first.
    @inlinable
    public static func < (left: TradingDay, right: TradingDay) -> Bool {
        left.daysSinceEpoch < right.daysSinceEpoch
    }

    private static func lengthOfMonth(_ month: Int, year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        default: 31
        }
    }

    // Civil-date arithmetic after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms":
    // years begin in March, so that the leap day is the last one; an era is 400 years.
    private static func civilToDays(_ year: Int, _ month: Int, _ day: Int) -> Int32 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int32(era * 146_097 + dayOfEra - 719_468)
    }

    private static func daysToCivil(_ days: Int32) -> (Int, Int, Int) {
        let shifted = Int(days) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

/// Western Indonesian time, UTC+7 without daylight saving (PROTOCOLS §4.1).
public enum WIB {
    /// Nanoseconds by which WIB is ahead of UTC.
    public static let offsetNanos: Int64 = 7 * 3600 * 1_000_000_000
    /// Nanoseconds of a day.
    public static let dayNanos: Int64 = 86_400 * 1_000_000_000
}
