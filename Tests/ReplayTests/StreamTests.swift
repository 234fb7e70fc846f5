import Foundation
import Market
import Projections
import Store
import Tape
import Testing

@testable import Replay

@Suite("Streams and days of the store follow the tape")
struct StreamTests {
    private let days = SimulatedMarket.days

    @Test("the rows of a day that the tape no longer has are removed")
    func removedDay() throws {
        let market = try Market.simulated()
        let store = try market.store()
        try market.replay(store)
        try remove(market, "idx.trades/\(days[1].day)")
        try market.replay(store)
        let fresh = try market.store()
        try market.replay(fresh)
        #expect(try StoreContent(store) == StoreContent(fresh))
        let digests = try StoreContent(store).dayDigests.keys.filter { $0.hasPrefix("footprint@1 ") }
        #expect(digests.count == 2)
        try store.close()
        try fresh.close()
    }

    @Test("a removed day leaves nothing though it had no candles, or though another stream has the day")
    func removedStreamDay() throws {
        let market = try Market.simulated()
        let store = try market.store()
        // Undecodable and other messages only, on days with and without trades.
        let summaries = days[0].summaries + [Array("nothing".utf8)]
        try market.append(summaries, to: "idx.broksum", on: days[0].day)
        try market.append(summaries, to: "idx.broksum", on: days[0].day.advanced(by: 4))
        try market.replay(store)
        try remove(market, "idx.broksum/\(days[0].day.advanced(by: 4))")
        try remove(market, "idx.trades/\(days[0].day)")
        try market.replay(store)
        let fresh = try market.store()
        try market.replay(fresh)
        #expect(try StoreContent(store) == StoreContent(fresh))
        try store.close()
        try fresh.close()
    }

    @Test("a market removed from a day leaves the digest of the market that stays")
    func removedMarket() throws {
        let market = try Market.simulated()
        let store = try market.store()
        let alone = try market.replay(store).digests
        try market.append(days[0].lines, to: "crypto.trades", on: days[0].day)
        try market.replay(store)
        try remove(market, "crypto.trades")
        #expect(try market.replay(store).digests == alone)
        let fresh = try market.store()
        try market.replay(fresh)
        #expect(try StoreContent(store) == StoreContent(fresh))
        try store.close()
        try fresh.close()
    }

    @Test("a partial replay removes nothing")
    func partKeepsOthers() throws {
        let market = try Market.simulated()
        let store = try market.store()
        try market.replay(store)
        let before = try StoreContent(store)
        try remove(market, "idx.trades/\(days[1].day)")
        try market.replay(store) { ($0.from, $0.to) = (days[0].day, days[0].day) }
        try market.replay(store) { $0.hour = 10 }
        #expect(try StoreContent(store) == before)
        try store.close()
    }

    @Test("two markets of one day stand side by side, and the day's digest covers both")
    func twoMarkets() throws {
        let market = try Market.simulated()
        let store = try market.store()
        let alone = try market.replay(store).digests
        try market.append(days[0].lines, to: "crypto.trades", on: days[0].day)
        let both = try market.replay(store).digests
        #expect(alone[.footprint]![days[1].day] == both[.footprint]![days[1].day])
        #expect(alone[.footprint]![days[0].day] != both[.footprint]![days[0].day])
        try store.read { transaction in
            #expect(try transaction.candles.markets(day: days[0].day) == ["crypto", "idx"])
            var packs: [[[UInt8]]] = [[], []]
            for (index, name) in ["crypto", "idx"].enumerated() {
                try transaction.candles.forEach(day: days[0].day, market: name) {
                    packs[index].append(Array($2))
                }
            }
            #expect(packs[0] == packs[1])
        }
        try store.close()
    }

    @Test("a second stream of one market is counted but not added up")
    func secondStream() throws {
        let market = try Market.simulated()
        let store = try market.store()
        let digests = try market.replay(store).digests
        let candles = try StoreContent(store).candles
        // The same content under another name; the first one imported is the feed.
        try market.append(days[0].lines, to: "idx.more.trades", on: days[0].day)
        try market.append(days[0].lines, to: "idx.more.trades", on: days[0].day.advanced(by: 4))
        let report = try market.replay(store)
        #expect(report.total.messages == UInt64(days.reduce(2 * days[0].lines.count) { $0 + $1.lines.count }))
        #expect(report.digests == digests)
        let content = try StoreContent(store)
        #expect(content.candles == candles)
        #expect(
            content.coverage["idx.more.trades \(days[0].day)"]
                == content.coverage["idx.trades \(days[0].day)"])
        #expect(content.checkpoints["footprint@1 \(days[0].day) idx.more.trades"] == nil)
        try store.close()
    }

    @Test("when the catalog names another feed for a day, the next replay leaves no trace of the first")
    func changedFeed() throws {
        let market = try Market.simulated()
        let store = try market.store()
        try market.append(Array(days[0].lines.prefix(500)), to: "idx.more.trades", on: days[0].day)
        try market.replay(store)
        let path = market.folder.file("tape/streams.json")
        let text = String(decoding: market.folder.contents("tape/streams.json"), as: UTF8.self)
        #expect(text.contains(#""stream" : "idx.trades""#))
        try text.replacing(#""stream" : "idx.trades""#, with: #""stream" : "idx.more.trades""#)
            .write(toFile: path, atomically: true, encoding: .utf8)
        try market.replay(store)
        let fresh = try market.store()
        try market.replay(fresh)
        #expect(try StoreContent(store) == StoreContent(fresh))
        try store.close()
        try fresh.close()
    }

    @Test("a replay of the days between two dates leaves no trace of another feed or of a lost market there")
    func changedWithinDates() throws {
        let market = try Market.simulated()
        let store = try market.store()
        try market.append(Array(days[0].lines.prefix(500)), to: "idx.more.trades", on: days[0].day)
        try market.append(days[1].lines, to: "crypto.trades", on: days[1].day)
        try market.replay(store)
        try market.editCatalog(#""stream" : "idx.trades""#, #""stream" : "idx.more.trades""#)
        try remove(market, "crypto.trades/\(days[1].day)")
        #expect(try Freshness.staleDays(tape: market.tape, store: store) == days.map(\.day))
        try market.replay(store) { ($0.from, $0.to) = (days[0].day, days[2].day) }
        let fresh = try market.store()
        try market.replay(fresh)
        #expect(try StoreContent(store) == StoreContent(fresh))
        #expect(try Freshness.staleDays(tape: market.tape, store: store).isEmpty)
        try store.close()
        try fresh.close()
    }

    @Test("a day is stale for each projection, when scales changed, and when only the store still has it")
    func stale() throws {
        let market = try Market.simulated()
        let store = try market.store()
        func staleDays() throws -> [TradingDay] { try Freshness.staleDays(tape: market.tape, store: store) }
        #expect(try staleDays() == days.map(\.day))
        try market.replay(store)
        #expect(try staleDays().isEmpty)
        try market.append([Array("nothing".utf8)], to: "idx.trades", on: days[1].day)
        #expect(try staleDays() == [days[1].day])
        for only in [ProjectionID.coverage, .footprint] {
            #expect(try staleDays() == [days[1].day])
            try market.replay(store) { $0.projections = [only] }
        }
        #expect(try staleDays().isEmpty)
        try remove(market, "idx.trades/\(days[0].day)")
        #expect(try staleDays() == [days[0].day])
        try market.replay(store)
        try market.editCatalog(#""lot_size" : 100"#, #""lot_size" : 10"#)
        #expect(try staleDays() == [days[1].day, days[2].day])
        try store.close()
    }

    private func remove(_ market: Market, _ name: String) throws {
        try FileManager.default.removeItem(atPath: market.folder.file("tape/" + name))
    }
}
