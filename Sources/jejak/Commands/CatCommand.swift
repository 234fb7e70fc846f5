internal import Market
internal import Platform
internal import Tape

/// `jejak cat`: the payloads of a stream, verbatim, one a line, in tape order.
struct CatCommand: Command {
    static let syntax = Syntax(
        name: "cat", summary: "print the payloads of a stream, verbatim, in tape order",
        options: [
            .init("--stream", "S", "the stream"),
            .init("--date", "D", "the trading day"),
            .init("--from", "N", "first message number (with --date)"),
            .init("--to", "N", "last message number (with --date)"),
            .init("--from-date", "D", "first trading day"),
            .init("--to-date", "D", "last trading day"),
        ])

    private let stream: StreamName
    private let days: ClosedRange<TradingDay>
    private let numbers: Range<UInt64>
    private let mustExist: Bool
    private let arguments: Arguments

    init(_ arguments: Arguments) throws {
        try arguments.refuseWords()
        self.arguments = arguments
        stream = try arguments.stream()
        let from = try arguments.unsigned("--from") ?? 0
        let to = try arguments.unsigned("--to") ?? UInt64.max - 1
        guard from <= to else { throw UsageError("--from \(from) lies behind --to \(to)") }
        numbers = from..<(min(to, UInt64.max - 1) + 1)
        if let day = try arguments.day("--date") {
            guard arguments.text("--from-date") == nil, arguments.text("--to-date") == nil else {
                throw UsageError("give --date D, or --from-date and --to-date, not both")
            }
            days = day...day
            mustExist = true
            return
        }
        mustExist = false
        guard arguments.text("--from") == nil, arguments.text("--to") == nil else {
            throw UsageError("--from and --to are message numbers of one day: give --date")
        }
        let first = try arguments.day("--from-date")
        let last = try arguments.day("--to-date")
        guard first != nil || last != nil else {
            throw UsageError("give --date D, or --from-date and --to-date")
        }
        let lowest = first ?? TradingDay(daysSinceEpoch: 0)
        let highest = last ?? TradingDay(daysSinceEpoch: Int32.max)
        guard lowest <= highest else { throw UsageError("--from-date lies behind --to-date") }
        days = lowest...highest
    }

    func run() throws -> Int32 {
        let cursor = try Cursor(tape: arguments.tape, stream: stream, days: days, wanted: numbers)
        if mustExist, cursor.isEmpty {
            throw UsageError(
                "stream \(stream) has no day \(days.lowerBound) on the tape \(arguments.tape.root)")
        }
        let output = StandardOutput()
        var gapCount = 0
        while !output.isClosed, let (_, messages) = try cursor.next() {
            for message in messages {
                if message.isGap { gapCount += 1 } else { try output.line(message.bytes) }
            }
        }
        try output.flush()
        if gapCount > 0 {
            Console.error(
                "jejak: \(gapCount) messages are lost, as a salvage recorded: run `jejak scan --stream \(stream)`"
            )
        }
        for tombstone in cursor.retired { Console.error("jejak: \(tombstone.explanation)") }
        for damage in cursor.damages { Console.error("jejak: \(damage)") }
        return cursor.damages.isEmpty && cursor.retired.isEmpty && gapCount == 0
            ? CommandLineTool.ExitCode.good : CommandLineTool.ExitCode.findings
    }
}
