import Market
import Testing

@Suite("Trading days")
struct TradingDayTests {
    @Test("every day from 1970 to 2100 is the one that counting by hand arrives at")
    func everyDay() {
        var number: Int32 = 0
        var weekday = 4  // 1 January 1970 was a Thursday.
        for year in 1970...2100 {
            let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            for month in 1...12 {
                #expect(TradingDay(year: year, month: month, day: 0) == nil)
                #expect(TradingDay(year: year, month: month, day: lengths[month - 1] + 1) == nil)
                for date in 1...lengths[month - 1] {
                    let day = TradingDay(daysSinceEpoch: number)
                    let text = "\(year)-\(two(month))-\(two(date))"
                    let agrees =
                        TradingDay(year: year, month: month, day: date) == day && TradingDay(text) == day
                        && day.civil == (year, month, date) && day.description == text
                        && day.weekday == weekday
                    if !agrees { Issue.record("\(text): \(day), weekday \(day.weekday)") }
                    number += 1
                    weekday = weekday % 7 + 1
                }
            }
        }
        #expect(number == 47_847)
    }

    @Test(
        "text that is no date of the form YYYY-MM-DD is refused",
        arguments: [
            "", "2026-02-1", "2026-02-010", "2026-2-10", "20260210", "2026/02/10", "2026-02-30", "2025-02-29",
            "2100-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "1969-12-31", "2026-02-1O", " 2026-02-10",
            "+026-02-10", "2026-02-10 ", "２026-02-10",
        ])
    func refused(text: String) {
        #expect(TradingDay(text) == nil)
    }

    @Test("a day begins at 17:00 UTC of the day before and ends a nanosecond before the next")
    func bounds() {
        let day = TradingDay("2026-02-10")!
        // 2026-02-10 14:30:25 WIB is 1770708625000 ms (PROJECTIONS "Time").
        let afternoon: Int64 = 14 * 3600 + 30 * 60 + 25
        #expect(day.start.millis + afternoon * 1000 == 1_770_708_625_000)
        #expect(TradingDay(containing: day.start) == day)
        #expect(TradingDay(containing: Timestamp(nanos: day.start.nanos - 1)) == day.advanced(by: -1))
        #expect(TradingDay(containing: Timestamp(nanos: day.start.nanos + WIB.dayNanos - 1)) == day)
        #expect(
            TradingDay(containing: Timestamp(nanos: day.start.nanos + WIB.dayNanos)) == day.advanced(by: 1))
    }

    @Test("instants before 1970 fall into the days before 1970")
    func negative() {
        let epoch = TradingDay(daysSinceEpoch: 0)
        #expect(TradingDay(containing: Timestamp(nanos: 0)) == epoch)
        #expect(TradingDay(containing: Timestamp(nanos: -WIB.offsetNanos)) == epoch)
        #expect(TradingDay(containing: Timestamp(nanos: -WIB.offsetNanos - 1)).daysSinceEpoch == -1)
        #expect(TradingDay(daysSinceEpoch: -1).description == "1969-12-31")
        #expect(TradingDay(daysSinceEpoch: -1).weekday == 3)
        #expect(TradingDay(daysSinceEpoch: -4).weekday == 7)
        #expect(Timestamp(nanos: -1).millis == -1)
        #expect(Timestamp(nanos: -1_000_000).millis == -1)
        #expect(Timestamp(nanos: -1_000_001).millis == -2)
    }

    private func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
