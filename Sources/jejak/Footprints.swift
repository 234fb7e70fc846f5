internal import Market
internal import Projections
internal import Replay
internal import Store
internal import Tape

/// Reads footprint candles out of the store, with what an answer carries beside them.
struct Footprints {
    let store: Store
    /// What the streams of the tape are.
    let catalog: Catalog

    /// One market and day in the store.
    struct MarketDay {
        let day: TradingDay
        let market: String
        let checkpoint: Checkpoint
        let coverage: [CoverageMinute]

        var priceDigits: Int { Int(checkpoint.priceDigits) }
        var quantityDigits: Int { Int(checkpoint.quantityDigits) }
    }

    /// The days that have been projected, all or one, by day and market.
    func days(_ only: TradingDay?) throws -> [MarketDay] {
        try store.read { transaction in
            var found: [MarketDay] = []
            try transaction.checkpoints.forEach(projection: ProjectionID.footprint.description, day: only) {
                (day, stream, checkpoint) in
                let coverage = try transaction.coverage.get(stream: stream, day: day) ?? []
                guard let minutes = coverage.withUnsafeBytes({ CoverageCode.unpack($0) }) else {
                    throw StoreError.damaged(path: store.path, detail: "coverage of \(stream) on \(day)")
                }
                found.append(
                    MarketDay(day: day, market: market(stream), checkpoint: checkpoint, coverage: minutes))
            }
            return found.sorted { ($0.day, $0.market) < ($1.day, $1.market) }
        }
    }

    /// The market of a stream; of one that the catalog does not know any more, the part before the dot.
    private func market(_ stream: String) -> String {
        catalog.streams[stream]?.market ?? String(stream.prefix { $0 != "." })
    }

    /// The symbols of a day, by code.
    func symbols(_ day: MarketDay) throws -> [Symbol] {
        try store.read { transaction in
            let symbols = try transaction.candles.symbols(day: day.day, market: day.market)
            var digested: [Symbol] = []
            try transaction.symbolDigests.forEach(
                projection: ProjectionID.footprint.description, day: day.day
            ) { market, symbol, _ in if market == day.market { digested.append(symbol) } }
            guard symbols == digested else {
                throw StoreError.damaged(
                    path: store.path,
                    detail: "symbols with candles and with digests differ in \(day.market) on \(day.day)")
            }
            return symbols
        }
    }

    /// A symbol's candles of a day, by minute, rolled up to `minutes`.
    func candles(_ day: MarketDay, _ symbol: Symbol, minutes: Int) throws -> [Candle] {
        try store.read { transaction in
            var candles: [Candle] = []
            try transaction.candles.forEach(day: day.day, market: day.market, symbol: symbol) {
                (_, hour, bytes) in
                guard let more = CandleCode.unpack(bytes, hour: Int(hour)) else {
                    throw StoreError.damaged(
                        path: store.path, detail: "candles of \(symbol) on \(day.day), hour \(hour)")
                }
                candles += more
            }
            // A value that is gone is missed by no checksum of a value, but by the digest of the symbol.
            let digest = try transaction.symbolDigests.get(
                projection: ProjectionID.footprint.description, day: day.day, market: day.market,
                symbol: symbol)
            guard candles.isEmpty ? digest == nil : digest == SymbolDigest.of(candles, day: day.day) else {
                throw StoreError.damaged(path: store.path, detail: "candles of \(symbol) on \(day.day)")
            }
            return RollUp.candles(candles, minutes: minutes)
        }
    }

    /// Minutes of a `--tf` value.
    static func timeframe(_ arguments: Arguments) throws -> Int {
        switch arguments.text("--tf") ?? "1m" {
        case "1m": 1
        case "5m": 5
        case "15m": 15
        case "1h": 60
        case "1d": 1440
        case let other: throw UsageError("--tf \(other): expected 1m, 5m, 15m, 1h or 1d")
        }
    }
}
