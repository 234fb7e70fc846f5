internal import Foundation
public import Market
internal import Platform

/// What the streams of a tape are: the file `streams.json`, which people may read and edit.
public struct Catalog: Codable, Equatable, Sendable {
    /// One stream.
    public struct Stream: Codable, Equatable, Sendable {
        /// Market: the part of the name before the dot. Symbols of one market are one namespace.
        public var market: String
        /// What it carries: `trades`, `broksum`, `book`, `wire`, …
        public var content: String
        /// Digits behind the point of prices.
        public var priceScale: Int
        /// Digits behind the point of quantities.
        public var quantityScale: Int
        /// Instruments in one unit of quantity: IDX counts lots of 100 shares (PROTOCOLS §4.2).
        public var lotSize: Int
        /// How long its bytes are kept; absent: for ever.
        public var retention: Retention?
        /// Whether it brings data on every trading day, so that a scheduled seal waits while today's is missing.
        public var daily: Bool?

        /// The instruments of sources whose rows name none, by the channel of their messages, from 1.
        public var instruments: [String]?

        /// The instruments in checked form; a name that is no code is one that no message can have.
        public var instrumentSymbols: [Symbol] {
            (instruments ?? []).map { Symbol($0) ?? Symbol(uncheckedHigh: 0, low: 0) }
        }

        /// The channel of an instrument's messages; nil where it has none.
        public func channel(of instrument: Symbol) -> UInt16? {
            instrumentSymbols.firstIndex(of: instrument).flatMap { UInt16(exactly: $0 + 1) }
        }

        /// The scales in checked form; nil where the file was edited to something impossible.
        public var scales: StreamScales? {
            guard let price = DecimalScale(digits: priceScale),
                let quantity = DecimalScale(digits: quantityScale)
            else { return nil }
            return StreamScales(price: price, quantity: quantity)
        }
    }

    /// Which stream projections read for a market's content, from a day on: two feeds of one market are
    /// never added up. The last entry that has begun holds.
    public struct Feed: Codable, Equatable, Sendable {
        /// The market.
        public var market: String
        /// The content.
        public var content: String
        /// The stream to read.
        public var stream: String
        /// First day, `YYYY-MM-DD`; absent: since ever.
        public var from: String?
    }

    /// Version of this file's form.
    public var format = 1
    /// Streams by name.
    public var streams: [String: Stream] = [:]
    /// The feeds that projections read.
    public var feeds: [Feed] = []

    static let fileName = "streams.json"

    /// An empty catalog.
    public init() {}

    /// What a stream is.
    public func stream(_ name: StreamName) -> Stream? { streams[name.text] }

    /// How long a stream's bytes are kept.
    /// - Throws: ``TapeError/streamMismatch(_:detail:)`` where the file was edited to something impossible.
    public func retention(of name: StreamName) throws(TapeError) -> Retention {
        let retention = stream(name)?.retention ?? Retention()
        if let flaw = retention.flaw {
            throw .streamMismatch(name, detail: "has an impossible retention in \(Catalog.fileName): \(flaw)")
        }
        return retention
    }

    /// The stream that projections read for a market's content on a day.
    public func feed(market: String, content: String, on day: TradingDay) -> String? {
        feeds.last { feed in
            feed.market == market && feed.content == content
                && (feed.from.flatMap { TradingDay($0) }.map { $0 <= day } ?? true)
        }?.stream
    }

    /// The catalog of a tape; an empty one where there is no file.
    public static func load(_ tape: Tape) throws(TapeError) -> Catalog {
        let path = "\(tape.root)/\(fileName)"
        let bytes: [UInt8]
        do throws(DiskError) {
            let file = try tape.disk.open(path, .read)
            defer { file.close() }
            var content = [UInt8](repeating: 0, count: Int(try file.size()))
            let result = content.withUnsafeMutableBytes { raw in
                Result { () throws(DiskError) in try file.read(into: raw, at: 0) }
            }
            _ = try result.get()
            bytes = content
        } catch {
            if error.isMissing { return Catalog() }
            throw TapeError.from(error)
        }
        do {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            return try decoder.decode(Catalog.self, from: Data(bytes))
        } catch {
            throw .notATape(path: path, detail: "it is not a catalog of streams (\(Catalog.reason(error)))")
        }
    }

    /// Makes a stream known, or checks that it is what it was: scales are fixed by the first import. An instrument
    /// that is new to the stream gets a channel.
    /// Makes the tape's directory where there is none.
    public static func register(
        _ stream: StreamName, scales: StreamScales?, instrument: Symbol? = nil, tape: Tape
    ) throws(TapeError) -> Stream {
        try onDisk { () throws(DiskError) in _ = try tape.disk.createDirectory(tape.root) }
        let lock = try waitForLock(tape)
        defer { lock.release() }
        var catalog = try load(tape)
        if let known = catalog.stream(stream) {
            guard let existing = known.scales else {
                throw .streamMismatch(stream, detail: "has impossible scales in \(tape.root)/\(fileName)")
            }
            if let scales, scales != existing {
                throw .streamMismatch(
                    stream,
                    detail: "has price scale \(existing.price.digits) and quantity scale "
                        + "\(existing.quantity.digits); they cannot change to "
                        + "\(scales.price.digits) and \(scales.quantity.digits)")
            }
            guard let instrument, known.channel(of: instrument) == nil else { return known }
            var grown = known
            grown.instruments = (known.instruments ?? []) + [instrument.description]
            guard grown.channel(of: instrument) != nil else {
                throw .streamMismatch(stream, detail: "has more than \(UInt16.max) instruments")
            }
            catalog.streams[stream.text] = grown
            try catalog.save(tape)
            return grown
        }
        let scales = scales ?? .whole
        let entry = Stream(
            market: stream.market, content: stream.content, priceScale: Int(scales.price.digits),
            quantityScale: Int(scales.quantity.digits), lotSize: stream.market == "idx" ? 100 : 1,
            instruments: instrument.map { [$0.description] })
        catalog.streams[stream.text] = entry
        if !catalog.feeds.contains(where: { $0.market == entry.market && $0.content == entry.content }) {
            catalog.feeds.append(
                Feed(market: entry.market, content: entry.content, stream: stream.text, from: nil))
        }
        try catalog.save(tape)
        return entry
    }

    private func save(_ tape: Tape) throws(TapeError) {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { preconditionFailure("a catalog always encodes") }
        // Before the first stream is known, the tape's own name is durable.
        try onDisk { () throws(DiskError) in
            try tape.disk.syncDirectory(Catalog.parent(of: tape.root))
        }
        try replaceFile(tape, "\(tape.root)/\(Catalog.fileName)", [UInt8](data) + [0x0A])
    }

    /// The directory in which a path's last name stands. Foundation's own function traps on a relative path
    /// of one character (Swift 6.3.1, Linux).
    static func parent(of path: String) -> String {
        var rest = path[...]
        while rest.count > 1, rest.last == "/" { rest.removeLast() }
        guard let slash = rest.lastIndex(of: "/") else { return "." }
        return slash == rest.startIndex ? "/" : String(rest[..<slash])
    }

    /// Two imports may make streams at the same time; each holds the catalog for some milliseconds.
    private static func waitForLock(_ tape: Tape) throws(TapeError) -> any DiskLock {
        let path = "\(tape.root)/.catalog.lock"
        for _ in 0..<500 {
            if let lock = try onDisk({ () throws(DiskError) in try tape.disk.lock(path) }) { return lock }
            tape.clock.sleep(nanos: 10_000_000)
        }
        throw .failed(path: path)
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "unreadable" }
        switch error {
        case .keyNotFound(let key, _): return "key '\(key.stringValue)' is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "wrong value at '\(context.codingPath.map(\.stringValue).joined(separator: "."))'"
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return "'\(path)': \(context.debugDescription)"
        default: return "not JSON"
        }
    }
}
