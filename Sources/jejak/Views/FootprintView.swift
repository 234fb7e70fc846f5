internal import Market
internal import Platform
internal import Projections

/// One symbol's footprint candles of a day: a heading per candle, then its prices from high to low with the
/// volume of selling and buying aggressors and what is derived of them.
struct FootprintView {
    private let footprints: Footprints
    private let symbol: Symbol
    private let timeframe: Timeframe
    /// Days over which naked points of control are looked for.
    private static let nakedDayCount = 20

    init(_ footprints: Footprints, _ symbol: Symbol, _ timeframe: Timeframe) {
        self.footprints = footprints
        self.symbol = symbol
        self.timeframe = timeframe
    }

    func show(_ wanted: TradingDay?, isJSON: Bool, isWide: Bool, _ output: AnswerOutput) throws {
        let days = try footprints.days(wanted)
        let standing = try days.last { try footprints.symbols($0).contains(symbol) }
        guard let day = standing else {
            throw UsageError("\(symbol) has no footprint\(wanted.map { " on \($0)" } ?? "")")
        }
        let candles = try footprints.candles(day, symbol, timeframe)
        if isJSON {
            let shares = timeframe == .minutes(1) ? Shares(day.coverage) : nil
            return try CandleRow(day, symbol, timeframe, shares: shares).write(candles) {
                try output.write($1.bytes)
            }
        }
        let form = Form(day: day, isWide: isWide)
        try output.line(heading(candles, form))
        if let line = try nakedLine(form) { try output.line(line) }
        try output.line("")
        try output.line(form.columns)
        let peak = candles.flatMap { $0.levels.map(\.volume) }.max() ?? 1
        for (candle, analytics) in zip(candles, day.analytics(symbol, candles, timeframe)) {
            for line in form.lines(candle, analytics, peak: peak) { try output.line(line) }
        }
    }

    private func heading(_ candles: [Candle], _ form: Form) -> String {
        let share = CoverageShare.day(form.day.coverage).value
        let volume = candles.reduce(0) { $0 + $1.volume }
        return
            "\(symbol) \(form.day.day)  \(candles.count) candles  volume \(form.amount(Int128(volume)))  delta "
            + form.amount(candles.reduce(0) { $0 + $1.delta })
            + (share.map { "  coverage \(Text.fixed(Int128($0 * 10_000), digits: 2)) %" } ?? "")
    }

    /// Earlier points of control that were still naked when the day ended.
    private func nakedLine(_ form: Form) throws -> String? {
        let days = try footprints.days(nil).filter { $0.market == form.day.market && $0.day <= form.day.day }
        let naked = try footprints.nakedPointsOfControl(symbol, days.suffix(FootprintView.nakedDayCount))
            .filter { $0.day < form.day.day }
        guard !naked.isEmpty else { return nil }
        let shown = naked.suffix(form.isWide ? 5 : 2)
        let newest = shown.reversed().map { "\(form.price($0.price)) of \($0.day)" }
        return "naked POC \(newest.joined(separator: ", "))"
            + (naked.count > newest.count ? " and \(naked.count - newest.count) older" : "")
    }
}

/// How candles are written: on 80 columns or wide.
private struct Form {
    let day: Footprints.MarketDay
    let isWide: Bool
    private static let barWidth: UInt128 = 16

    func price(_ value: Int64) -> String {
        Text.grouped(digits: DecimalScale.text(Int128(value), digits: day.priceDigits))
    }

    func amount(_ value: Int128) -> String {
        Text.grouped(digits: DecimalScale.text(value, digits: day.quantityDigits))
    }

    var columns: String {
        "  price           sell x buy            none  trades"
            + (isWide
                ? "    delta  share%  marks               (volume by aggressor)"
                : "  P poc V area B S imbalance")
    }

    func lines(_ candle: Candle, _ analytics: CandleAnalytics, peak: UInt128) -> [String] {
        let first =
            "\(Text.clock(minute: candle.minute))  O \(price(candle.open))  H \(price(candle.high))  "
            + "L \(price(candle.low))  C \(price(candle.close))  vol \(amount(Int128(candle.volume)))  "
            + "delta \(candle.delta > 0 ? "+" : "")\(amount(candle.delta))"
        let derived = derived(candle, analytics)
        let headings =
            isWide
            ? ["\(first)  \((derived + flags(analytics)).joined(separator: "  "))"]
            : [first, "       " + derived.joined(separator: "  ")]
        return headings + candle.levels.reversed().map { line($0, candle, analytics, peak) }
    }

    private func derived(_ candle: Candle, _ analytics: CandleAnalytics) -> [String] {
        var scaled = candle.vwap
        for _ in 0..<day.priceDigits { scaled = scaled.map { $0 / 10 } }
        return [
            "poc \(price(analytics.pointOfControl))",
            "va \(price(analytics.valueArea.low))-\(price(analytics.valueArea.high))",
            "vwap \(Text.grouped(digits: Text.rounded(scaled, digits: day.priceDigits + 2)))",
            "cvd \(amount(analytics.cumulativeDelta.value))\(analytics.cumulativeDelta.isBehindGap ? " (gap)" : "")",
        ]
    }

    /// What is remarkable about a candle.
    private func flags(_ analytics: CandleAnalytics) -> [String] {
        var flags: [String] = []
        func add(_ high: Bool, _ low: Bool, _ name: String) {
            let ends = [high ? "high" : nil, low ? "low" : nil].compactMap(\.self)
            if !ends.isEmpty { flags.append("\(name) \(ends.joined(separator: "+"))") }
        }
        add(analytics.unfinished.high, analytics.unfinished.low, "unfinished")
        add(analytics.exhaustion.high, analytics.exhaustion.low, "exhausted")
        if let divergence = analytics.divergence { flags.append("\(divergence.rawValue) divergence") }
        for stack in analytics.stacked {
            flags.append("stacked \(stack.side) \(price(stack.low))-\(price(stack.high))")
        }
        return flags
    }

    private func line(
        _ level: Candle.Level, _ candle: Candle, _ analytics: CandleAnalytics, _ peak: UInt128
    ) -> String {
        let mark = level.price == candle.close ? "◄" : level.price == candle.open ? "·" : " "
        let bar = String(repeating: "▇", count: Int((level.volume * Form.barWidth + peak - 1) / peak))
        let unknown = level.unknownVolume == 0 ? "" : amount(Int128(level.unknownVolume))
        let start =
            "  " + Text.right(price(level.price), 9) + mark
            + Text.right(amount(Int128(level.sellVolume)), 9) + " x "
            + Text.left(amount(Int128(level.buyVolume)), 9) + Text.right(unknown, 10)
            + Text.right(Text.grouped(level.tradeCount), 8)
        let isPoint = level.price == analytics.pointOfControl
        let isValue = (analytics.valueArea.low...analytics.valueArea.high).contains(level.price)
        let buys = analytics.imbalance?.buy.contains(level.price) ?? false
        let sells = analytics.imbalance?.sell.contains(level.price) ?? false
        guard isWide else {
            let marks = (isPoint ? "P" : isValue ? "V" : " ") + (buys ? "B" : " ") + (sells ? "S" : " ")
            return trimmed("\(start)  \(marks) \(bar)")
        }
        let words = [
            isPoint ? "POC" : isValue ? "VA" : "", analytics.nodes.contains(level.price) ? "HVN" : "",
            buys ? "buy" : "", sells ? "sell" : "",
        ]
        return trimmed(
            start + Text.right(amount(Int128(level.buyVolume) - Int128(level.sellVolume)), 9)
                + Text.right(Text.percent(Int128(level.volume), of: Int128(candle.volume)), 8) + "  "
                + Text.left(words.filter { !$0.isEmpty }.joined(separator: " "), 18) + "  " + bar)
    }

    private func trimmed(_ line: String) -> String {
        var line = line
        while line.last == " " { line.removeLast() }
        return line
    }
}
