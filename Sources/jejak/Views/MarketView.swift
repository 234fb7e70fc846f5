internal import Market
internal import Platform
internal import Projections

/// All symbols of a day, the most traded first.
struct MarketView {
    private let footprints: Footprints

    init(_ footprints: Footprints) { self.footprints = footprints }

    func show(_ wanted: TradingDay?, _ limit: Int, _ isJSON: Bool, _ output: AnswerOutput) throws {
        let days = try footprints.days(wanted)
        guard let newest = days.last?.day else {
            throw UsageError("no footprints\(wanted.map { " for \($0)" } ?? ""): nothing is on the tape")
        }
        for day in days where day.day == newest {
            var rows: [(Symbol, Candle)] = []
            for symbol in try footprints.symbols(day) {
                if let candle = try footprints.candles(day, symbol, .minutes(1440)).first {
                    rows.append((symbol, candle))
                }
            }
            rows.sort { $0.1.turnover == $1.1.turnover ? $0.0 < $1.0 : $0.1.turnover > $1.1.turnover }
            if isJSON {
                for (symbol, candle) in rows {
                    try CandleRow(day, symbol, .minutes(1440)).write([candle]) { try output.write($1.bytes) }
                }
            } else {
                for line in lines(rows, day, limit) { try output.line(line) }
            }
        }
    }

    private func lines(_ rows: [(Symbol, Candle)], _ day: Footprints.MarketDay, _ limit: Int) -> [String] {
        let price = { (value: Int64) in
            Text.grouped(digits: DecimalScale.text(Int128(value), digits: day.priceDigits))
        }
        let share = CoverageShare.day(day.coverage)
        let coverage = share.value.map { Text.fixed(Int128($0 * 10_000), digits: 2) + " %" } ?? "unknown"
        let checkpoint = day.checkpoint
        var table = TextTable([
            "symbol", "open", "high", "low", "close", "price%", "value", "delta", "delta%", "unk%", "trades",
        ])
        for (symbol, candle) in rows.prefix(limit) {
            let volume = Int128(candle.volume)
            let value = candle.value(lotSize: checkpoint.lotSize)
                .text(digits: day.priceDigits + day.quantityDigits)
            let delta = DecimalScale.text(candle.delta, digits: day.quantityDigits)
            table.add([
                symbol.description, price(candle.open), price(candle.high), price(candle.low),
                price(candle.close),
                Text.percent(Int128(candle.close) - Int128(candle.open), of: Int128(candle.open)),
                Text.short(value), Text.short(delta),
                Text.percent(candle.delta, of: volume),
                Text.percent(Int128(candle.unknownVolume), of: volume),
                Text.grouped(candle.tradeCount),
            ])
        }
        return [
            "\(day.market) \(day.day)  \(rows.count) symbols  \(Text.grouped(checkpoint.trades)) trades  "
                + "coverage \(coverage)  undecodable \(checkpoint.undecodable)"
        ] + table.lines + (rows.count > limit ? ["… \(rows.count - limit) more (--limit)"] : [])
    }
}
