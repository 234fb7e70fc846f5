import Market
import Testing

@testable import Projections

@Suite("Earlier days of a summary")
struct SummaryHistoryTests {
    private static let monday = TradingCalendar.idx.schedule(of: TradingDay("2026-02-09")!)
    private static let friday = TradingCalendar.idx.schedule(of: TradingDay("2026-02-13")!)

    @Test("trading minutes count sessions only, so that Friday and Monday compare")
    func tradingMinutes() {
        let (monday, friday) = (TradingMinutes(Self.monday), TradingMinutes(Self.friday))
        #expect(monday.continuousMinutes == 320 && friday.continuousMinutes == 260)
        // 08:59, 09:00, 11:59, 12:00, 13:30, 15:49, 15:50, 16:01.
        #expect(
            [539, 540, 719, 720, 810, 949, 950, 961].map(monday.position)
                == [-1, 0, 179, 179, 180, 319, 1440, 1451])
        #expect(
            [539, 540, 719, 720, 721, 809, 810, 950].map(monday.reached)
                == [-1, 0, 179, 180, 180, 180, 180, 1440])
        // 11:29, 11:30, 14:00, 15:49.
        #expect([689, 690, 840, 949].map(friday.position) == [149, 149, 150, 259])
        #expect([690, 839, 840, 949, 950].map(friday.reached) == [150, 150, 150, 259, 1440])
        for minutes in [monday, friday] {
            for minute in 1..<1440 {
                let (before, now) = (minutes.reached(atMinute: minute - 1), minutes.reached(atMinute: minute))
                #expect(before <= now)
                // What begins before a minute is over when it begins; the candle that takes the session's last
                // prints stands with the minute before it.
                #expect(minutes.position(ofMinute: minute - 1) < now || now == -1)
            }
        }
    }

    @Test("a day gives the volume up to a trading minute, whole blocks and the close")
    func day() {
        func day(_ schedule: SessionSchedule, reached: Int) -> HistoryDay {
            var day = HistoryDay(schedule: schedule, reached: reached)
            for (minute, volume) in [(538, 1), (540, 2), (599, 4), (600, 8), (840, 16), (949, 32), (955, 64)]
            {
                day.add(CandleSums(minute: minute, close: Int64(minute), volume: UInt128(volume)))
            }
            return day
        }
        // 09:00–09:59, …; 14:00 is trading minute 210 on Mondays, 150 on Fridays; 300–319 are no whole block.
        #expect(day(Self.monday, reached: 60).blocks == [6, 8, 0, 16, 0])
        #expect(day(Self.friday, reached: 60).blocks == [6, 8, 16, 0])
        #expect(
            day(Self.monday, reached: 60).volumeReached == 7
                && day(Self.monday, reached: 61).volumeReached == 15)
        #expect(
            day(Self.monday, reached: -1).volumeReached == 0
                && day(Self.monday, reached: 0).volumeReached == 1)
        #expect(day(Self.monday, reached: 1440).volumeReached == 63)
        #expect(day(Self.friday, reached: 151).volumeReached == 31)
        #expect(
            day(Self.monday, reached: .max).volumeReached == 127 && day(Self.monday, reached: 0).close == 955)
        #expect(HistoryDay(schedule: Self.monday, reached: 0).close == nil)
    }

    @Test("a split is undone in earlier prices and volumes")
    func split() {
        var day = HistoryDay(schedule: Self.monday, reached: 100)
        day.add(CandleSums(minute: 545, close: 1005, volume: 7))
        let split = day.adjusted(by: PriceFactor(numerator: 1, denominator: 5)!)
        #expect(split.close == 201 && split.volumeReached == 35 && split.blocks[0] == 35)
        #expect(day.adjusted(by: .one) == day)
    }

    @Test("medians are exact, and of fewer than twenty days not known")
    func medians() {
        #expect(medianTwice([]) == nil && medianTwice([5]) == 10)
        #expect(medianTwice([9, 1, 4]) == 8 && medianTwice([9, 1, 4, 5]) == 9)
        let days = (1...20).map { number in
            var day = HistoryDay(schedule: Self.monday, reached: 100)
            day.add(CandleSums(minute: 545, close: 7, volume: UInt128(number)))
            return day
        }
        let unbroken = [Bool](repeating: true, count: 20)
        // Of 1 … 20 the middle ones are 10 and 11.
        #expect(SummaryHistory(days, isUnbroken: unbroken).medianVolumeTwice == 21)
        let fewer = SummaryHistory(Array(days.dropLast()), isUnbroken: Array(unbroken.dropLast()))
        #expect(fewer.medianVolumeTwice == nil)
        // A hundred blocks, twenty of them above 0.
        #expect(fewer.medianBlockVolumeTwice == 0)
        #expect(SummaryHistory([], isUnbroken: []) == SummaryHistory())
    }

    @Test("the previous close is the newest day's with trades, if no day between is missing")
    func previousClose() {
        let empty = HistoryDay(schedule: Self.monday, reached: 0)
        var traded = empty
        traded.add(CandleSums(minute: 545, close: 7, volume: 1))
        #expect(SummaryHistory([traded, empty], isUnbroken: [true, false]).previousClose == 7)
        #expect(SummaryHistory([empty, traded], isUnbroken: [true, true]).previousClose == 7)
        #expect(SummaryHistory([empty, traded], isUnbroken: [true, false]).previousClose == nil)
        #expect(SummaryHistory([traded], isUnbroken: [false]).previousClose == nil)
        #expect(SummaryHistory([empty], isUnbroken: [true]).previousClose == nil)
    }
}
