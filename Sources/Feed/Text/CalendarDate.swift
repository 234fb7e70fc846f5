internal import Market

/// Dates as feeds write them.
enum CalendarDate {
    /// `YYYY-MM-DD`.
    static func dashed(_ bytes: UnsafeRawBufferPointer) -> TradingDay? {
        guard bytes.count == 10, bytes[4] == 0x2D, bytes[7] == 0x2D else { return nil }
        return day(
            Digits.longValue(UnsafeRawBufferPointer(rebasing: bytes[0..<4])),
            Digits.longValue(UnsafeRawBufferPointer(rebasing: bytes[5..<7])),
            Digits.longValue(UnsafeRawBufferPointer(rebasing: bytes[8..<10])))
    }

    /// `YYYYMMDD`.
    static func compact(_ bytes: UnsafeRawBufferPointer) -> TradingDay? {
        guard bytes.count == 8, let value = Digits.longValue(bytes) else { return nil }
        return number(UInt32(truncatingIfNeeded: value))
    }

    /// The number 20260210.
    static func number(_ value: UInt32) -> TradingDay? {
        timed(TradingDay(year: Int(value / 10_000), month: Int(value / 100 % 100), day: Int(value % 100)))
    }

    private static func day(_ year: UInt64?, _ month: UInt64?, _ day: UInt64?) -> TradingDay? {
        guard let year, let month, let day else { return nil }
        return timed(TradingDay(year: Int(year), month: Int(month), day: Int(day)))
    }

    /// A day beyond the tape's nanoseconds is no date.
    private static func timed(_ day: TradingDay?) -> TradingDay? { day.flatMap { $0.isTimed ? $0 : nil } }
}
