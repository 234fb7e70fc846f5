import Market
import Projections
import Testing

@Suite("Status of a summary")
struct SummaryStatusTests {
    @Test("seven trading days are looked back over, across holidays")
    func daysBack() {
        // 14 and 15 are a weekend, 16 and 17 holidays.
        #expect(
            SummaryStatus.daysBack(from: TradingDay("2026-02-18")!).map(\.description) == [
                "2026-02-13", "2026-02-12", "2026-02-11", "2026-02-10", "2026-02-09", "2026-02-06",
                "2026-02-05",
            ])
        // No calendar: weekdays.
        #expect(
            SummaryStatus.daysBack(from: TradingDay("2030-01-07")!).prefix(2).map(\.description)
                == ["2030-01-04", "2030-01-03"])
    }

    @Test("a reason by calendar and moment")
    func reasons() {
        func reason(_ day: String, _ moment: String, _ second: Int64 = 0) -> SummaryStatus.Reason {
            SummaryStatus.reason(
                TradingDay(day)!,
                moment: Timestamp(nanos: TradingDay(moment)!.start.nanos + second * 1_000_000_000))
        }
        #expect(reason("2026-02-14", "2026-02-14", 40_000) == .weekend)
        #expect(reason("2026-02-17", "2026-02-17", 40_000) == .holiday)
        #expect(reason("2026-02-10", "2026-02-10", 32_399) == .notYetOpen)
        #expect(reason("2026-02-10", "2026-02-09") == .notYetOpen)
        #expect(reason("2026-02-10", "2026-02-10", 32_400) == .captureDown)
        #expect(reason("2026-02-10", "2026-11-21") == .captureDown)
        #expect(reason("2030-01-07", "2030-01-08") == .noData)
        #expect(reason("2030-01-05", "2030-01-08") == .weekend)
    }

    @Test("names and reasons are R1's")
    func names() {
        #expect(SummaryStatus.ok.name == "OK" && SummaryStatus.ok.reason == nil)
        #expect(SummaryStatus.fallback(daysBack: 3).name == "FALLBACK")
        #expect(SummaryStatus.fallback(daysBack: 3).reason == "Using 3 trading day(s) back")
        #expect(SummaryStatus.noData(.weekend).name == "NO_DATA")
        #expect(SummaryStatus.noData(.captureDown).reason == "CAPTURE_DOWN")
    }
}
