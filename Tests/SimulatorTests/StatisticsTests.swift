import Market
import Simulator
import Testing

/// Wide bands around PERFORMANCE §1, on a market small enough for a test.
@Suite("Statistics")
struct StatisticsTests {
    @Test("a day resembles the tape that the generator statistics describe")
    func resemblance() {
        let market = SimulatedDays(
            SimulatorConfiguration(
                symbolCount: 80, seed: 21, firstDay: TradingDay("2026-02-10")!, tradesPerDay: 80_000,
                bookIntervalSeconds: 0), days: 1)
        let lines = TradeLine.lines(market.days[0].trades)
        let count = lines.count
        var runs = 0
        var last = ""
        var ranges: [String: (low: Int, high: Int, close: Int)] = [:]
        var perCode: [String: Int] = [:]
        for line in lines {
            if line.code != last { runs += 1 }
            last = line.code
            perCode[line.code, default: 0] += 1
            guard line.board == "RG" else { continue }
            var range = ranges[line.code] ?? (line.price, line.price, line.previousClose)
            range.low = min(range.low, line.price)
            range.high = max(range.high, line.price)
            ranges[line.code] = range
        }
        #expect((67...74).contains(market.days[0].trades.count / count))
        #expect((22...32).contains(count * 10 / runs))
        #expect((13...22).contains(lines.count { $0.lots == 1 } * 100 / count))
        #expect((18...30).contains(lines.count { $0.tickChange != 0 } * 100 / count))
        let rangesInThousandths = ranges.values.map { ($0.high - $0.low) * 1000 / $0.close }.sorted()
        #expect((30...80).contains(rangesInThousandths[rangesInThousandths.count / 2]))

        let offRegular = lines.count { $0.board != "RG" } * 10_000 / count
        #expect((2...40).contains(offRegular))
        #expect(perCode.values.max()! * 100 / count >= 4)
        #expect(perCode.keys.contains { $0.utf8.count == 10 } && perCode.keys.contains { $0.hasSuffix("-W") })
        let opening = lines.count { $0.second >= 32_400 && $0.second < 32_400 + 900 }
        let midday = lines.count { $0.second >= 41_400 && $0.second < 41_400 + 900 }
        let end = lines.count { $0.second >= 56_100 && $0.second < 57_000 }
        #expect(opening > 2 * midday && end > midday)
    }

    @Test("a quarter of days keeps the market alive, and the days run on where the calendar ends")
    func quarter() {
        let market = SimulatedDays(
            SimulatorConfiguration(
                symbolCount: 10, seed: 2, firstDay: TradingDay("2026-10-01")!, tradesPerDay: 300,
                bookIntervalSeconds: 0), days: 65)
        #expect(market.days[62].summary.day == TradingDay("2026-12-30"))
        #expect(market.days[63].summary.day == TradingDay("2027-01-01"))
        #expect(market.days[64].summary.day == TradingDay("2027-01-04"))
        #expect(market.days.allSatisfy { $0.summary.trades > 250 })
        #expect(market.days.contains { !$0.summary.episodes.isEmpty })
    }
}
