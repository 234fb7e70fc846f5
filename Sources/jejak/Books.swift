internal import Market
internal import Projections
internal import Store
internal import Tape

/// Reads order books out of the store.
struct Books {
    let store: Store
    /// What the streams of the tape are.
    let catalog: Catalog

    /// One market and day in the store.
    struct MarketDay {
        let day: TradingDay
        let market: String
        let priceDigits: Int
        let quantityDigits: Int

        func price(_ value: Int64) -> String { DecimalScale.text(Int128(value), digits: priceDigits) }
        func lots(_ value: Int128) -> String { DecimalScale.text(value, digits: quantityDigits) }
    }

    /// A book as it stood at some time.
    struct Standing {
        /// The last minute in which it was told of.
        let minute: BookMinute
        /// The book at that minute's end.
        let book: BookKeyframe
    }

    /// The days that have been projected, all or one, by day and market.
    func days(_ only: TradingDay?) throws -> [MarketDay] {
        try store.read { transaction in
            var found: [MarketDay] = []
            try transaction.checkpoints.forEach(projection: ProjectionID.book.description, day: only) {
                (day, stream, checkpoint) in
                let market = catalog.streams[stream]?.market ?? String(stream.prefix { $0 != "." })
                found.append(
                    MarketDay(
                        day: day, market: market, priceDigits: Int(checkpoint.priceDigits),
                        quantityDigits: Int(checkpoint.quantityDigits)))
            }
            return found.sorted { ($0.day, $0.market) < ($1.day, $1.market) }
        }
    }

    /// The newest day, or the one wanted, on which a symbol has a book.
    /// - Throws: `UsageError` where there is none.
    func day(of symbol: Symbol, _ wanted: TradingDay?) throws -> MarketDay {
        for day in try days(wanted).reversed() where try !minutes(day, symbol, upTo: 1439).isEmpty {
            return day
        }
        throw UsageError(
            "\(symbol) has no order book\(wanted.map { " on \($0)" } ?? ""): see `jejak show coverage`")
    }

    /// The symbol's minutes up to one, in order.
    func minutes(_ day: MarketDay, _ symbol: Symbol, upTo last: Int) throws -> [BookMinute] {
        try store.read { transaction in
            var minutes: [BookMinute] = []
            try transaction.rows.forEach(
                projection: ProjectionID.book.description, day: day.day, market: day.market, symbol: symbol
            ) { row in
                guard let minute = BookMinuteCode.decode(key: row.key, value: row.value, extra: row.extra)
                else {
                    throw StoreError.damaged(
                        path: store.path, detail: "an order book of \(symbol) on \(day.day)")
                }
                if minute.minute <= last { minutes.append(minute) }
            }
            return minutes
        }
    }

    /// The books at the end of each minute in which the symbol's book was told of, up to one, in order.
    func standings(_ day: MarketDay, _ symbol: Symbol, upTo last: Int) throws -> [Standing] {
        var book = BookKeyframe()
        return try minutes(day, symbol, upTo: last).map { minute in
            book = minute.keyframe ?? book
            return Standing(minute: minute, book: book)
        }
    }
}
