internal import Market
internal import Projections
internal import Store
internal import Tape

/// Reads broker flow out of the store.
struct Flows {
    private let footprints: Footprints
    private var store: Store { footprints.store }

    init(_ footprints: Footprints) { self.footprints = footprints }

    /// A market's rows of a day.
    struct MarketDay {
        let day: TradingDay
        let market: String
        /// Footprints of the day, where the tape has trades.
        let footprint: Footprints.MarketDay?
    }

    /// A symbol's day.
    struct Row {
        let day: MarketDay
        let symbol: Symbol
        let flow: FlowDay
        let origin: BrokerDay.Origin
        /// The exchange's last price, as exact decimal text; nil where the tape has no trades of the day.
        let last: String?

        var isProvisional: Bool { origin.isProvisional(on: day.day) }
        /// Whether a check of the document failed.
        var isFlagged: Bool { !flow.flaws.isDisjoint(with: .checks) }
    }

    /// The days that have flow, within bounds, by day and market.
    func days(from: TradingDay? = nil, to: TradingDay? = nil) throws -> [MarketDay] {
        let prices = Dictionary(
            try footprints.days(nil).map { ("\($0.day) \($0.market)", $0) }, uniquingKeysWith: { $1 })
        return try store.read { transaction in
            let name = ProjectionID.brokerFlow.description
            var found: [MarketDay] = []
            for day in try transaction.rows.days(projection: name)
            where from.map({ $0 <= day }) ?? true && to.map({ day <= $0 }) ?? true {
                for market in try transaction.rows.markets(projection: name, day: day) {
                    found.append(
                        MarketDay(day: day, market: market, footprint: prices["\(day) \(market)"]))
                }
            }
            return found
        }
    }

    /// The symbols of a day, by code.
    func symbols(_ day: MarketDay) throws -> [Symbol] {
        try store.read { transaction in
            var symbols: [Symbol] = []
            try transaction.rows.forEach(
                projection: ProjectionID.brokerFlow.description, day: day.day, market: day.market
            ) { symbols.append($0.symbol) }
            return symbols
        }
    }

    /// A symbol's row of a day; nil where there is none.
    func row(_ day: MarketDay, _ symbol: Symbol) throws -> Row? {
        try store.read { transaction in
            guard
                let row = try transaction.rows.get(
                    projection: ProjectionID.brokerFlow.description, day: day.day, market: day.market,
                    symbol: symbol)
            else { return nil }
            guard let flow = FlowCode.decode(row.value), let origin = BrokerDayCode.decodeOrigin(row.extra)
            else {
                throw StoreError.damaged(path: store.path, detail: "flow of \(symbol) on \(day.day)")
            }
            let last = try day.footprint.flatMap { try footprints.lastPrice($0, symbol) }
            return Row(day: day, symbol: symbol, flow: flow, origin: origin, last: last)
        }
    }

    /// Why there is no flow where none was found, and which command helps.
    func explanation(_ symbol: Symbol?, _ wanted: String) throws -> UsageError {
        let all = try days()
        guard let newest = all.last?.day, let oldest = all.first?.day else {
            let streams = footprints.catalog.streams.filter { $0.value.content == "broksum" }.keys.sorted()
            guard let stream = streams.first else {
                return UsageError(
                    "no broker flow: the tape has no broker summaries; bring some with "
                        + "`jejak import --stream idx.broksum FILE`")
            }
            return UsageError(
                "no broker flow: \(stream) has no summary of a whole day and the regular board; "
                    + "`jejak show undecodable` lists what could not be read")
        }
        guard let symbol else {
            return UsageError(
                "no broker flow\(wanted): there are days from \(oldest) to \(newest); "
                    + "`jejak show flow --date \(newest)` shows the newest")
        }
        let days = try all.filter { try row($0, symbol) != nil }
        guard let first = days.first?.day, let last = days.last?.day else {
            return UsageError(
                "\(symbol) has no broker flow; `jejak show flow --date \(newest)` lists who has")
        }
        return UsageError(
            "\(symbol) has no broker flow\(wanted), but from \(first) to \(last); "
                + "`jejak show flow \(symbol)` shows that")
    }
}

extension Footprints {
    /// The last price of a symbol on the regular board, as exact decimal text; nil where it was not traded.
    func lastPrice(_ day: MarketDay, _ symbol: Symbol) throws -> String? {
        try store.read { transaction in
            var last: (hour: UInt8, bytes: [UInt8])?
            try transaction.candles.forEach(day: day.day, market: day.market, symbol: symbol) {
                (_, hour, bytes) in last = (hour, Array(bytes))
            }
            guard let last else { return nil }
            let candles = last.bytes.withUnsafeBytes { CandleCode.unpack($0, hour: Int(last.hour)) }
            guard let close = candles?.last?.close else {
                throw StoreError.damaged(path: store.path, detail: "candles of \(symbol) on \(day.day)")
            }
            return DecimalScale.text(Int128(close), digits: day.priceDigits)
        }
    }
}
