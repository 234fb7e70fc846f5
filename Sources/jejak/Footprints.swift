internal import Market
internal import Projections
internal import Store

/// Reads footprint candles out of the store, with what an answer carries beside them.
struct Footprints {
    let store: Store

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
                let minutes = coverage.withUnsafeBytes { CoverageCode.unpack($0) }
                found.append(
                    MarketDay(
                        day: day, market: String(stream.prefix { $0 != "." }), checkpoint: checkpoint,
                        coverage: minutes ?? []))
            }
            return found.sorted { ($0.day, $0.market) < ($1.day, $1.market) }
        }
    }

    /// The symbols of a day, by code.
    func symbols(_ day: MarketDay) throws -> [Symbol] {
        try store.read { try $0.candles.symbols(day: day.day, market: day.market) }
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
