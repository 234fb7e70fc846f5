import Foundation
import Market
import Projections
import Store
import Tape
import Testing

@testable import Replay

@Suite("Replay of broker flow")
struct FlowReplayTests {
    private let days = SimulatedMarket.days

    private func simulated() throws -> Market {
        let market = Market()
        for day in days { try market.append(day.summaries, to: "idx.broksum", on: day.day) }
        return market
    }

    /// The flow of every day and symbol.
    private func flows(_ store: Store) throws -> [String: (flow: FlowDay, origin: BrokerDay.Origin)] {
        var found: [String: (flow: FlowDay, origin: BrokerDay.Origin)] = [:]
        try store.read { transaction in
            let name = ProjectionID.brokerFlow.description
            for day in try transaction.rows.days(projection: name) {
                try transaction.rows.forEach(projection: name, day: day, market: "idx") { row in
                    let flow = try #require(FlowCode.decode(row.value))
                    let origin = try #require(BrokerDayCode.decodeOrigin(row.extra))
                    found["\(day) \(row.symbol)"] = (flow, origin)
                }
            }
        }
        return found
    }

    @Test("is equal for one thread and three, in pieces, hot and sealed")
    func equality() throws {
        let market = try simulated()
        let store = try market.store()
        let expected = try market.replay(store).digests
        #expect(expected[.brokerDay]?.count == 3 && expected[.brokerFlow]?.count == 3)
        let flow = try flows(store).mapValues(\.flow)
        #expect(flow.values.map(\.dayCount).max() == 3)
        let threads = try market.store()
        #expect(try market.replay(threads) { $0.threadCount = 3 }.digests == expected)
        let pieces = try market.store()
        for day in [days[1].day, days[2].day, days[0].day] {
            try market.replay(pieces) { ($0.from, $0.to) = (day, day) }
        }
        #expect(try flows(pieces).mapValues(\.flow) == flow)
        for day in days {
            _ = try Seal(tape: market.tape, stream: StreamName("idx.broksum"), day: day.day).run()
        }
        let sealed = try market.store()
        #expect(try market.replay(sealed).digests == expected)
        for store in [store, threads, pieces, sealed] { try store.close() }
    }

    @Test("a day that is gone changes all that follow, and leaves nothing")
    func removal() throws {
        let market = try simulated()
        let store = try market.store()
        try market.replay(store)
        let whole = try flows(store).mapValues(\.flow)
        try FileManager.default.removeItem(atPath: market.folder.file("tape/idx.broksum/\(days[0].day)"))
        try market.replay(store)
        let fresh = try market.store()
        try market.replay(fresh)
        #expect(try StoreContent(store) == StoreContent(fresh))
        let left = try flows(store).mapValues(\.flow)
        #expect(try left == flows(fresh).mapValues(\.flow))
        #expect(left.count < whole.count && left.allSatisfy { whole[$0.key] != $0.value })
        try store.close()
        try fresh.close()
    }

    @Test("a document of before 16:15 is provisional until another comes; that changes no digest")
    func provisional() throws {
        let market = Market()
        let day = days[0]
        func clock(_ hour: Int64, _ minute: Int64) -> Timestamp {
            Timestamp(nanos: day.day.start.nanos + (hour * 60 + minute) * 60_000_000_000)
        }
        try market.append(day.summaries, to: "idx.broksum", on: day.day, receiveTime: clock(16, 0))
        let store = try market.store()
        let early = try market.replay(store).digests[.brokerFlow]
        #expect(try flows(store).values.allSatisfy { $0.origin.isProvisional(on: day.day) })
        try market.append(day.summaries, to: "idx.broksum", on: day.day, receiveTime: clock(16, 20))
        #expect(try market.replay(store).digests[.brokerFlow] == early)
        let final = try flows(store)
        #expect(!final.isEmpty)
        #expect(
            final.values.allSatisfy { !$0.origin.isProvisional(on: day.day) && $0.origin.documentCount == 2 })
        try store.close()
    }

    @Test("rows made with another broker table or other corporate actions are stale")
    func parameters() throws {
        let market = try simulated()
        let store = try market.store()
        try market.replay(store)
        func isFresh(_ registry: ProjectionRegistry) throws -> Bool {
            try Freshness.staleDays(tape: market.tape, store: store, registry: registry).isEmpty
        }
        var brokers = ProjectionRegistry.standard
        brokers.brokers = BrokerTable(adding: [.init(code: BrokerCode("YP")!, category: .foreign)])
        var rules = ProjectionRegistry.standard
        let symbol = Symbol("BBCA")!
        rules.rules.add(
            Instrument(
                symbol: symbol, firstDay: days[1].day, kind: .share,
                factor: PriceFactor(numerator: 1, denominator: 5)!))
        #expect(try isFresh(.standard) && !isFresh(brokers) && !isFresh(rules))
        for registry in [brokers, rules] {
            _ = try Replayer(
                tape: market.tape, store: store, options: ReplayOptions(registry: registry)
            ).run()
            #expect(try isFresh(registry) && !isFresh(.standard))
        }
        try store.close()
    }
}
