public import Market

/// One imported source.
public struct LedgerEntry: Sendable {
    /// Number of the import in its stream.
    public let id: Int
    /// The `--date` it was imported with; another date is another source.
    public let date: TradingDay?
    /// How it was split into payloads.
    public let layout: String
    /// Where its messages are, in order per day.
    public internal(set) var ranges: [LedgerRange]
    /// What its bytes were; nil where the import did not end.
    public internal(set) var digest: SourceDigest?
}

/// Consecutive messages of one day.
public struct LedgerRange: Sendable, Hashable, CustomStringConvertible {
    /// The day.
    public let day: TradingDay
    /// The first message's number.
    public let first: UInt64
    /// The number behind the last one.
    public var end: UInt64

    init(day: TradingDay, first: UInt64, end: UInt64) {
        self.day = day
        self.first = first
        self.end = end
    }

    /// Parses `YYYY-MM-DD:first-end`.
    init?(_ text: String) {
        let parts = text.split(separator: ":")
        let numbers = parts.last?.split(separator: "-") ?? []
        guard parts.count == 2, numbers.count == 2, let day = TradingDay(parts[0]),
            let first = UInt64(numbers[0]), let end = UInt64(numbers[1])
        else { return nil }
        self.init(day: day, first: first, end: end)
    }

    /// `YYYY-MM-DD:first-end`.
    public var description: String { "\(day):\(first)-\(end)" }

    /// The ranges by day and number, empty ones dropped, touching ones joined.
    static func merged(_ ranges: [LedgerRange]) -> [LedgerRange] {
        var result: [LedgerRange] = []
        for range in ranges.sorted(by: { ($0.day, $0.first) < ($1.day, $1.first) })
        where range.first < range.end {
            if let last = result.last, last.day == range.day, last.end == range.first {
                result[result.count - 1].end = range.end
            } else {
                result.append(range)
            }
        }
        return result
    }
}

/// The decompressed bytes of a source, up to the end of an import.
public struct SourceDigest: Sendable, Hashable {
    /// Bytes.
    public let size: Int64
    /// CRC-32C of them: the quick comparison.
    public let crc: UInt32
    /// SHA-256 of them in hexadecimal: the certain one.
    public let sha256: String
    /// Payloads in them.
    public let messages: Int
    /// Where the last payload begins if no LF ends it, so that it may grow; else -1.
    public let openPayloadStart: Int64

    /// All parts.
    public init(size: Int64, crc: UInt32, sha256: String, messages: Int, openPayloadStart: Int64) {
        self.size = size
        self.crc = crc
        self.sha256 = sha256
        self.messages = messages
        self.openPayloadStart = openPayloadStart
    }

    init?(words: ArraySlice<Substring>) {
        let list = Array(words)
        guard list.count == 5, let size = Int64(list[0]), let crc = UInt32(list[1], radix: 16),
            let messages = Int(list[3]), let open = Int64(list[4])
        else { return nil }
        self.init(size: size, crc: crc, sha256: String(list[2]), messages: messages, openPayloadStart: open)
    }

    var words: String { "\(size) \(String(crc, radix: 16)) \(sha256) \(messages) \(openPayloadStart)" }
}
