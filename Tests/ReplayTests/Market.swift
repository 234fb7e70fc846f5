import Columns
import Feed
import Market
import Projections
import Simulator
import Store
import Tape
import TestSupport
import Testing

@testable import Replay

/// Three simulated days of five symbols as lines, made once.
struct SimulatedMarket {
    struct Day {
        let day: TradingDay
        let lines: [[UInt8]]
        let summaries: [[UInt8]]
    }

    /// Thursday 12 and Friday 13 February 2026, and the Wednesday behind two holidays.
    static let days: [Day] = {
        let simulator = MarketSimulator(
            SimulatorConfiguration(
                symbolCount: 5, seed: 11, firstDay: TradingDay("2026-02-12")!, tradesPerDay: 2000,
                bookIntervalSeconds: 0))
        return (0..<3).map { _ in
            var trades: [UInt8] = []
            var summaries: [UInt8] = []
            let summary = simulator.nextDay(
                trades: { trades.append(contentsOf: $0) },
                brokerSummaries: { summaries.append(contentsOf: $0) },
                book: { _ in })
            return Day(day: summary.day, lines: lines(trades), summaries: lines(summaries))
        }
    }()

    private static func lines(_ bytes: [UInt8]) -> [[UInt8]] { bytes.split(separator: 0x0A).map(Array.init) }
}

/// A tape and a store of one test.
final class Market {
    let folder = TemporaryFolder()
    let tape: Tape
    private var stores = 0

    init() { tape = Tape(root: folder.file("tape"), codecs: FeedCodecs()) }

    /// The simulated days as `idx.trades`.
    static func simulated() throws -> Market {
        let market = Market()
        for day in SimulatedMarket.days { try market.append(day.lines, to: "idx.trades", on: day.day) }
        return market
    }

    /// Appends payloads to a stream.
    func append(
        _ lines: [[UInt8]], to stream: String, on day: TradingDay, receiveTime: Timestamp = .none
    ) throws {
        let stream = try StreamName(stream)
        _ = try Catalog.register(stream, scales: .whole, tape: tape)
        let writer = try TapeWriter(tape: tape, stream: stream, scales: .whole)
        for line in lines {
            try line.withUnsafeBytes { bytes in
                let message = RawMessage(
                    payload: bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 8)!, payloadSize: bytes.count,
                    number: 0, receiveTimeNanos: receiveTime.nanos, channel: 0, direction: 0)
                try writer.append(message, to: day)
            }
        }
        try writer.close()
    }

    /// Replaces text in `streams.json`, as a person might.
    func editCatalog(_ old: String, _ new: String) throws {
        let text = String(decoding: folder.contents("tape/streams.json"), as: UTF8.self)
        try #require(text.contains(old))
        folder.write("tape/streams.json", Array(text.replacing(old, with: new).utf8))
    }

    /// An empty store.
    func store() throws -> Store {
        stores += 1
        return try Store.open(at: folder.file("store\(stores)"), access: .readWrite, initialMapSize: 1 << 22)
    }

    @discardableResult
    func replay(_ store: Store, _ change: (inout ReplayOptions) -> Void = { _ in }) throws -> ReplayReport {
        var options = ReplayOptions()
        change(&options)
        return try Replayer(tape: tape, store: store, options: options).run()
    }
}

/// What a store holds, for comparisons.
struct StoreContent: Equatable {
    var candles: [String: [UInt8]] = [:]
    var dayDigests: [String: [UInt8]] = [:]
    var symbolDigests: [String: [UInt8]] = [:]
    var checkpoints: [String: Checkpoint] = [:]
    var coverage: [String: [UInt8]] = [:]
    var undecodable: [String: [UInt8]] = [:]

    var isEmpty: Bool { self == StoreContent() }

    init() {}

    init(_ store: Store) throws {
        var content = StoreContent()
        try store.read { transaction in
            for day in try transaction.candles.days() {
                for market in try transaction.candles.markets(day: day) {
                    try transaction.candles.forEach(day: day, market: market) { symbol, hour, bytes in
                        content.candles["\(day) \(market) \(symbol) \(hour)"] = Array(bytes)
                    }
                }
            }
            try transaction.dayDigests.forEach { content.dayDigests["\($0) \($1)"] = $2 }
            for projection in ProjectionID.all {
                // Digests may outlive candles: look at every day that could be there.
                for offset in 0..<10 {
                    let day = SimulatedMarket.days[0].day.advanced(by: offset)
                    try transaction.symbolDigests.forEach(projection: projection.description, day: day) {
                        content.symbolDigests["\(projection) \(day) \($0) \($1)"] = $2
                    }
                }
                try transaction.checkpoints.forEach(projection: projection.description) {
                    day, stream, checkpoint in
                    content.checkpoints["\(projection) \(day) \(stream)"] = checkpoint
                }
            }
            var streamDays: [(String, TradingDay)] = []
            try transaction.coverage.forEach { stream, day, bytes in
                content.coverage["\(stream) \(day)"] = Array(bytes)
                streamDays.append((stream, day))
            }
            for (stream, day) in streamDays {
                try transaction.undecodable.forEach(stream: stream, day: day) { first, bytes in
                    content.undecodable["\(stream) \(day) \(first)"] = Array(bytes)
                }
            }
        }
        self = content
    }
}
