internal import Feed
internal import Ingest
internal import Market
internal import Platform
internal import Tape

/// `jejak import`: appends files of raw messages to the tape.
struct ImportCommand: Command {
    static let syntax = Syntax(
        name: "import", summary: "append raw messages to the tape; importing twice adds nothing",
        words: ["FILE…"],
        options: [
            .init("--stream", "S", "the stream, such as idx.trades"),
            .init("--date", "D", "trading day of payloads that carry none"),
            .init("--layout", "L", "auto (default), lines or document: how a source is cut into payloads"),
            .init("--symbol", "S", "the instrument of a table whose rows name none"),
            .init("--price-scale", "N", "decimal digits of prices, fixed by a stream's first import"),
            .init("--quantity-scale", "N", "decimal digits of quantities, likewise"),
            .init("--acks", nil, "print ACK <count> after each durable group"),
        ],
        notes: "FILE may be .gz or .zst; - is standard input. Twenty-field lines carry no date: give --date.")

    private let options: ImportOptions
    private let paths: [String]
    private let printsAcks: Bool
    private let arguments: Arguments

    init(_ arguments: Arguments) throws {
        self.arguments = arguments
        guard !arguments.words.isEmpty else { throw UsageError("name the files to import") }
        var options = ImportOptions(stream: try arguments.stream())
        options.date = try arguments.day("--date")
        if let date = options.date, !date.isTimed {
            throw UsageError("--date \(date): expected a day before the year 2262")
        }
        if let text = arguments.text("--layout") {
            guard let layout = PayloadSplitter.Layout(rawValue: text) else {
                throw UsageError("--layout \(text): expected auto, lines or document")
            }
            options.layout = layout
        }
        options.scales = try ImportCommand.scales(arguments)
        options.instrument = try arguments.symbol("--symbol")
        self.options = options
        paths = arguments.words
        printsAcks = arguments.has("--acks")
    }

    func run() throws -> Int32 {
        let importer = Importer(tape: arguments.tape, options: options)
        Signals.onInterrupt { importer.interrupt() }
        let progress = Progress("imported", isQuiet: arguments.isQuiet)
        let printsAcks = printsAcks
        let report = try importer.run(
            paths,
            onDurable: { count in
                if printsAcks { Console.line("ACK \(count)") }
            },
            onProgress: { count, read, size in
                progress.show(count: count, fraction: size.map { Double(read) / Double(max($0, 1)) })
            })
        progress.end()
        for remark in report.remarks where !arguments.isQuiet { Console.error("jejak: \(remark)") }
        if let first = report.firstUndecodable, !arguments.isQuiet {
            Console.error(
                "jejak: \(report.undecodable) payload(s) will not decode and are on the tape as they are; the "
                    + "first is payload \(first.payload) of \(first.source): \(first.reason.explanation)")
        }
        print(report, progress.seconds)
        return CommandLineTool.ExitCode.good
    }

    private func print(_ report: ImportReport, _ seconds: Double) {
        guard arguments.isJSON else {
            Console.line(
                "appended \(report.appended), already there \(report.alreadyThere), "
                    + "undecodable \(report.undecodable)")
            return
        }
        var json = JSONText()
        json.object {
            $0.number("appended", report.appended)
            $0.number("already_there", report.alreadyThere)
            $0.number("undecodable", report.undecodable)
            $0.number("messages", report.appended + report.alreadyThere)
            $0.number("seconds", seconds)
        }
        Console.line(String(decoding: json.bytes, as: UTF8.self))
    }

    private static func scales(_ arguments: Arguments) throws -> StreamScales? {
        let range = 0...DecimalScale.digitsMax
        let price = try arguments.number("--price-scale", in: range)
        let quantity = try arguments.number("--quantity-scale", in: range)
        guard price != nil || quantity != nil else { return nil }
        return StreamScales(
            price: DecimalScale(digits: price ?? 0)!, quantity: DecimalScale(digits: quantity ?? 0)!)
    }
}
