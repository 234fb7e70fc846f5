internal import Market
internal import Projections

/// Coverage of the market per minute, for joining to candles.
struct Shares {
    private var values: [Int: Double] = [:]

    init(_ minutes: [CoverageMinute]) {
        for (minute, share) in CoverageShare.perMinute(minutes) { values[minute] = share.value }
    }

    subscript(minute: Int) -> Double? { values[minute] }
}

/// A candle as a line of JSON: R1's wire form with the keys that PROJECTIONS §2 adds.
struct CandleRow {
    let day: Footprints.MarketDay
    let symbol: Symbol
    let timeframe: Timeframe
    let shares: Shares?
    /// Days whose points of control are naked; nil where nobody has looked.
    var naked: Set<TradingDay>?

    init(
        _ day: Footprints.MarketDay, _ symbol: Symbol, _ timeframe: Timeframe, shares: Shares? = nil,
        naked: Set<TradingDay>? = nil
    ) {
        self.day = day
        self.symbol = symbol
        self.timeframe = timeframe
        self.shares = shares
        self.naked = naked
    }

    /// Writes a row for each of the day's candles.
    func write(_ candles: [Candle], _ body: (Candle, JSONText) throws -> Void) rethrows {
        var json = JSONText()
        for (candle, analytics) in zip(candles, day.analytics(symbol, candles, timeframe)) {
            json.removeAll()
            write(candle, analytics, to: &json)
            try body(candle, json)
        }
    }

    private func write(_ candle: Candle, _ analytics: CandleAnalytics, to json: inout JSONText) {
        let price = { (value: Int64) in DecimalScale.text(Int128(value), digits: day.priceDigits) }
        let quantity = { (value: UInt128) in DecimalScale.text(Int128(value), digits: day.quantityDigits) }
        let turnoverDigits = day.priceDigits + day.quantityDigits
        json.object { json in
            json.string("t", symbol.description)
            json.string("m", day.market)
            json.number("t0", candle.start(on: day.day).millis)
            json.object("ohlc") {
                $0.number("o", price(candle.open))
                $0.number("h", price(candle.high))
                $0.number("l", price(candle.low))
                $0.number("c", price(candle.close))
            }
            json.number("vol", quantity(candle.volume))
            json.number("delta", DecimalScale.text(candle.delta, digits: day.quantityDigits))
            json.array("levels") { json in
                for level in candle.levels {
                    json.object {
                        $0.number("p", price(level.price))
                        $0.number("bv", quantity(level.buyVolume))
                        $0.number("av", quantity(level.sellVolume))
                        $0.number("uv", quantity(level.unknownVolume))
                        $0.number("n", level.tradeCount)
                    }
                }
            }
            json.number("trades", candle.tradeCount)
            json.number(
                "value", candle.value(lotSize: day.checkpoint.lotSize).text(digits: turnoverDigits))
            json.object("vwap") {
                $0.number("num", candle.turnover.text(digits: turnoverDigits))
                $0.number("den", quantity(candle.volume))
            }
            if day.market == "idx" {
                let phase = day.rules.calendar.phase(of: day.day, second: candle.minute * 60)
                json.string("ph", "\(phase)")
            }
            if let shares { json.number("cov", shares[candle.minute]) }
            write(analytics, price, quantity, to: &json)
            json.string("rule", ProjectionID.footprint.description)
        }
        json.newline()
    }

    /// What is derived on read (PROJECTIONS §2), under keys of their own.
    private func write(
        _ analytics: CandleAnalytics, _ price: (Int64) -> String, _ quantity: (UInt128) -> String,
        to json: inout JSONText
    ) {
        json.number("poc", price(analytics.pointOfControl))
        json.object("va") {
            $0.number("l", price(analytics.valueArea.low))
            $0.number("h", price(analytics.valueArea.high))
            $0.number("vol", quantity(analytics.valueArea.volume))
        }
        json.number("cvd", DecimalScale.text(analytics.cumulativeDelta.value, digits: day.quantityDigits))
        json.bool("gap", analytics.cumulativeDelta.isBehindGap)
        if let imbalance = analytics.imbalance {
            json.object("imb") { json in
                json.array("buy") { json in for value in imbalance.buy { json.number(nil, price(value)) } }
                json.array("sell") { json in for value in imbalance.sell { json.number(nil, price(value)) } }
            }
            json.array("stacked") { json in
                for stack in analytics.stacked {
                    json.object {
                        $0.string("side", "\(stack.side)")
                        $0.number("l", price(stack.low))
                        $0.number("h", price(stack.high))
                    }
                }
            }
        }
        json.object("unfinished") {
            $0.bool("h", analytics.unfinished.high)
            $0.bool("l", analytics.unfinished.low)
        }
        json.object("exhaustion") {
            $0.bool("h", analytics.exhaustion.high)
            $0.bool("l", analytics.exhaustion.low)
        }
        if let divergence = analytics.divergence { json.string("divergence", divergence.rawValue) }
        json.array("hvn") { json in for value in analytics.nodes { json.number(nil, price(value)) } }
        if let naked { json.bool("naked", naked.contains(day.day)) }
    }
}
