import Market
import Testing

@Suite("Price limits")
struct PriceLimitsTests {
    @Test(
        "shares, since 8 April 2025",
        arguments: [
            (Int64(100), Int64(85), Int64(135)), (50, 50, 67), (200, 170, 270), (202, 172, 252),
            (1000, 850, 1250), (5000, 4250, 6250), (5025, 4280, 6025), (10_000, 8500, 12_000),
        ])
    func shares(close: Int64, lowest: Int64, highest: Int64) {
        #expect(range(close, .share, "2026-02-10") == lowest...highest)
    }

    @Test("both sides were alike before")
    func symmetric() {
        #expect(range(1000, .share, "2025-03-03") == 750...1250)
        #expect(range(1000, .share, "2023-01-02") == nil)
    }

    @Test("watchlist and warrants")
    func otherClasses() {
        #expect(range(10, .watchlist, "2026-02-10") == 9...11)
        #expect(range(100, .watchlist, "2026-02-10") == 90...110)
        #expect(range(5, .warrant, "2026-02-10") == 1...15)
        #expect(range(100, .warrant, "2026-02-10") == 50...150)
    }

    @Test("every limit lies on the ladder, holds the previous close and keeps the percentage")
    func invariants() {
        for index in Int64(49)..<3000 {
            let close = TickLadder.idx.price(at: index)
            let limits = range(close, .share, "2026-02-10")!
            #expect(TickLadder.idx.contains(limits.lowerBound) && TickLadder.idx.contains(limits.upperBound))
            #expect(limits.contains(close))
            let percent: Int64 = close <= 200 ? 35 : close <= 5000 ? 25 : 20
            #expect(limits.upperBound * 100 <= close * (100 + percent))
            #expect(limits.lowerBound * 100 >= close * 85)
        }
    }

    private func range(
        _ close: Int64, _ instruments: InstrumentClass, _ day: String
    ) -> ClosedRange<Int64>? {
        PriceLimits.idx.range(previousClose: close, instruments: instruments, on: TradingDay(day)!)
    }
}
