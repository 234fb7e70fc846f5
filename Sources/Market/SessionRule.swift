/// The schedules of a week from one day on.
public struct SessionRule: Hashable, Sendable {
    /// The first day on which the rule holds.
    public let firstDay: TradingDay
    /// Monday to Thursday.
    public let mondayToThursday: SessionSchedule
    /// Friday, with its longer midday break.
    public let friday: SessionSchedule

    /// A rule of dated data.
    public init(firstDay: TradingDay, mondayToThursday: SessionSchedule, friday: SessionSchedule) {
        self.firstDay = firstDay
        self.mondayToThursday = mondayToThursday
        self.friday = friday
    }
}
