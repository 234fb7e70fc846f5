internal import Feed
internal import Market
internal import Platform
internal import Projections
internal import Replay
internal import Store
internal import Tape

/// `jejak show`: a projection as a table that a person can read.
struct ShowCommand: Command {
    static let syntax = Syntax(
        name: "show", summary: "print a projection as a table",
        words: ["footprint|market|summary|book|flow|instruments|coverage|undecodable", "[SYMBOL]"],
        options: [
            .init("--symbol", "S", "the symbol (footprint, book, flow)"),
            .init("--date", "D", "the trading day (default: the newest)"),
            .init("--from", "D", "first day of a symbol's history (flow; default: 365 days back)"),
            .init("--to", "D", "last day of a symbol's history (flow)"),
            .init("--tf", "T", "1m (default), 5m, 15m, 1h, session or 1d (footprint)"),
            .init("--limit", "N", "most rows (market, summary, flow: 40; undecodable: 100; book: 10 a side)"),
            .init("--minutes", nil, "a row per minute (coverage)"),
            .init(
                "--gaps", nil, "missing sequence numbers, lag and late trades, read from the tape (coverage)"),
            .init("--wide", nil, "everything, wider than 80 columns (footprint, summary, book)"),
            .init("--list", "L", "only the list accumulation or continues (summary)"),
            .init(
                "--at", "TIME",
                "the book at the end of minute HH:MM (default: the day's last); the summary as of HH:MM:00"),
            SummaryRequest.ruleOption,
        ],
        notes: "footprint: candles with volume at price. market: all symbols of a day.\n"
            + "book: one symbol's order book as a ladder.\n"
            + "flow: what the brokers did; all symbols of a day, or the days of one symbol.\n"
            + "summary: the scanner, best score first; guarded rows (L limit, A auction, T thin, U unstable,\n"
            + "C conflict, P partial) are in no list.\n"
            + "instruments: kind, board, ticks and price limits of a day's symbols.\n"
            + "coverage: what each stream brought. undecodable: messages that could not be decoded.")

    private enum Subject: String, CaseIterable {
        case footprint, market, summary, book, instruments, flow, coverage, undecodable
    }

    private let arguments: Arguments
    private let subject: Subject
    private let symbol: Symbol?
    private let day: TradingDay?
    private let timeframe: Timeframe
    /// Where a summary is asked for.
    private let summary: SummaryRequest?
    private let list: SummaryList?
    private let bounds: (from: TradingDay?, to: TradingDay?)
    private let limit: Int?
    private let minute: Int?

    init(_ arguments: Arguments) throws {
        self.arguments = arguments
        let names = Subject.allCases.map(\.rawValue).joined(separator: ", ")
        guard let word = arguments.words.first, let subject = Subject(rawValue: word) else {
            throw UsageError("what to show is missing: expected one of \(names)")
        }
        self.subject = subject
        try arguments.refuseWords(from: 2)
        if arguments.words.count == 2 {
            guard let symbol = Symbol(arguments.words[1]) else {
                throw UsageError("'\(arguments.words[1])' is no symbol of 1 to 16 printable characters")
            }
            self.symbol = symbol
        } else {
            symbol = try arguments.symbol("--symbol")
        }
        day = try arguments.day("--date")
        bounds = try arguments.days()
        if subject != .flow || symbol == nil {
            for option in ["--from", "--to"] where arguments.text(option) != nil {
                throw UsageError("\(option) is for the history of a symbol: jejak show flow SYMBOL")
            }
        }
        timeframe = try Footprints.timeframe(arguments)
        summary = subject == .summary ? try SummaryRequest(arguments) : nil
        list = try arguments.text("--list").map { text in
            guard let list = SummaryList(rawValue: text) else {
                throw UsageError("--list \(text): expected accumulation or continues")
            }
            return list
        }
        limit = try arguments.number("--limit", in: 1...1_000_000)
        minute = subject == .book ? try arguments.minute("--at") : nil
        if subject == .footprint || subject == .book, symbol == nil {
            throw UsageError("give a symbol: jejak show \(subject) SYMBOL")
        }
    }

    func run() throws -> Int32 {
        if subject == .coverage, arguments.has("--gaps") {
            let progress = ReplayProgress()
            Signals.onInterrupt { progress.stop() }
            let output = AnswerOutput()
            try GapsView(tape: arguments.tape, progress: progress)
                .show(day, limit ?? 40, arguments.isJSON, output)
            try output.flush()
            return CommandLineTool.ExitCode.good
        }
        try StoreAccess.read(arguments) { store, output in
            let isJSON = arguments.isJSON
            let footprints = Footprints(
                store: store, catalog: try Catalog.load(arguments.tape), rules: try arguments.marketRules())
            switch subject {
            case .footprint:
                try FootprintView(footprints, symbol!, timeframe)
                    .show(day, isJSON: isJSON, isWide: arguments.has("--wide"), output)
            case .summary:
                let answer = try Summaries(footprints)
                    .summary(summary!, now: SystemClock().wallNanos())
                if isJSON { return try output.write(SummaryJSON.document(answer)) }
                let view = SummaryView(answer, isTerminal: Console.isOutputTerminal)
                for line in view.lines(list, limit: limit ?? 40, isWide: arguments.has("--wide")) {
                    try output.line(line)
                }
            case .market:
                try MarketView(footprints)
                    .show(day, limit ?? 40, isJSON, output)
            case .instruments:
                try InstrumentsView(footprints, footprints.rules, arguments.tape)
                    .show(day, only: symbol, isJSON, output)
            case .book:
                try BookView(
                    books: Books(store: store, catalog: footprints.catalog), symbol: symbol!, minute: minute,
                    limit: limit ?? 10, isWide: arguments.has("--wide")
                ).show(day, isJSON, output)
            case .flow:
                let view = FlowView(Flows(footprints))
                if let symbol {
                    try view.show(
                        symbol, from: bounds.from, to: bounds.to, limit: limit, isJSON, output)
                } else {
                    try view.show(day, limit: limit ?? 40, isJSON, output)
                }
            case .coverage:
                let retired = Set(try arguments.tape.tombstones().map { "\($0.stream) \($0.day)" })
                try CoverageView(store: store, retired: retired)
                    .show(day, arguments.has("--minutes"), isJSON, output)
            case .undecodable:
                try UndecodableView(store: store).show(day, limit ?? 100, isJSON, output)
            }
        }
        return CommandLineTool.ExitCode.good
    }
}
