internal import Market
internal import Platform
internal import Projections

/// One symbol's footprint candles of a day: a heading per candle, then its prices from high to low with the
/// volume of selling and buying aggressors.
struct FootprintView {
    private let footprints: Footprints
    private let symbol: Symbol
    private let minutes: Int
    private static let barWidth: UInt128 = 16

    init(_ footprints: Footprints, _ symbol: Symbol, _ minutes: Int) {
        self.footprints = footprints
        self.symbol = symbol
        self.minutes = minutes
    }

    func show(_ wanted: TradingDay?, _ isJSON: Bool, _ output: AnswerOutput) throws {
        let days = try footprints.days(wanted)
        let standing = try days.last { try footprints.symbols($0).contains(symbol) }
        guard let day = standing else {
            throw UsageError("\(symbol) has no footprint\(wanted.map { " on \($0)" } ?? "")")
        }
        let candles = try footprints.candles(day, symbol, minutes: minutes)
        if isJSON {
            let row = CandleRow(day: day, symbol: symbol, shares: minutes == 1 ? Shares(day.coverage) : nil)
            var json = JSONText()
            for candle in candles { row.write(candle, to: &json) }
            return try output.write(json.bytes)
        }
        for line in lines(candles, day) { try output.line(line) }
    }

    private func lines(_ candles: [Candle], _ day: Footprints.MarketDay) -> [String] {
        let price = { (value: Int64) in
            Text.grouped(digits: DecimalScale.text(Int128(value), digits: day.priceDigits))
        }
        let amount = { (value: Int128) in
            Text.grouped(digits: DecimalScale.text(value, digits: day.quantityDigits))
        }
        let volume = candles.reduce(0) { $0 + $1.volume }
        let share = CoverageShare.day(day.coverage).value
        var lines = [
            "\(symbol) \(day.day)  \(candles.count) candles  volume \(amount(Int128(volume)))  delta "
                + amount(candles.reduce(0) { $0 + $1.delta })
                + (share.map { "  coverage \(Text.fixed(Int128($0 * 10_000), digits: 2)) %" } ?? ""),
            "",
            "  price           sell x buy            none  trades   (volume by aggressor)",
        ]
        let peak = candles.flatMap { $0.levels.map(\.volume) }.max() ?? 1
        for candle in candles {
            lines.append(
                "\(Text.clock(minute: candle.minute))  O \(price(candle.open))  H \(price(candle.high))  "
                    + "L \(price(candle.low))  C \(price(candle.close))  vol \(amount(Int128(candle.volume)))  "
                    + "delta \(candle.delta > 0 ? "+" : "")\(amount(candle.delta))")
            for level in candle.levels.reversed() {
                let mark = level.price == candle.close ? "◄" : level.price == candle.open ? "·" : " "
                let bar = String(
                    repeating: "▇", count: Int((level.volume * FootprintView.barWidth + peak - 1) / peak))
                lines.append(
                    "  " + Text.right(price(level.price), 9) + mark
                        + Text.right(amount(Int128(level.sellVolume)), 9) + " x "
                        + Text.left(amount(Int128(level.buyVolume)), 9)
                        + Text.right(level.unknownVolume == 0 ? "" : amount(Int128(level.unknownVolume)), 10)
                        + Text.right(Text.grouped(level.tradeCount), 8) + "  " + bar)
            }
        }
        return lines
    }
}
