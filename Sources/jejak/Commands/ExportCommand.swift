internal import Market
internal import Platform
internal import Projections
internal import Store
internal import Tape

/// `jejak export`: projections for other programs.
struct ExportCommand: Command {
    static let syntax = Syntax(
        name: "export", summary: "write a projection for other programs", words: ["footprint|flow|book"],
        options: [
            .init("--date", "D", "only this trading day"),
            .init("--symbol", "S", "only this symbol"),
            .init("--from", "D", "first trading day (flow)"),
            .init("--to", "D", "last trading day (flow)"),
            .init("--tf", "T", "1m (default), 5m, 15m, 1h or 1d (footprint)"),
            .init(
                "--out", "DIR",
                "write DIR/footprint/SYMBOL/TF/YYYY/MM/DD/HH.jsonl (hours in UTC) instead (footprint)"),
        ],
        notes: "footprint: NDJSON on standard output, by symbol, then time. Numbers are exact decimals.\n"
            + "book: a table timestamp,price,lots,total_value,side of one --symbol, a whole book a minute.\n"
            + "Under --out, symbols of markets other than idx are named MARKET:SYMBOL.")

    private let arguments: Arguments
    private let day: TradingDay?
    private let symbol: Symbol?
    private let minutes: Int
    private let directory: String?
    private let flow: FlowExport?
    private let isBook: Bool

    init(_ arguments: Arguments) throws {
        self.arguments = arguments
        guard let word = arguments.words.first, ["footprint", "flow", "book"].contains(word) else {
            throw UsageError(
                "what to export is missing: expected `jejak export footprint`, `flow` or `book`")
        }
        isBook = word == "book"
        flow = word == "flow" ? try FlowExport(arguments) : nil
        let foreign = ["footprint": ["--from", "--to"], "flow": ["--tf", "--out"]][word]
            ?? ["--from", "--to", "--tf", "--out"]
        for option in foreign where arguments.text(option) != nil {
            throw UsageError("\(option) is not for `jejak export \(word)`")
        }
        try arguments.refuseWords(from: 1)
        day = try arguments.day("--date")
        symbol = try arguments.symbol("--symbol")
        minutes = try Footprints.timeframe(arguments)
        directory = arguments.text("--out")
        if isBook, symbol == nil { throw UsageError("give a symbol: jejak export book --symbol S") }
    }

    func run() throws -> Int32 {
        try StoreAccess.read(arguments) { store, output in try answer(store, output) }
        return CommandLineTool.ExitCode.good
    }

    private func answer(_ store: Store, _ output: AnswerOutput) throws {
        let catalog = try Catalog.load(arguments.tape)
        if let flow { return try flow.answer(Flows(store: store, catalog: catalog), output) }
        if isBook, let symbol {
            let books = Books(store: store, catalog: catalog)
            return try BookTableExport(books: books, symbol: symbol).write(day, output)
        }
        let footprints = Footprints(store: store, catalog: catalog)
        let days = try footprints.days(day)
        if days.isEmpty, let day {
            throw UsageError("no footprints for \(day): nothing of that day is on the tape")
        }
        // Symbols across days: an index of where each stands, then symbol by symbol.
        var standing: [Symbol: [Int]] = [:]
        for (index, day) in days.enumerated() {
            for symbol in try footprints.symbols(day) where self.symbol == nil || self.symbol == symbol {
                standing[symbol, default: []].append(index)
            }
        }
        if standing.isEmpty, let symbol {
            throw UsageError("\(symbol) has no footprint\(day.map { " on \($0)" } ?? "")")
        }
        let files = directory.map { KeyLayoutFiles(root: $0, timeframe: arguments.text("--tf") ?? "1m") }
        let shares = days.map { day in minutes == 1 ? Shares(day.coverage) : nil }
        var json = JSONText()
        for symbol in standing.keys.sorted() where !output.isClosed {
            for index in standing[symbol]! {
                let day = days[index]
                let row = CandleRow(day: day, symbol: symbol, shares: shares[index])
                for candle in try footprints.candles(day, symbol, minutes: minutes) {
                    json.removeAll()
                    row.write(candle, to: &json)
                    if let files {
                        try files.append(json.bytes, day.market, symbol, candle.start(on: day.day))
                    } else {
                        try output.write(json.bytes)
                    }
                }
            }
            try files?.finishSymbol()
        }
    }
}

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
    let shares: Shares?

    func write(_ candle: Candle, to json: inout JSONText) {
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
                let phase = TradingCalendar.idx.phase(of: day.day, second: candle.minute * 60)
                json.string("ph", "\(phase)")
            }
            if let shares { json.number("cov", shares[candle.minute]) }
            json.string("rule", ProjectionID.footprint.description)
        }
        json.newline()
    }
}

/// R1's key layout: a file per symbol and hour, hours in UTC. The symbols of a market other than `idx` stand
/// under `market:symbol`, so that no two symbols share a file.
private final class KeyLayoutFiles {
    private let root: String
    private let timeframe: String
    private let disk = SystemDisk()
    private var path: String?
    private var bytes: [UInt8] = []

    init(root: String, timeframe: String) {
        self.root = root
        self.timeframe = timeframe
    }

    func append(_ row: [UInt8], _ market: String, _ symbol: Symbol, _ start: Timestamp) throws {
        let seconds = start.millis / 1000
        let (year, month, day) = TradingDay(daysSinceEpoch: Int32(seconds / 86_400)).civil
        let parts = [
            "footprint", KeyLayoutFiles.name(market, symbol), timeframe, "\(year)", two(month), two(day),
            two(Int(seconds % 86_400 / 3600)) + ".jsonl",
        ]
        let path = ([root] + parts).joined(separator: "/")
        if path != self.path {
            try finishSymbol()
            self.path = path
            var directory = root.hasPrefix("/") ? "/" : ""
            for part in root.split(separator: "/").map(String.init) + parts.dropLast() {
                directory += (directory.isEmpty || directory.hasSuffix("/") ? "" : "/") + part
                try disk.createDirectory(directory)
            }
        }
        bytes += row
    }

    func finishSymbol() throws {
        guard let path else { return }
        let file = try disk.open(path, .replace)
        defer { file.close() }
        let result = bytes.withUnsafeBytes { raw in
            Result { () throws(DiskError) in try file.write(raw, at: 0) }
        }
        try result.get()
        self.path = nil
        bytes.removeAll(keepingCapacity: true)
    }

    private func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

    private static func name(_ market: String, _ symbol: Symbol) -> String {
        market == "idx" ? escaped(symbol.bytes) : escaped(market.utf8) + ":" + escaped(symbol.bytes)
    }

    /// A file name: what a path would take for something else is written %XX.
    private static func escaped(_ bytes: some Sequence<UInt8>) -> String {
        let text = bytes.flatMap { byte in
            Array("/%.:".utf8).contains(byte)
                ? Array(("%" + String(byte, radix: 16, uppercase: true)).utf8) : [byte]
        }
        return String(decoding: text, as: UTF8.self)
    }
}
