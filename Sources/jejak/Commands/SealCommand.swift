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
        ],
        notes: "Without --date it waits (exit 1) while a stream that streams.json calls \"daily\": true has\n"
            + "no data of today; on days without trading none is missing.")

    private let arguments: Arguments
    private let selection: HousekeepingSelection

    /// A day that was looked at.
    private enum Row {
        case sealed(DaySeal, isNew: Bool)
        case retired(Tombstone)

        var messages: UInt64 {
            switch self {
            case .sealed(let seal, _): seal.messages
            case .retired(let tombstone): tombstone.messages
            }
        }
    }

    init(_ arguments: Arguments) throws {
        try arguments.refuseWords()
        self.arguments = arguments
        selection = try HousekeepingSelection(arguments)
    }

    func run() throws -> Int32 {
        let tape = arguments.tape
        let days = try selection.days(tape)
        if selection.day == nil {
            let lacking = try SafetyCheck(tape: tape, calendar: arguments.marketRules().calendar)
                .streamsLackingToday(only: selection.stream)
            if !lacking.isEmpty { return wait(lacking, HousekeepingSelection.today(tape)) }
        }
        var rows: [Row] = []
        var hasFailed = false
        let progress = Progress("sealed", isQuiet: arguments.isQuiet)
        for (number, (stream, day)) in days.enumerated() {
            do throws(TapeError) {
                if try isEmpty(tape, stream, day) { continue }
                let outcome = try Seal(tape: tape, stream: stream, day: day).run()
                rows.append(.sealed(outcome.seal, isNew: outcome.isNew))
            } catch {
                if case .retired(let tombstone) = error {
                    rows.append(.retired(tombstone))
                } else if SealCommand.isOfTheDisk(error) {
                    throw error
                } else {
                    // One day that cannot be sealed holds up no other.
                    progress.end()
                    Console.error("jejak: \(stream) of \(day) is not sealed: \(error)")
                    hasFailed = true
                }
            }
            progress.show(
                count: rows.reduce(0) { $0 + Int($1.messages) },
                fraction: Double(number + 1) / Double(days.count))
        }
        progress.end()
        if arguments.isJSON {
            printJSON(rows, progress.seconds, waitingFor: [])
        } else {
            printTable(rows)
        }
        return hasFailed ? CommandLineTool.ExitCode.failed : CommandLineTool.ExitCode.good
    }

    /// Whether the disk takes nothing, so that no other day can be sealed either.
    private static func isOfTheDisk(_ error: TapeError) -> Bool {
        switch error {
        case .diskFull, .readOnly, .failed: true
        case .disk(let error): error.operation != "read"
        default: false
        }
    }

    /// Whether a day holds no message, so that there is nothing to seal.
    private func isEmpty(_ tape: Tape, _ stream: StreamName, _ day: TradingDay) throws(TapeError) -> Bool {
        let cursor = try DayCursor(tape: tape, stream: stream, day: day)
        return cursor.sealed == nil && cursor.endNumber == 0 && cursor.damages.isEmpty
    }

    /// Leaves everything as it is, and says why.
    private func wait(_ lacking: [StreamName], _ today: TradingDay) -> Int32 {
        if arguments.isJSON { printJSON([], 0, waitingFor: lacking) }
        Console.error(
            "jejak: nothing was sealed: no data of today (\(today)) from "
                + lacking.map(\.text).joined(separator: ", ")
                + "; mend the capture, or seal a day with --date")
        return CommandLineTool.ExitCode.findings
    }

    private func printTable(_ rows: [Row]) {
        var table = TextTable(
            ["date", "stream", "messages", "raw bytes", "sealed", "bytes/message", "state"], left: [0, 1, 6])
        for row in rows {
            switch row {
            case .sealed(let seal, let isNew):
                table.add([
                    seal.day, seal.stream, Text.grouped(seal.messages), Text.grouped(seal.rawBytes),
                    Text.grouped(seal.sealedBytes),
                    Text.fixed(Int128(seal.sealedBytes * 1000 / max(seal.messages, 1)), digits: 3),
                    isNew ? "sealed now" : "was sealed",
                ])
            case .retired(let tombstone):
                table.add([
                    tombstone.day, tombstone.stream, Text.grouped(tombstone.messages),
                    Text.grouped(tombstone.rawBytes), "-", "-",
                    "removed by retention on \(tombstone.removedOn)",
                ])
            }
        }
        for line in table.lines { Console.line(line) }
    }

    private func printJSON(_ rows: [Row], _ seconds: Double, waitingFor lacking: [StreamName]) {
        var json = JSONText()
        json.object { json in
            json.number("seconds", seconds)
            json.array("waiting_for") { json in
                for stream in lacking { json.string(nil, stream.text) }
            }
            json.array("days") { json in
                for row in rows { json.object { SealCommand.write(row, &$0) } }
            }
        }
        Console.line(String(decoding: json.bytes, as: UTF8.self))
    }

    private static func write(_ row: Row, _ json: inout JSONText) {
        switch row {
        case .sealed(let seal, let isNew):
            json.string("stream", seal.stream)
            json.string("date", seal.day)
            json.bool("sealed_now", isNew)
            json.number("messages", seal.messages)
            json.number("raw_bytes", seal.rawBytes)
            json.number("sealed_bytes", seal.sealedBytes)
            json.string("raw_sha256", seal.rawSha256)
            json.string("root", seal.root)
            json.number("number", seal.number)
            json.string("previous", seal.previous)
            json.string("hash", seal.hash)
        case .retired(let tombstone):
            json.string("stream", tombstone.stream)
            json.string("date", tombstone.day)
            json.bool("sealed_now", false)
            json.number("messages", tombstone.messages)
            json.number("raw_bytes", tombstone.rawBytes)
            json.string("raw_sha256", tombstone.rawSha256)
            json.string("root", tombstone.root)
            json.string("hash", tombstone.seal)
            json.number("removed_at", tombstone.removedAt)
            json.string("policy", tombstone.policy)
        }
    }
}
