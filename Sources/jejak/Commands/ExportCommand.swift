internal import Market
internal import Platform
internal import Projections
internal import Store
internal import Tape

/// `jejak export`: projections for other programs.
struct ExportCommand: Command {
    static let syntax = Syntax(
        name: "export", summary: "write a projection for other programs",
        words: ["footprint|summary|flow|book"],
        options: [
            .init("--date", "D", "only this trading day (summary: the day, default the newest)"),
            .init("--symbol", "S", "only this symbol (footprint, flow, book)"),
            .init("--from", "D", "first trading day (flow)"),
            .init("--to", "D", "last trading day (flow)"),
            .init("--tf", "T", "1m (default), 5m, 15m, 1h, session or 1d (footprint)"),
            .init(
                "--out", "DIR",
                "write DIR/footprint/SYMBOL/TF/YYYY/MM/DD/HH.jsonl (hours in UTC) instead (footprint)"),
        ] + SummaryRequest.options,
        notes: "footprint: NDJSON on standard output, by symbol, then time. Numbers are exact decimals.\n"
            + "book: a table timestamp,price,lots,total_value,side of one --symbol, a whole book a minute.\n"
            + "Under --out, symbols of markets other than idx are named MARKET:SYMBOL.\n"
            + "summary: one JSON document with the hybrid summary of the market idx.")

    private let arguments: Arguments
    private let day: TradingDay?
    private let symbol: Symbol?
    private let timeframe: Timeframe
    private let directory: String?
    /// Where a summary is asked for.
    private let summary: SummaryRequest?
    /// Where broker flow is asked for.
    private let flow: FlowExport?
    private let isBook: Bool

    /// What can be exported, and the options that not all of it takes.
    private static let subjects = [
        "footprint": ["--symbol", "--tf", "--out"], "flow": ["--symbol", "--from", "--to"],
        "summary": ["--at", "--rule"], "book": ["--symbol"],
    ]

    init(_ arguments: Arguments) throws {
        self.arguments = arguments
        guard let word = arguments.words.first, let own = ExportCommand.subjects[word] else {
            let words = ExportCommand.subjects.keys.sorted().map { "`jejak export \($0)`" }
            throw UsageError("what to export is missing: expected one of \(words.joined(separator: ", "))")
        }
        isBook = word == "book"
        flow = word == "flow" ? try FlowExport(arguments) : nil
        let others = Set(ExportCommand.subjects.values.joined()).subtracting(own)
        for option in others.sorted() where arguments.text(option) != nil {
            throw UsageError("\(option) is not for `jejak export \(word)`")
        }
        try arguments.refuseWords(from: 1)
        summary = word == "summary" ? try SummaryRequest(arguments) : nil
        day = try arguments.day("--date")
        symbol = try arguments.symbol("--symbol")
        timeframe = try Footprints.timeframe(arguments)
        directory = arguments.text("--out")
        if isBook, symbol == nil { throw UsageError("give a symbol: jejak export book --symbol S") }
    }

    func run() throws -> Int32 {
        try StoreAccess.read(arguments) { store, output in
            let footprints = Footprints(
                store: store, catalog: try Catalog.load(arguments.tape), rules: try arguments.marketRules())
            if let summary {
                let answer = try Summaries(footprints).summary(summary, now: SystemClock().wallNanos())
                return try output.write(SummaryJSON.document(answer))
            }
            if let flow { return try flow.answer(Flows(footprints), output) }
            if isBook, let symbol {
                let books = Books(store: store, catalog: footprints.catalog)
                return try BookTableExport(books: books, symbol: symbol).write(day, output)
            }
            try answer(footprints, output)
        }
        return CommandLineTool.ExitCode.good
    }

    private func answer(_ footprints: Footprints, _ output: AnswerOutput) throws {
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
        let shares = days.map { day in timeframe == .minutes(1) ? Shares(day.coverage) : nil }
        // A naked point of control is told by all later days, also those that are not asked for.
        let all = timeframe == .minutes(1440) ? try footprints.days(nil) : []
        for symbol in standing.keys.sorted() where !output.isClosed {
            var naked: [String: Set<TradingDay>] = [:]
            for index in standing[symbol]! {
                let day = days[index]
                if timeframe == .minutes(1440), naked[day.market] == nil {
                    let later = all.filter { $0.market == day.market && $0.day >= day.day }
                    naked[day.market] = Set(try footprints.nakedPointsOfControl(symbol, later).map(\.day))
                }
                let row = CandleRow(day, symbol, timeframe, shares: shares[index], naked: naked[day.market])
                try row.write(try footprints.candles(day, symbol, timeframe)) { candle, json in
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
