internal import Columns

/// Collects the gaps that a salvage has recorded, message by message.
struct GapRuns {
    /// One gap.
    struct Run {
        var messages: Range<UInt64>
        /// Why, as the salvage wrote it.
        let reason: String

        func finding(_ scan: DayScan, _ path: String) -> Finding {
            scan.finding(
                .gap, .gapLost, path, messages: messages, "lost, as a salvage recorded: \(reason)",
                mend: "import the source into another stream, or restore the day from a backup")
        }
    }

    private(set) var runs: [Run] = []

    mutating func add(_ message: RawMessage) {
        guard message.isGap else { return }
        if let last = runs.last, last.messages.upperBound == message.number, message.payloadSize == 0 {
            runs[runs.count - 1].messages = last.messages.lowerBound..<(message.number + 1)
        } else {
            let text = String(decoding: message.bytes.prefix(400), as: UTF8.self)
            runs.append(Run(messages: message.number..<(message.number + 1), reason: text))
        }
    }
}
