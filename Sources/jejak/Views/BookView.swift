internal import Market
internal import Projections

/// A symbol's order book at the end of a minute, as a ladder: offers above bids, prices falling.
struct BookView {
    let books: Books
    let symbol: Symbol
    /// Minute of the day; nil: the day's end.
    let minute: Int?
    /// Levels of a side at most.
    let limit: Int
    /// Whether the table may be wider than 80 columns.
    let isWide: Bool

    /// A book of which nothing was heard for so many minutes of trading is stale.
    private static let staleAfterMinutes = 20
    /// Levels of a side that the imbalance is taken over.
    private static let imbalanceDepth = 5

    func show(_ wanted: TradingDay?, _ isJSON: Bool, _ output: AnswerOutput) throws {
        let day = try books.day(of: symbol, wanted)
        guard let last = try books.standings(day, symbol, upTo: minute ?? 1439).last else {
            throw UsageError(
                "\(symbol) has no order book on \(day.day) up to \(Text.clock(minute: minute ?? 1439))")
        }
        if isJSON {
            var json = JSONText()
            write(last, day, to: &json)
            return try output.write(json.bytes)
        }
        for line in lines(last, day) { try output.line(line) }
    }

    private func isStale(_ standing: Books.Standing, _ day: Books.MarketDay) -> Bool {
        guard let minute, minute > standing.minute.minute else { return false }
        let silent = ((standing.minute.minute + 1)...minute).filter {
            day.market != "idx" || TradingCalendar.idx.phase(of: day.day, second: $0 * 60) == .continuous
        }
        return silent.count > BookView.staleAfterMinutes
    }

    // MARK: A table

    private func lines(_ standing: Books.Standing, _ day: Books.MarketDay) -> [String] {
        let book = standing.book
        var flags: [String] = []
        if book.isCrossed { flags.append("CROSSED") }
        if isStale(standing, day) { flags.append("STALE") }
        let depth = book.depth(Int.max)
        let imbalance = book.imbalance(BookView.imbalanceDepth)
            .map { Text.fixed(Int128(($0 * 10_000).rounded()), digits: 2) + " %" }
        var lines = [
            "\(symbol) \(day.day) \(clock(standing))  spread "
                + (book.spread.map { Text.grouped(digits: day.price($0)) } ?? "-") + "  top-5 imbalance "
                + (imbalance ?? "-") + (flags.isEmpty ? "" : "  " + flags.joined(separator: " ")),
            "minute \(Text.clock(minute: standing.minute.minute)): "
                + "\(Text.grouped(standing.minute.eventCount)) events  order-flow imbalance "
                + amount(standing.minute.flowImbalance, day),
            "",
        ]
        var table = TextTable(
            isWide
                ? ["bid sum", "bid depth", "bid", "price", "offer", "offer depth", "offer sum"]
                : ["bid", "price", "offer", "depth"], left: isWide ? [5] : [3])
        let peak = (book.bids.prefix(limit) + book.offers.prefix(limit)).map(\.lots).max() ?? 1
        let offers = sums(book.offers)
        for (level, sum) in offers.reversed() {
            let bar = bar(level.lots, peak)
            let (price, lots) = (Text.grouped(digits: day.price(level.price)), amount(Int128(level.lots), day))
            table.add(
                isWide ? ["", "", "", price, lots, bar, amount(sum, day)] : ["", price, lots, bar])
        }
        for (level, sum) in sums(book.bids) {
            let bar = bar(level.lots, peak)
            let (price, lots) = (Text.grouped(digits: day.price(level.price)), amount(Int128(level.lots), day))
            table.add(
                isWide ? [amount(sum, day), bar, lots, price, "", "", ""] : [lots, price, "", bar])
        }
        lines += table.lines
        lines.append("")
        lines.append(
            "bids \(book.bids.count) levels, \(amount(depth.bids, day)) lots;  "
                + "offers \(book.offers.count) levels, \(amount(depth.offers, day)) lots"
                + (max(book.bids.count, book.offers.count) > limit ? "  (--limit)" : ""))
        return lines
    }

    /// Levels with the lots up to them.
    private func sums(_ levels: [BookKeyframe.Level]) -> [(BookKeyframe.Level, Int128)] {
        var sum: Int128 = 0
        return levels.prefix(limit).map { level in
            sum += Int128(level.lots)
            return (level, sum)
        }
    }

    private func bar(_ lots: Int64, _ peak: Int64) -> String {
        let width: Int128 = 24
        return String(
            repeating: "▇", count: Int((Int128(lots) * width + Int128(peak) - 1) / Int128(peak)))
    }

    private func amount(_ value: Int128, _ day: Books.MarketDay) -> String {
        Text.grouped(digits: day.lots(value))
    }

    private func clock(_ standing: Books.Standing) -> String {
        String(BookTableExport.clock(millis: standing.minute.lastMillis).prefix(8))
    }

    // MARK: JSON

    private func write(_ standing: Books.Standing, _ day: Books.MarketDay, to json: inout JSONText) {
        let book = standing.book
        let minute = standing.minute
        json.object { json in
            json.string("t", symbol.description)
            json.string("m", day.market)
            json.string("date", day.day.description)
            json.number("as_of", day.day.start.millis + Int64(minute.lastMillis))
            json.number("t0", day.day.start.millis + Int64(minute.minute) * 60_000)
            level("bid", book.bids.first, day, &json)
            level("ask", book.offers.first, day, &json)
            json.number("spread", book.spread.map { day.price($0) } ?? "null")
            json.number("imbalance", book.imbalance(BookView.imbalanceDepth))
            json.number("ofi", day.lots(minute.flowImbalance))
            json.number("events", minute.eventCount)
            json.bool("crossed", book.isCrossed)
            json.number("crossed_events", minute.crossedCount)
            json.bool("stale", isStale(standing, day))
            json.number("before_whole", minute.ignored.beforeWhole)
            json.number("stale_updates", minute.ignored.stale)
            for (key, levels) in [("bids", book.bids), ("asks", book.offers)] {
                json.array(key) { json in for level in levels { self.level(nil, level, day, &json) } }
            }
            json.string("rule", ProjectionID.book.description)
        }
        json.newline()
    }

    private func level(
        _ key: String?, _ level: BookKeyframe.Level?, _ day: Books.MarketDay, _ json: inout JSONText
    ) {
        guard let level else { return json.number(key, "null") }
        json.object(key) {
            $0.number("p", day.price(level.price))
            $0.number("q", day.lots(Int128(level.lots)))
        }
    }
}
