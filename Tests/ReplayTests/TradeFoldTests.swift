import Columns
import Market
import Projections
import Store
import Tape
import TestSupport
import Testing

@testable import Replay

@Suite("Trade folds")
struct TradeFoldTests {
    private let days = SimulatedMarket.days

    /// The minutes of the tick rule of each symbol and day.
    private func rows(_ store: Store) throws -> [String: [TickSideMinute]] {
        var content: [String: [TickSideMinute]] = [:]
        try store.read { transaction in
            let name = TickSideFold.id.description
            for day in try transaction.rows.days(projection: name) {
                try transaction.rows.forEach(projection: name, day: day, market: "idx") { row in
                    let minutes: [TickSideMinute] = try #require(TickSideCode.unpack(row.value))
                    content["\(day) \(row.symbol)"] = minutes
                }
            }
        }
        return content
    }

    /// The tick rule in plain words over lines in the order of their sequence.
    private func expected(_ lines: [[UInt8]], _ day: TradingDay) -> [String: [TickSideMinute]] {
        var content: [String: [TickSideMinute]] = [:]
        var last: [String: (price: Int, sign: Int)] = [:]
        let rows = lines.map { String(decoding: $0, as: UTF8.self).split(separator: "|").map(String.init) }
        for row in rows.sorted(by: { Int($0[5])! < Int($1[5])! }) where row[4] == "RG" {
            let key = "\(day) \(row[3])"
            let price = Int(row[6])!
            let known = last[key]
            let sign = known.map { $0.price == price ? $0.sign : (price > $0.price ? 1 : -1) } ?? 0
            last[key] = (price, sign)
            let minute = Int(row[1].prefix(2))! * 60 + Int(row[1].dropFirst(2).prefix(2))!
            if content[key]?.last?.minute != minute {
                content[key, default: []].append(TickSideMinute(minute: minute))
            }
            let place = content[key]!.count - 1
            let lots = UInt128(UInt64(row[7])!)
            switch sign {
            case 1: content[key]![place].bought += lots
            case -1: content[key]![place].sold += lots
            default: content[key]![place].unknown += lots
            }
        }
        return content
    }

    @Test(
        "are equal hot and sealed, on any number of threads, and in whatever order lines came",
        arguments: [1, 2, 3])
    func equality(threads: Int) throws {
        let market = Market()
        let late = Market()
        var plain: [String: [TickSideMinute]] = [:]
        for day in days {
            try market.append(day.lines, to: "idx.trades", on: day.day)
            var lines = day.lines
            // Every seventh line comes forty lines late, every eleventh twice.
            for place in stride(from: 0, to: lines.count - 60, by: 7) { lines.swapAt(place, place + 40) }
            lines += stride(from: 0, to: lines.count, by: 11).map { lines[$0] }
            try late.append(lines, to: "idx.trades", on: day.day)
            plain.merge(expected(day.lines, day.day)) { $1 }
        }
        var digests: [[TradingDay: [UInt8]]?] = []
        for (market, isSealed) in [(market, false), (late, false), (market, true), (late, true)] {
            if isSealed {
                for day in days {
                    let seal = try Seal(tape: market.tape, stream: StreamName("idx.trades"), day: day.day)
                    #expect(try seal.run().isNew)
                }
            }
            let store = try market.store()
            var options = ReplayOptions(registry: ProjectionRegistry(trades: [TickSideFold.self]))
            options.threadCount = threads
            let report = try Replayer(tape: market.tape, store: store, options: options).run()
            digests.append(report.digests[TickSideFold.id])
            #expect(try rows(store) == plain)
            try store.close()
        }
        #expect(plain.count >= 12 && digests.allSatisfy { $0 == digests[0] && $0?.count == 3 })
    }
}
