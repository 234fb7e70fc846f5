internal import Columns
internal import Market
internal import Tape

/// Compares payloads, day by day, with ranges of messages on the tape.
struct TapeComparison {
    private let tape: Tape
    private let stream: StreamName
    private let ranges: [TradingDay: [LedgerRange]]
    private var days: [TradingDay: DayReading] = [:]
    private var left: UInt64

    /// How many messages of each day the ranges hold, a last one that has grown since left out.
    private(set) var counts: [TradingDay: UInt64]
    /// The last message, where the source has it in a longer form: it was cut off, or has grown.
    private(set) var grown: MessagePlace?

    /// - Parameter retired: Days that retention has removed, of which nothing can be compared: a payload of
    ///   theirs is accepted and counted as none.
    init(tape: Tape, stream: StreamName, ranges: [LedgerRange], retired: Set<TradingDay>) {
        self.tape = tape
        self.stream = stream
        self.ranges = Dictionary(grouping: ranges.filter { !retired.contains($0.day) }, by: \.day)
        counts = self.ranges.mapValues { $0.reduce(0) { $0 + ($1.end - $1.first) } }
        left = counts.values.reduce(0, +)
    }

    /// Whether every message of the ranges has been matched.
    var isComplete: Bool { left == 0 }

    /// Whether the payload is the next message of its day; one behind the day's last range is accepted.
    mutating func accepts(_ payload: UnsafeRawBufferPointer, _ day: TradingDay) throws(TapeError) -> Bool {
        guard let ranges = ranges[day] else { return true }
        if days[day] == nil { days[day] = DayReading(tape: tape, stream: stream, ranges: ranges) }
        guard let message = try days[day]!.next() else { return true }
        left -= 1
        // A gap stands for a message that was there: the source's is taken for it.
        if message.isGap { return true }
        if message.payloadSize == payload.count, message.bytes.elementsEqual(payload) { return true }
        guard left == 0, payload.count > message.payloadSize, payload.starts(with: message.bytes) else {
            return false
        }
        grown = MessagePlace(day: day, number: message.number)
        counts[day]! -= 1
        return true
    }

    /// The messages of one day's ranges.
    private final class DayReading {
        private let tape: Tape
        private let stream: StreamName
        private var ranges: ArraySlice<LedgerRange>
        private var cursor: DayCursor?
        private var batch: UnsafeBufferPointer<RawMessage>?
        private var index = 0

        init(tape: Tape, stream: StreamName, ranges: [LedgerRange]) {
            self.tape = tape
            self.stream = stream
            self.ranges = ranges[...]
        }

        func next() throws(TapeError) -> RawMessage? {
            while true {
                if let batch, index < batch.count {
                    index += 1
                    return batch[index - 1]
                }
                if let cursor, let more = try cursor.next() {
                    batch = more
                    index = 0
                    continue
                }
                guard let range = ranges.popFirst() else {
                    cursor = nil
                    batch = nil
                    return nil
                }
                cursor = try DayCursor(
                    tape: tape, stream: stream, day: range.day, wanted: range.first..<range.end)
                batch = nil
            }
        }
    }
}
