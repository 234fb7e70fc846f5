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

    /// The entry without one of its messages: one that was a source's last and has grown since, so that it is
    /// another message now.
    public func excluding(_ place: MessagePlace) -> LedgerEntry {
        var entry = self
        entry.ranges = LedgerRange.merged(
            ranges.flatMap { range -> [LedgerRange] in
                guard range.day == place.day, range.first <= place.number, place.number < range.end else {
                    return [range]
                }
                return [
                    LedgerRange(day: range.day, first: range.first, end: place.number),
                    LedgerRange(day: range.day, first: place.number + 1, end: range.end),
                ]
            })
        return entry
    }
}

/// The place of a message in a stream.
public struct MessagePlace: Sendable, Hashable {
    /// The day.
    public let day: TradingDay
    /// The number in it.
    public let number: UInt64

    /// A place.
    public init(day: TradingDay, number: UInt64) {
        self.day = day
        self.number = number
    }
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
            let first = UInt64(numbers[0]), let end = UInt64(numbers[1]), first <= end
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
    /// Where the last message is, if it would have gone on with more bytes of the source; else nil.
    public let openMessage: MessagePlace?

    /// All parts.
    public init(size: Int64, crc: UInt32, sha256: String, messages: Int, openMessage: MessagePlace?) {
        self.size = size
        self.crc = crc
        self.sha256 = sha256
        self.messages = messages
        self.openMessage = openMessage
    }

    init?(words: ArraySlice<Substring>) {
        let list = Array(words)
        guard list.count == 5, let size = Int64(list[0]), let crc = UInt32(list[1], radix: 16),
            let messages = Int(list[3])
        else { return nil }
        var open: MessagePlace?
        if list[4] != "-" {
            let parts = list[4].split(separator: ":")
            guard parts.count == 2, let day = TradingDay(parts[0]), let number = UInt64(parts[1]) else {
                return nil
            }
            open = MessagePlace(day: day, number: number)
        }
        self.init(size: size, crc: crc, sha256: String(list[2]), messages: messages, openMessage: open)
    }

    var words: String {
        let open = openMessage.map { "\($0.day):\($0.number)" } ?? "-"
        return "\(size) \(String(crc, radix: 16)) \(sha256) \(messages) \(open)"
    }
}
