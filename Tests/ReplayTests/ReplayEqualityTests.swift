import Ingest
import Market
import Projections
import Store
import Tape
import TestSupport
import Testing

@testable import Replay

@Suite("Replay gives equal rows")
struct ReplayEqualityTests {
    private let days = SimulatedMarket.days

    @Test("one, two and four threads leave the same store", .timeLimit(.minutes(2)))
    func threads() throws {
        let market = try Market.simulated()
        var contents: [StoreContent] = []
        for threads in [1, 2, 4] {
            let store = try market.store()
            let report = try market.replay(store) { $0.threadCount = threads }
            #expect(report.damages.isEmpty)
            #expect(report.total.messages == UInt64(days.reduce(0) { $0 + $1.lines.count }))
            #expect(report.total.trades == report.total.messages && report.total.undecodable == 0)
            #expect(report.days.map(\.day) == days.map(\.day))
            contents.append(try StoreContent(store))
            try store.close()
        }
        #expect(contents[0].candles.count > 60)
        #expect(contents[1] == contents[0])
        #expect(contents[2] == contents[0])
    }

    @Test("a tape replayed day by day, in any order, and once more leaves the store of one replay")
    func pieces() throws {
        let market = try Market.simulated()
        let whole = try market.store()
        let report = try market.replay(whole)
        let expected = try StoreContent(whole)
        let pieces = try market.store()
        var digests: [TradingDay: [UInt8]] = [:]
        for day in [days[2].day, days[0].day, days[1].day, days[0].day] {
            let part = try market.replay(pieces) { ($0.from, $0.to) = (day, day) }
            #expect(part.days.map(\.day) == [day])
            digests.merge(part.digests[.footprint]!) { $1 }
        }
        #expect(try StoreContent(pieces) == expected)
        #expect(digests == report.digests[.footprint])
        try market.replay(pieces)
        #expect(try StoreContent(pieces) == expected)
        try whole.close()
        try pieces.close()
    }

    @Test("days imported from files with CRLF have the digests of the lines appended")
    func imported() throws {
        let market = try Market.simulated()
        let store = try market.store()
        let digests = try market.replay(store).digests
        let other = Market()
        for day in days {
            var options = ImportOptions(stream: try StreamName("idx.trades"))
            options.date = day.day
            let path = other.folder.write("\(day.day).txt", Array(day.lines.joined(separator: [0x0D, 0x0A])))
            let importer = Importer(tape: other.tape, options: options)
            #expect(try importer.run([path]).appended == day.lines.count)
        }
        let otherStore = try other.store()
        #expect(try other.replay(otherStore).digests == digests)
        #expect(try StoreContent(otherStore).candles == StoreContent(store).candles)
        try store.close()
        try otherStore.close()
    }

    @Test("a day that grew and is replayed holds what a new store would")
    func grown() throws {
        let market = Market()
        let half = days[0].lines.count / 2
        try market.append(Array(days[0].lines[..<half]), to: "idx.trades", on: days[0].day)
        let store = try market.store()
        try market.replay(store)
        let before = try StoreContent(store)
        #expect(try Freshness.staleDays(tape: market.tape, store: store) == [])
        try market.append(Array(days[0].lines[half...]), to: "idx.trades", on: days[0].day)
        #expect(try Freshness.staleDays(tape: market.tape, store: store) == [days[0].day])
        try market.replay(store)
        let fresh = try market.store()
        try market.replay(fresh)
        #expect(try StoreContent(store) == StoreContent(fresh))
        #expect(try StoreContent(store) != before)
        try store.close()
        try fresh.close()
    }

    @Test("the order of lines and their repetition change no candle and no digest")
    func shuffled() throws {
        let market = try Market.simulated()
        let store = try market.store()
        let digests = try market.replay(store).digests
        let other = Market()
        for day in days {
            try other.append(
                Array(day.lines.reversed()) + day.lines.prefix(100), to: "idx.trades", on: day.day)
        }
        let otherStore = try other.store()
        let report = try other.replay(otherStore)
        #expect(report.digests == digests)
        #expect(report.total.duplicates == 300 && report.total.conflicts == 0)
        #expect(try StoreContent(otherStore).candles == StoreContent(store).candles)
        try store.close()
        try otherStore.close()
    }

    @Test("checkpoint, rows and report tell the same numbers")
    func checkpoints() throws {
        let market = Market()
        let day = days[0].day
        let junk: [[UInt8]] = [Array("nothing".utf8), []]
        let lines = days[0].lines
        try market.append(lines + junk + lines.prefix(7), to: "idx.trades", on: day)
        let store = try market.store()
        let report = try market.replay(store)
        try store.read { transaction in
            for projection in [ProjectionID.footprint, .coverage] {
                let found = try transaction.checkpoints.get(
                    projection: projection.description, day: day, stream: "idx.trades")
                let checkpoint = try #require(found)
                #expect(checkpoint.nextMessageNumber == UInt64(lines.count + 9))
                #expect(
                    checkpoint.messages == report.total.messages && checkpoint.trades == report.total.trades)
                #expect(checkpoint.duplicates == 7 && checkpoint.undecodable == 2)
                #expect(checkpoint.trades == UInt64(lines.count))
                #expect(checkpoint.lotSize == 100)
                var folded: UInt64 = 0
                try transaction.candles.forEach(day: day, market: "idx") { _, hour, bytes in
                    folded += CandleCode.unpack(bytes, hour: Int(hour))!.reduce(0) { $0 + $1.tradeCount }
                }
                #expect(checkpoint.folded == folded)
                let regular = lines.count { String(decoding: $0, as: UTF8.self).contains("|RG|") }
                #expect(folded == UInt64(regular))
            }
            let coverage = try #require(try transaction.coverage.get(stream: "idx.trades", day: day))
            let minutes = try #require(coverage.withUnsafeBytes { CoverageCode.unpack($0) })
            #expect(minutes.reduce(0) { $0 + $1.messages } == report.total.messages)
            #expect(CoverageShare.day(minutes).value == 1)
        }
        try store.close()
    }
}
