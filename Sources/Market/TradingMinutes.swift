/// A day's minutes counted by trading instead of by the clock, so that a Friday can be compared with a Monday.
///
/// ```
/// before 09:00           -1
/// first session           0 ... 179   (149 on Fridays); its last minute takes the prints of 12:00:00 too
/// second session        180 ... 319   (150 ... 259)
/// from the closing auction on   closing + minutes since it began
/// ```
public struct TradingMinutes: Hashable, Sendable {
    /// Position of the closing auction's first minute, on every day.
    public static let closing = 1440

    /// Minutes of continuous trading.
    public let continuousMinutes: Int
    private let morning: Range<Int>
    private let afternoonStart: Int
    private let closingStart: Int

    /// Those of a schedule.
    public init(_ schedule: SessionSchedule) {
        morning = schedule.morning.lowerBound / 60..<schedule.morning.upperBound / 60
        afternoonStart = schedule.afternoon.lowerBound / 60
        closingStart = schedule.closingAuction.lowerBound / 60
        continuousMinutes = morning.count + closingStart - afternoonStart
    }

    /// Where a candle of a minute stands.
    public func position(ofMinute minute: Int) -> Int {
        if minute < morning.lowerBound { return -1 }
        if minute < afternoonStart { return min(minute, morning.upperBound - 1) - morning.lowerBound }
        if minute < closingStart { return morning.count + minute - afternoonStart }
        return TradingMinutes.closing + minute - closingStart
    }

    /// How far trading has come when a minute begins: candles that stand below it are over.
    public func reached(atMinute minute: Int) -> Int {
        if minute < morning.lowerBound { return -1 }
        if minute < afternoonStart { return min(minute, morning.upperBound) - morning.lowerBound }
        if minute < closingStart { return morning.count + minute - afternoonStart }
        return TradingMinutes.closing + minute - closingStart
    }
}
