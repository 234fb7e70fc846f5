internal import Columns

/// What one stream brought in one minute (PROJECTIONS §6). Coverage is joined to answers on read and has no
/// digest: a capture and an import of the same trades differ in it.
public struct CoverageMinute: Equatable, Sendable {
    /// Minute of the WIB day by event time, 0 ... 1,439; ``timeless`` for messages without an event time.
    public var minute: Int
    /// Messages; one that holds several records counts in the minute of its first.
    public var messages: UInt64 = 0
    /// Decoded trades of all boards, duplicates and conflicts left out.
    public var trades: UInt64 = 0
    /// Trades that were dropped because their sequence had been seen with the same content.
    public var duplicates: UInt64 = 0
    /// Trades that were dropped because their sequence had been seen with other content.
    public var conflicts: UInt64 = 0
    /// Trades whose time lay more than 60 s after their receipt; not folded.
    public var stale: UInt64 = 0
    /// Trades of the cash and negotiated boards; kept, not in footprints.
    public var otherBoard: UInt64 = 0
    /// Messages and records that could not be decoded.
    public var undecodable: UInt64 = 0
    /// Messages that hold no trades: broker summaries, book messages, table headers.
    public var other: UInt64 = 0
    /// Trades that carry an exchange sequence; each sequence once.
    public var sequences: UInt64 = 0
    /// Lowest sequence; 0 where there is none.
    public var firstSequence: UInt64 = 0
    /// Highest sequence; 0 where there is none.
    public var lastSequence: UInt64 = 0

    /// The minute of messages that have no event time.
    public static let timeless = 1440

    /// A minute in which nothing came.
    public init(minute: Int) { self.minute = minute }

    /// Adds the counts of another stretch; the sequence span becomes that of both.
    public mutating func add(_ other: CoverageMinute) {
        messages &+= other.messages
        trades &+= other.trades
        duplicates &+= other.duplicates
        conflicts &+= other.conflicts
        stale &+= other.stale
        otherBoard &+= other.otherBoard
        undecodable &+= other.undecodable
        self.other &+= other.other
        if other.sequences > 0 {
            firstSequence = sequences == 0 ? other.firstSequence : min(firstSequence, other.firstSequence)
            lastSequence = max(lastSequence, other.lastSequence)
        }
        sequences &+= other.sequences
    }
}

/// The stored form of a day's coverage: per minute the step from the minute before and eleven varints.
public enum CoverageCode {
    /// Packs minutes that stand by rising minute.
    public static func pack(_ minutes: [CoverageMinute]) -> [UInt8] {
        var bytes: [UInt8] = []
        var last = 0
        for row in minutes {
            Varint.append(UInt64(row.minute - last), to: &bytes)
            last = row.minute
            for value in [
                row.messages, row.trades, row.duplicates, row.conflicts, row.stale, row.otherBoard,
                row.undecodable, row.other, row.sequences, row.firstSequence,
                row.lastSequence &- row.firstSequence,
            ] { Varint.append(value, to: &bytes) }
        }
        return bytes
    }

    /// The minutes of a pack; nil where the bytes are none.
    public static func unpack(_ bytes: UnsafeRawBufferPointer) -> [CoverageMinute]? {
        var reader = VarintReader(bytes)
        var minutes: [CoverageMinute] = []
        var last: UInt64 = 0
        while !reader.isAtEnd {
            last += min(reader.next(), 1441)
            var row = CoverageMinute(minute: Int(last))
            row.messages = reader.next()
            row.trades = reader.next()
            row.duplicates = reader.next()
            row.conflicts = reader.next()
            row.stale = reader.next()
            row.otherBoard = reader.next()
            row.undecodable = reader.next()
            row.other = reader.next()
            row.sequences = reader.next()
            row.firstSequence = reader.next()
            row.lastSequence = row.firstSequence &+ reader.next()
            guard !reader.failed, last <= UInt64(CoverageMinute.timeless) else { return nil }
            minutes.append(row)
        }
        return reader.failed ? nil : minutes
    }
}
