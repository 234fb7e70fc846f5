import Market
import Simulator
import Testing

@Suite("Trade lines")
struct TradeLineTests {
    @Test("every field of every line follows PROTOCOLS §1.5", arguments: 0..<3)
    func derivedFields(day index: Int) {
        var sums: [String: (value: Int, lots: Int)] = [:]
        var lastPrices: [String: Int] = [:]
        var closes: [String: Int] = [:]
        var failures: [String] = []
        for (number, line) in TradeLine.lines(SimulatedDays.small.days[index].trades).enumerated() {
            func check(_ holds: Bool, _ what: String) {
                if !holds { failures.append("\(what): \(line.fields.joined(separator: "|"))") }
            }
            guard line.fields.count == 20 else {
                check(false, "field count")
                continue
            }
            check(line.fields[0] == "B" && line.fields[2] == "0" && line.fields[19] == "1", "constants")
            check(line.fields[8...11] == ["--", "-", "--", "-"], "withheld brokers")
            check(line.fields[1].count == 6, "clock")
            check(line.sequence == number + 1, "sequence")
            check(line.fields[5].first == "0" && line.fields[5].count >= 6, "zero-padding")
            check(line.lots > 0 && line.price > 0, "positive")
            check(closes[line.code, default: line.previousClose] == line.previousClose, "previous close")
            closes[line.code] = line.previousClose
            check(line.change == line.price - line.previousClose, "change")
            check(line.percent == 100 * line.change / line.previousClose, "percent")
            check(
                line.tickChange == line.price - lastPrices[line.code, default: line.previousClose],
                "tick change")
            lastPrices[line.code] = line.price
            let key = line.code + line.board
            sums[key, default: (0, 0)].value += line.price * line.lots
            sums[key, default: (0, 0)].lots += line.lots
            check(line.average == sums[key]!.value / sums[key]!.lots, "average")
        }
        #expect(failures.isEmpty, "\(failures.count) failures, first: \(failures.first ?? "")")
    }

    @Test("the summary counts the lines, and the day meets its target within a tenth")
    func counts() {
        let counts = SimulatedDays.small.days.map { TradeLine.lines($0.trades).count }
        #expect(counts == SimulatedDays.small.days.map(\.summary.trades))
        #expect(counts.allSatisfy { $0 >= 27_000 && $0 <= 33_000 })
        #expect(Set(counts).count == 3)
    }

    @Test("days follow the calendar and carry the close over")
    func days() {
        let days = SimulatedDays.small.days
        #expect(days.map(\.summary.day.description) == ["2026-02-12", "2026-02-13", "2026-02-18"])
        for (today, tomorrow) in zip(days, days.dropFirst()) {
            var closes: [String: Int] = [:]
            for line in TradeLine.lines(today.trades) where line.board == "RG" {
                closes[line.code] = line.price
            }
            for line in TradeLine.lines(tomorrow.trades) {
                #expect(closes[line.code] == nil || closes[line.code] == line.previousClose)
            }
        }
    }

    @Test("regular prices stand on the ladder and within the day's limits", arguments: 0..<3)
    func limits(day index: Int) {
        let day = SimulatedDays.small.days[index]
        var failures = 0
        for line in TradeLine.lines(day.trades) where line.board != "NG" {
            let range = PriceLimits.idx.range(
                previousClose: Int64(line.previousClose),
                instruments: line.code.utf8.count == 4 ? .share : .warrant, on: day.summary.day)!
            if !range.contains(Int64(line.price)) || !TickLadder.idx.contains(Int64(line.price)) {
                failures += 1
            }
        }
        #expect(failures == 0)
    }

    @Test("time never runs back, and every trade lies in its session", arguments: 0..<3)
    func sessions(day index: Int) {
        let day = SimulatedDays.small.days[index]
        let calendar = TradingCalendar.idx
        var last = 0
        var phases: [SessionPhase: Int] = [:]
        var failures = 0
        for line in TradeLine.lines(day.trades) {
            let phase = calendar.phase(of: day.summary.day, second: line.second)
            phases[phase, default: 0] += 1
            if line.second < last { failures += 1 }
            last = line.second
            // Continuous trading has one resting order, auctions and negotiated trades have none.
            let named = [line.buyOrder, line.sellOrder].compactMap(\.self).count
            if named != (phase == .continuous && line.board != "NG" ? 1 : 0) { failures += 1 }
            if line.board == "TN" && line.second > 12 * 3600 { failures += 1 }
        }
        #expect(failures == 0)
        #expect(phases[.closed] == nil)
        for phase in [SessionPhase.preOpening, .continuous, .closingAuction, .postClosing] {
            #expect(phases[phase, default: 0] > 0)
        }
    }

    @Test("Friday has no trade between 11:30:01 and 13:59:59")
    func friday() {
        let seconds = TradeLine.lines(SimulatedDays.small.days[1].trades).map(\.second)
        #expect(!seconds.contains { $0 > 11 * 3600 + 1800 && $0 < 14 * 3600 })
        #expect(seconds.contains { $0 < 11 * 3600 + 1800 && $0 > 11 * 3600 })
    }

    @Test("resting orders of a price are taken in the order of their numbers")
    func firstComeFirstServed() {
        struct Queue: Hashable {
            let code: String
            let price: Int
            let isBid: Bool
        }
        var last: [Queue: Int] = [:]
        var rises = 0
        var repeats = 0
        for line in TradeLine.lines(SimulatedDays.small.days[0].trades) where line.board == "RG" {
            guard let number = line.buyOrder ?? line.sellOrder else { continue }
            let queue = Queue(code: line.code, price: line.price, isBid: line.buyOrder != nil)
            if let before = last[queue] {
                #expect(number >= before)
                if number > before { rises += 1 } else { repeats += 1 }
            }
            last[queue] = number
        }
        #expect(rises > 10 * 1000 && repeats > 1000)
    }
}
