internal import Market
internal import Platform
internal import Simulator

/// `jejak simulate`: makes days of market as raw files.
struct SimulateCommand: Command {
    static let syntax = Syntax(
        name: "simulate",
        summary: "make days of a realistic market as raw files, the same bytes for the same seed",
        options: [
            .init("--days", "N", "trading days (default 1)"),
            .init("--symbols", "M", "symbols, 1 to 2000 (default 60)"),
            .init("--seed", "K", "seed (default 1)"),
            .init("--from", "D", "first day; weekends and holidays are skipped (default 2026-02-02)"),
            .init("--trades", "N", "trades a day, about (default: 3,050 per symbol)"),
            .init(
                "--book-interval", "S", "seconds between book updates of a symbol; 0: no books (default 60)"),
            .init("--out", "DIR", "where the files go"),
        ],
        notes: "Writes DIR/idx.trades/DATE.txt, DIR/idx.broksum/DATE.ndjson and DIR/idx.book/DATE.ndjson.")

    private let configuration: SimulatorConfiguration
    private let days: Int
    private let root: String
    private let arguments: Arguments

    init(_ arguments: Arguments) throws {
        try arguments.refuseWords()
        self.arguments = arguments
        root = try arguments.required("--out", "DIR")
        days = try arguments.number("--days", in: 1...10_000) ?? 1
        var configuration = SimulatorConfiguration(firstDay: TradingDay(year: 2026, month: 2, day: 2)!)
        if let count = try arguments.number("--symbols", in: 1...2000) { configuration.symbolCount = count }
        if let seed = try arguments.unsigned("--seed") { configuration.seed = seed }
        if let day = try arguments.day("--from") { configuration.firstDay = day }
        configuration.tradesPerDay = try arguments.number("--trades", in: 1...50_000_000)
        if let seconds = try arguments.number("--book-interval", in: 0...86_400) {
            configuration.bookIntervalSeconds = seconds
        }
        self.configuration = configuration
    }

    func run() throws -> Int32 {
        let simulator = MarketSimulator(configuration)
        let hasBooks = configuration.bookIntervalSeconds > 0
        let progress = Progress("simulated", isQuiet: arguments.isQuiet)
        var trades = 0
        var made: [SimulatedDaySummary] = []
        for number in 0..<days {
            // The day's date is known only when it has been made.
            let day = DayFiles(root: root, hasBooks: hasBooks)
            try day.open()
            let summary = try simulator.nextDay(
                trades: { try day.trades!.append($0) }, brokerSummaries: { try day.summaries!.append($0) },
                book: { if hasBooks { try day.book!.append($0) } })
            try day.finish(summary.day)
            trades += summary.trades
            made.append(summary)
            progress.show(count: trades, fraction: Double(number + 1) / Double(days))
        }
        progress.end()
        printReport(made, trades, progress.seconds)
        return CommandLineTool.ExitCode.good
    }

    private func printReport(_ made: [SimulatedDaySummary], _ trades: Int, _ seconds: Double) {
        guard arguments.isJSON else {
            Console.line(
                "simulated \(made.count) day(s), \(made[0].day) to \(made[made.count - 1].day): "
                    + "\(Text.grouped(trades)) trades in \(root)")
            return
        }
        var json = JSONText()
        json.object { json in
            json.number("trades", trades)
            json.number("seconds", seconds)
            json.array("days") { json in
                for day in made {
                    json.object { json in
                        json.string("date", day.day.description)
                        json.number("trades", day.trades)
                        json.number("book_messages", day.bookMessages)
                        json.number("broker_summaries", day.brokerSummaries)
                        json.array("episodes") { json in
                            for episode in day.episodes {
                                json.object {
                                    $0.string("t", episode.symbol)
                                    $0.string("kind", episode.kind)
                                }
                            }
                        }
                    }
                }
            }
        }
        Console.line(String(decoding: json.bytes, as: UTF8.self))
    }
}

/// The files of a day that is being made; they get their names when it is whole.
private final class DayFiles {
    private let root: String
    private let hasBooks: Bool
    private let disk = SystemDisk()
    private(set) var trades: GrowingFile?
    private(set) var summaries: GrowingFile?
    private(set) var book: GrowingFile?

    init(root: String, hasBooks: Bool) {
        self.root = root
        self.hasBooks = hasBooks
    }

    func open() throws {
        trades = try file("idx.trades")
        summaries = try file("idx.broksum")
        if hasBooks { book = try file("idx.book") }
    }

    func finish(_ day: TradingDay) throws {
        try trades!.close(as: "\(day).txt")
        try summaries!.close(as: "\(day).ndjson")
        try book?.close(as: "\(day).ndjson")
    }

    private func file(_ stream: String) throws -> GrowingFile {
        var path = root.hasPrefix("/") ? "/" : ""
        for part in root.split(separator: "/") + [Substring(stream)] {
            path += (path.isEmpty || path.hasSuffix("/") ? "" : "/") + part
            try disk.createDirectory(path)
        }
        return try GrowingFile(directory: path, disk: disk)
    }
}

/// A file that is written from front to back and named at the end.
private final class GrowingFile {
    private let directory: String
    private let disk: SystemDisk
    private let file: any DiskFile
    private var size: Int64 = 0

    init(directory: String, disk: SystemDisk) throws {
        self.directory = directory
        self.disk = disk
        file = try disk.open("\(directory)/.unfinished", .replace)
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws {
        try file.write(bytes, at: size)
        size += Int64(bytes.count)
    }

    func close(as name: String) throws {
        file.close()
        try disk.rename("\(directory)/.unfinished", to: "\(directory)/\(name)")
    }
}
