internal import Market
internal import Platform
internal import Projections
internal import Replay
internal import Tape

/// What `instruments@1` knows of the symbols of a day: those that traded, and those that a file names.
struct InstrumentsView {
    private let footprints: Footprints
    private let rules: MarketRules
    private let tape: Tape

    init(_ footprints: Footprints, _ rules: MarketRules, _ tape: Tape) {
        self.footprints = footprints
        self.tape = tape
        self.rules = rules
    }

    private struct Row {
        let instrument: Instrument
        let close: Int64?
        /// The last close that the store has of the trading day before.
        let previousClose: Int64?
        /// The previous close that the day's lines name.
        let namedClose: Int64?

        /// Whether the two differ though no row says why: what a corporate action looks like.
        var suggestsAction: Bool {
            guard let previousClose, let namedClose else { return false }
            return instrument.factor.applied(to: previousClose) != namedClose
        }
    }

    func show(_ wanted: TradingDay?, only: Symbol?, _ isJSON: Bool, _ output: AnswerOutput) throws {
        let days = try footprints.days(nil).filter { $0.market == "idx" }
        guard let day = days.last(where: { wanted == nil || $0.day == wanted }) else {
            throw UsageError(
                "no instruments\(wanted.map { " for \($0)" } ?? ""): no trades of idx are in the store; import, then replay"
            )
        }
        let before = days.last { $0.day < day.day }
        let traded = try footprints.symbols(day)
        let inFiles = rules.instruments.keys.filter {
            rules.instruments[$0]!.contains { $0.firstDay <= day.day }
        }
        let symbols = Set(traded + inFiles).filter { only == nil || $0 == only }.sorted()
        if let only, symbols.isEmpty {
            throw UsageError("\(only) neither traded on \(day.day) nor is named in a file")
        }
        let named = try namedCloses(day.day)
        let rows = try symbols.map { symbol in
            Row(
                instrument: rules.instrument(symbol, on: day.day),
                close: try footprints.candles(day, symbol, .minutes(1440)).last?.close,
                previousClose: try before.flatMap {
                    try footprints.candles($0, symbol, .minutes(1440)).last?.close
                },
                namedClose: named[symbol])
        }
        if isJSON {
            for row in rows { try output.write(json(row, day)) }
        } else {
            for line in lines(rows, day) { try output.line(line) }
        }
    }

    /// What the day's own lines say, where they are still on the tape.
    private func namedCloses(_ day: TradingDay) throws -> [Symbol: Int64] {
        guard let name = footprints.catalog.feed(market: "idx", content: "trades", on: day),
            let stream = try? StreamName(name), try tape.days(of: stream).contains(day),
            try tape.tombstone(of: stream, on: day) == nil
        else { return [:] }
        return try PreviousCloses.read(tape: tape, stream: stream, day: day)
    }

    private func limits(_ row: Row, _ day: TradingDay) -> ClosedRange<Int64>? {
        // A named close has the day's corporate actions in it already.
        guard let named = row.namedClose else {
            return row.previousClose.flatMap {
                rules.priceLimits(of: row.instrument.symbol, previousClose: $0, on: day)
            }
        }
        return rules.limits.range(
            previousClose: named, instruments: row.instrument.instrumentClass, on: day,
            ladder: rules.ladder(of: row.instrument.symbol, on: day))
    }

    private func lines(_ rows: [Row], _ day: Footprints.MarketDay) -> [String] {
        var table = TextTable(
            ["symbol", "kind", "board", "status", "close", "tick", "lowest", "highest"], left: [0, 1, 2, 3])
        for row in rows {
            let instrument = row.instrument
            let range = limits(row, day.day)
            let ladder = rules.ladder(of: instrument.symbol, on: day.day)
            let board = instrument.board?.rawValue ?? "-"
            let price = { (value: Int64?) in value.map { Text.grouped(Int($0)) } ?? "-" }
            table.add([
                instrument.symbol.description, instrument.kind.rawValue + (instrument.isGuessed ? "?" : ""),
                board + (instrument.notation.isEmpty ? "" : " " + instrument.notation),
                instrument.status.rawValue, price(row.close), price(row.close.map { ladder.tick(at: $0) }),
                price(range?.lowerBound), price(range?.upperBound),
            ])
        }
        let suggestions = rows.filter(\.suggestsAction).map {
            "\($0.instrument.symbol): the lines name \(Text.grouped(Int($0.namedClose!))) as the close before, the tape's "
                + "last is \(Text.grouped(Int($0.previousClose!)))\n  a corporate action, or days that are missing; a row "
                + "with factor [\($0.namedClose!), \($0.previousClose!)] would say so"
        }
        return ["idx \(day.day)  \(rows.count) instruments  (? follows from the code alone)"] + table.lines
            + suggestions.flatMap { $0.split(separator: "\n").map(String.init) }
    }

    private func json(_ row: Row, _ day: Footprints.MarketDay) -> [UInt8] {
        let instrument = row.instrument
        let range = limits(row, day.day)
        var json = JSONText()
        json.object { json in
            json.string("symbol", instrument.symbol.description)
            json.string("date", day.day.description)
            json.string("kind", instrument.kind.rawValue)
            json.bool("guessed", instrument.isGuessed)
            if let board = instrument.board { json.string("board", board.rawValue) }
            json.string("status", instrument.status.rawValue)
            json.string("notation", instrument.notation)
            if instrument.firstDay == day.day, instrument.factor != .one {
                json.array("factor") { json in
                    json.number(nil, instrument.factor.numerator)
                    json.number(nil, instrument.factor.denominator)
                }
            }
            if let close = row.close { json.number("close", close) }
            if let previous = row.previousClose { json.number("previous_close", previous) }
            if let named = row.namedClose { json.number("named_close", named) }
            if row.suggestsAction {
                json.array("suggested_factor") { json in
                    json.number(nil, row.namedClose!)
                    json.number(nil, row.previousClose!)
                }
            }
            if let range {
                json.number("lowest", range.lowerBound)
                json.number("highest", range.upperBound)
            }
            json.string("rule", "instruments@1")
        }
        json.newline()
        return json.bytes
    }
}
