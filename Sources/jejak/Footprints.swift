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
    /// The exchange's dated data.
    let rules: MarketRules

    /// One market and day in the store.
    struct MarketDay {
        let day: TradingDay
        let market: String
        let checkpoint: Checkpoint
        let coverage: [CoverageMinute]
        let rules: MarketRules

        var priceDigits: Int { Int(checkpoint.priceDigits) }
        var quantityDigits: Int { Int(checkpoint.quantityDigits) }
        /// The exchange's sessions; other markets have none that are known.
        var sessions: SessionSchedule? { market == "idx" ? rules.calendar.schedule(of: day) : nil }
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
                    MarketDay(
                        day: day, market: market(stream), checkpoint: checkpoint, coverage: minutes,
                        rules: rules))
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

    /// A symbol's candles of a day at a length, by minute.
    func candles(_ day: MarketDay, _ symbol: Symbol, _ timeframe: Timeframe) throws -> [Candle] {
        timeframe.rolledUp(try candles(day, symbol), sessions: day.sessions)
    }

    /// A symbol's candles of one minute, by minute.
    func candles(_ day: MarketDay, _ symbol: Symbol) throws -> [Candle] {
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
            return candles
        }
    }

    /// The points of control of a symbol's days that are naked, given all days of its market from the first in
    /// question on. The newest day counts once it has come to its closing auction.
    func nakedPointsOfControl(_ symbol: Symbol, _ days: [MarketDay]) throws -> [NakedPointOfControl] {
        NakedPointOfControl.all(
            try days.enumerated().map { index, day in
                NakedPointOfControl.Day(
                    day: day.day, candles: try candles(day, symbol),
                    isComplete: index + 1 < days.count || day.hasClosed)
            })
    }

    /// The `--tf` value.
    static func timeframe(_ arguments: Arguments) throws -> Timeframe {
        switch arguments.text("--tf") ?? "1m" {
        case "1m": .minutes(1)
        case "5m": .minutes(5)
        case "15m": .minutes(15)
        case "1h": .minutes(60)
        case "session": .session
        case "1d": .minutes(1440)
        case let other: throw UsageError("--tf \(other): expected 1m, 5m, 15m, 1h, session or 1d")
        }
    }
}

extension Footprints.MarketDay {
    /// Whether trades of the closing auction have come.
    var hasClosed: Bool {
        guard let start = sessions?.closingAuction.lowerBound else { return false }
        return coverage.contains {
            $0.trades > 0 && $0.minute * 60 >= start && $0.minute < CoverageMinute.timeless
        }
    }

    /// What is derived of a symbol's candles of the day, at any length.
    func analytics(_ symbol: Symbol, _ candles: [Candle], _ timeframe: Timeframe) -> [CandleAnalytics] {
        let prices = candles.lazy.flatMap { $0.levels.lazy.map(\.price) }
        var lot: UInt128 = 1
        for _ in 0..<quantityDigits { lot *= 10 }
        return CandleAnalytics.all(
            candles, ends: candles.map { timeframe.end(of: $0, sessions: sessions) },
            gaps: CumulativeDelta.gapMinutes(coverage),
            ladder: DecimalScale(digits: priceDigits).flatMap {
                rules.ladder(of: symbol, on: day, market: market, priceScale: $0, prices: prices)
            }, lot: lot)
    }
}
