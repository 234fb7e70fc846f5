import Market
import Projections
import Store
import Testing

@testable import Replay

@Suite("Replay of a symbol or an hour")
struct PartialReplayTests {
    private let days = SimulatedMarket.days

    @Test("a part replayed leaves the store as it was")
    func unchanged() throws {
        let market = try Market.simulated()
        let store = try market.store()
        let digests = try market.replay(store).digests
        let expected = try StoreContent(store)
        let symbol = try #require(try firstSymbol(store))
        for change in [
            { $0.symbol = symbol }, { $0.hour = 10 },
            { options in
                options.symbol = symbol
                options.hour = 14
                options.from = SimulatedMarket.days[1].day
            },
            { $0.hour = 3 }, { $0.symbol = Symbol("ABSENT") },
        ] as [(inout ReplayOptions) -> Void] {
            let report = try market.replay(store, change)
            for (day, digest) in report.digests[.footprint]! { #expect(digests[.footprint]![day] == digest) }
            #expect(try StoreContent(store) == expected)
        }
        try store.close()
    }

    @Test("rows of the hour that were changed, lost or made up are as they were after it is replayed")
    func repaired() throws {
        let market = try Market.simulated()
        let store = try market.store()
        try market.replay(store)
        let expected = try StoreContent(store)
        let symbol = try #require(try firstSymbol(store))
        let day = days[0].day
        let hours = try store.read { transaction in
            var hours: [UInt8] = []
            try transaction.candles.forEach(day: day, market: "idx", symbol: symbol) { _, hour, _ in
                hours.append(hour)
            }
            return hours
        }
        try #require(hours.contains(9) && hours.contains(10))
        try store.write { transaction in
            // Hour 9 of the symbol becomes its hour 10's rows, hour 7 is made up, and so is a symbol.
            let other = try transaction.candles.get(day: day, market: "idx", symbol: symbol, hour: 10)!
            try transaction.candles.put(day: day, market: "idx", symbol: symbol, hour: 9, other)
            try transaction.candles.put(day: day, market: "idx", symbol: symbol, hour: 7, other)
            try transaction.candles.put(day: day, market: "idx", symbol: Symbol("MADEUP")!, hour: 9, other)
            try transaction.symbolDigests.put(
                projection: "footprint@1", day: day, market: "idx", symbol: Symbol("MADEUP")!,
                digest: [UInt8](repeating: 1, count: 32))
            try transaction.candles.remove(day: day, market: "idx", symbol: symbol, hour: hours.last!)
        }
        #expect(try StoreContent(store) != expected)
        for hour in [9, 7, Int(hours.last!)] { try market.replay(store) { $0.hour = hour } }
        #expect(try StoreContent(store) == expected)

        try store.write { transaction in
            for hour in hours {
                try transaction.candles.remove(day: day, market: "idx", symbol: symbol, hour: hour)
            }
        }
        try market.replay(store) { $0.symbol = symbol }
        #expect(try StoreContent(store) == expected)
        try store.close()
    }

    @Test("where a day has never been replayed a part of it makes it whole")
    func firstTime() throws {
        let market = try Market.simulated()
        let whole = try market.store()
        try market.replay(whole)
        let store = try market.store()
        try market.replay(store) { $0.hour = 10 }
        #expect(try StoreContent(store) == StoreContent(whole))
        try store.close()
        try whole.close()
    }

    private func firstSymbol(_ store: Store) throws -> Symbol? {
        try store.read { try $0.candles.symbols(day: days[0].day, market: "idx").first }
    }
}
