import Columns
import Market
import Projections
import Store
import Tape
import Testing

@testable import Replay

/// A projection of somebody else's takes part in everything by one line: the registry below.
@Suite("A toy projection")
struct ToyProjectionTests {
    private static let registry = ProjectionRegistry(days: [PriceSpan.self], series: [TradesSoFar.self])
    private let days = SimulatedMarket.days

    private func replay(
        _ market: Market, _ store: Store, _ change: (inout ReplayOptions) -> Void = { _ in }
    ) throws -> ReplayReport {
        var options = ReplayOptions(registry: ToyProjectionTests.registry)
        change(&options)
        return try Replayer(tape: market.tape, store: store, options: options).run()
    }

    /// Day, symbol and the numbers of every row.
    private func rows(_ store: Store, _ projection: ProjectionID) throws -> [String: [UInt64]] {
        var content: [String: [UInt64]] = [:]
        try store.read { transaction in
            let name = projection.description
            for day in try transaction.rows.days(projection: name) {
                for market in try transaction.rows.markets(projection: name, day: day) {
                    try transaction.rows.forEach(projection: name, day: day, market: market) { row in
                        var numbers: [UInt64] = []
                        (row.value + row.extra).withUnsafeBytes {
                            var reader = VarintReader($0)
                            while !reader.isAtEnd { numbers.append(reader.next()) }
                        }
                        content["\(day) \(market) \(row.symbol)"] = numbers
                    }
                }
            }
        }
        return content
    }

    @Test("has the rows of a plain count over the lines, and sums that follow the days")
    func content() throws {
        let market = try Market.simulated()
        let store = try market.store()
        let report = try replay(market, store)
        var expected: [String: [UInt64]] = [:]
        var sums: [String: UInt64] = [:]
        var expectedSums: [String: [UInt64]] = [:]
        for day in days {
            for (number, line) in day.lines.enumerated() {
                let fields = String(decoding: line, as: UTF8.self).split(separator: "|")
                guard fields[4] == "RG" else { continue }
                let key = "\(day.day) idx \(fields[3])"
                let price = UInt64(fields[6])! * 2  // zigzag
                let known = expected[key] ?? [price, price, 0, 0]
                expected[key] = [min(known[0], price), max(known[1], price), known[2] + 1, UInt64(number)]
            }
            for (key, numbers) in expected where key.hasPrefix(day.day.description) {
                let symbol = String(key.split(separator: " ")[2])
                sums[symbol, default: 0] += numbers[2]
                expectedSums[key] = [sums[symbol]!]
            }
        }
        #expect(try rows(store, PriceSpan.id) == expected)
        #expect(try rows(store, TradesSoFar.id) == expectedSums)
        #expect(report.digests[PriceSpan.id]?.count == 3 && report.digests[TradesSoFar.id]?.count == 3)
        try store.close()
    }

    @Test("is equal for every number of threads, in pieces and in any order, by itself, hot and sealed")
    func equality() throws {
        let market = try Market.simulated()
        let whole = try market.store()
        let expected = try replay(market, whole).digests
        let spans = try rows(whole, PriceSpan.id)
        let sums = try rows(whole, TradesSoFar.id)
        func expectEqual(_ store: Store, _ name: String) throws {
            #expect(try rows(store, PriceSpan.id) == spans, "\(name)")
            #expect(try rows(store, TradesSoFar.id) == sums, "\(name)")
            for projection in [PriceSpan.id, TradesSoFar.id] {
                try store.read { transaction in
                    for day in days.map(\.day) {
                        let digest = try transaction.dayDigests.get(
                            projection: projection.description, day: day)
                        #expect(digest == expected[projection]![day], "\(name), \(day)")
                    }
                }
            }
            try store.close()
        }
        let threads = try market.store()
        _ = try replay(market, threads) { $0.threadCount = 2 }
        try expectEqual(threads, "two threads")
        let pieces = try market.store()
        for day in [days[2].day, days[0].day, days[1].day] {
            _ = try replay(market, pieces) { ($0.from, $0.to) = (day, day) }
        }
        try expectEqual(pieces, "in pieces")
        let alone = try market.store()
        _ = try replay(market, alone) { $0.projections = [TradesSoFar.id] }
        try expectEqual(alone, "the series alone brings its source")
        for day in days {
            let seal = try Seal(tape: market.tape, stream: StreamName("idx.trades"), day: day.day)
            #expect(try seal.run().isNew)
        }
        let sealed = try market.store()
        #expect(try replay(market, sealed).digests == expected)
        try expectEqual(sealed, "sealed")
        try whole.close()
    }

    @Test("loses the rows of a day that is gone from the tape, and the series those behind it")
    func removal() throws {
        let market = try Market.simulated()
        let store = try market.store()
        _ = try replay(market, store)
        try market.editCatalog("\"content\" : \"trades\"", "\"content\" : \"other\"")
        _ = try replay(market, store)
        #expect(try rows(store, PriceSpan.id).isEmpty && rows(store, TradesSoFar.id).isEmpty)
        try store.read { transaction in
            try transaction.dayDigests.forEach { name, day, _ in
                Issue.record("a digest of \(name) on \(day) is left")
            }
        }
        try store.close()
    }
}
