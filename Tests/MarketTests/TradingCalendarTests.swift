import Market
import Testing

@Suite("Trading calendar")
struct TradingCalendarTests {
    let calendar = TradingCalendar.idx

    @Test("2025 has 236 trading days, 2026 has 239, month by month as the exchange announced")
    func tradingDaysOfTheYear() {
        #expect(tradingDays(year: 2025).reduce(0, +) == 236)
        #expect(tradingDays(year: 2026) == [20, 18, 17, 21, 16, 20, 23, 19, 22, 22, 21, 20])
        #expect(tradingDays(year: 2026).reduce(0, +) == 239)
    }

    @Test("a year without a calendar has no answer")
    func unknownYears() {
        #expect(calendar.isTradingDay(day("2024-12-30")) == nil)
        #expect(calendar.isTradingDay(day("2027-01-04")) == nil)
        #expect(calendar.nextTradingDay(after: day("2026-12-30")) == nil)
        #expect(calendar.previousTradingDay(before: day("2025-01-02")) == nil)
    }

    @Test("steps over weekends and holidays, and over the twelve calendar days of Lebaran 2025")
    func steps() {
        #expect(calendar.nextTradingDay(after: day("2025-03-27")) == day("2025-04-08"))
        #expect(calendar.previousTradingDay(before: day("2025-04-08")) == day("2025-03-27"))
        #expect(calendar.nextTradingDay(after: day("2026-02-13")) == day("2026-02-18"))
        #expect(calendar.nextTradingDay(after: day("2025-12-30")) == day("2026-01-02"))
    }

    @Test(
        "phases of a Tuesday",
        arguments: [
            (31_499, SessionPhase.closed), (31_500, .preOpening), (32_399, .preOpening),
            (32_400, .continuous),
            (43_199, .continuous), (43_200, .continuous), (43_201, .closed), (48_599, .closed),
            (48_600, .continuous), (56_999, .continuous), (57_000, .closingAuction),
            (57_719, .closingAuction),
            (57_720, .postClosing), (58_500, .postClosing), (58_501, .closed),
        ])
    func tuesday(second: Int, phase: SessionPhase) {
        #expect(calendar.phase(of: day("2026-02-10"), second: second) == phase)
    }

    @Test(
        "phases of a Friday",
        arguments: [
            (41_399, SessionPhase.continuous), (41_400, .continuous), (41_401, .closed), (50_399, .closed),
            (50_400, .continuous),
        ])
    func friday(second: Int, phase: SessionPhase) {
        #expect(calendar.phase(of: day("2026-02-20"), second: second) == phase)
    }

    @Test("the closing auction is a minute longer from 15 December 2025")
    func closingAuctionChange() {
        #expect(calendar.phase(of: day("2025-12-12"), second: 57_659) == .closingAuction)
        #expect(calendar.phase(of: day("2025-12-12"), second: 57_660) == .postClosing)
        #expect(calendar.phase(of: day("2025-12-15"), second: 57_660) == .closingAuction)
    }

    @Test("continuous minutes are 320, 260 on Fridays, 0 without trading")
    func continuousMinutes() {
        #expect(calendar.continuousMinutes(of: day("2026-02-10")) == 320)
        #expect(calendar.continuousMinutes(of: day("2026-02-20")) == 260)
        #expect(calendar.continuousMinutes(of: day("2026-02-16")) == 0)
        #expect(calendar.continuousMinutes(of: day("2026-02-14")) == 0)
        #expect(calendar.phase(of: day("2026-02-16"), second: 36_000) == .closed)
    }

    private func tradingDays(year: Int) -> [Int] {
        (1...12).map { month in
            (1...31).count { number in
                guard let day = TradingDay(year: year, month: month, day: number) else { return false }
                return calendar.isTradingDay(day) == true
            }
        }
    }

    private func day(_ text: String) -> TradingDay { TradingDay(text)! }
}
