internal import Market
internal import Platform
internal import Tape

/// `jejak seal`: turns closed days into verified columns.
struct SealCommand: Command {
    static let syntax = Syntax(
        name: "seal",
        summary: "compress closed days into verified columns; the hot segments stay until prune",
        options: [
            .init("--stream", "S", "only this stream"),
            .init("--date", "D", "only this trading day (default: every closed day)"),
        ])

    private let arguments: Arguments
    private let selection: HousekeepingSelection

    init(_ arguments: Arguments) throws {
        try arguments.refuseWords()
        self.arguments = arguments
        selection = try HousekeepingSelection(arguments)
    }

    func run() throws -> Int32 {
        let tape = arguments.tape
        var rows: [(seal: DaySeal, isNew: Bool)] = []
        let progress = Progress("sealed", isQuiet: arguments.isQuiet)
        let days = try selection.days(tape)
        for (number, (stream, day)) in days.enumerated() {
            let outcome = try Seal(tape: tape, stream: stream, day: day).run()
            rows.append((outcome.seal, outcome.isNew))
            progress.show(
                count: rows.reduce(0) { $0 + Int($1.seal.messages) },
                fraction: Double(number + 1) / Double(days.count))
        }
        progress.end()
        if arguments.isJSON { printJSON(rows, progress.seconds) } else { printTable(rows) }
        return CommandLineTool.ExitCode.good
    }

    private func printTable(_ rows: [(seal: DaySeal, isNew: Bool)]) {
        var table = TextTable(
            ["date", "stream", "messages", "raw bytes", "sealed", "bytes/message", "state"], left: [0, 1, 6])
        for (seal, isNew) in rows {
            table.add([
                seal.day, seal.stream, Text.grouped(seal.messages), Text.grouped(seal.rawBytes),
                Text.grouped(seal.sealedBytes),
                Text.fixed(Int128(seal.sealedBytes * 1000 / max(seal.messages, 1)), digits: 3),
                isNew ? "sealed now" : "was sealed",
            ])
        }
        for line in table.lines { Console.line(line) }
    }

    private func printJSON(_ rows: [(seal: DaySeal, isNew: Bool)], _ seconds: Double) {
        var json = JSONText()
        json.object { json in
            json.number("seconds", seconds)
            json.array("days") { json in
                for (seal, isNew) in rows {
                    json.object {
                        $0.string("stream", seal.stream)
                        $0.string("date", seal.day)
                        $0.bool("sealed_now", isNew)
                        $0.number("messages", seal.messages)
                        $0.number("raw_bytes", seal.rawBytes)
                        $0.number("sealed_bytes", seal.sealedBytes)
                        $0.string("raw_sha256", seal.rawSha256)
                        $0.string("root", seal.root)
                        $0.number("number", seal.number)
                        $0.string("previous", seal.previous)
                        $0.string("hash", seal.hash)
                    }
                }
            }
        }
        Console.line(String(decoding: json.bytes, as: UTF8.self))
    }
}

/// Which streams and days housekeeping looks at.
struct HousekeepingSelection {
    private let stream: StreamName?
    private let day: TradingDay?

    init(_ arguments: Arguments) throws {
        stream = arguments.text("--stream") == nil ? nil : try arguments.stream()
        day = try arguments.day("--date")
    }

    /// The closed days, by stream and day. A day that has not ended may still grow and is refused by name.
    func days(_ tape: Tape) throws -> [(StreamName, TradingDay)] {
        let today = TradingDay(containing: Timestamp(nanos: tape.clock.wallNanos()))
        if let day, day >= today { throw UsageError("--date \(day): the day is not over") }
        let streams = try tape.streams()
        if let stream, !streams.contains(stream) { throw TapeError.noStream(stream, root: tape.root) }
        var found: [(StreamName, TradingDay)] = []
        for name in streams where stream == nil || name == stream {
            for its in try tape.days(of: name) where its < today && (day == nil || its == day) {
                found.append((name, its))
            }
        }
        if found.isEmpty, let day { throw UsageError("nothing of \(day) is on the tape \(tape.root)") }
        return found
    }
}
