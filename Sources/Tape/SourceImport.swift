public import Columns
public import Market

/// Appends one source's messages through a writer and keeps the ledger, so that after any crash the same
/// source can be given again and only the rest of it is appended.
///
/// Before the first message of a day is written, the day and its next number stand durably in the ledger;
/// since the stream has one writer, whatever the day holds from there on is the source's.
public final class SourceImport {
    private let writer: TapeWriter
    private let id: Int
    private var ranges: [LedgerRange]
    private var dayStarts: [TradingDay: UInt64] = [:]
    private var beginLine: String?

    /// Begins or continues a source.
    /// - Parameter continuing: The ledger entry whose messages the source begins with, if any.
    public init(writer: TapeWriter, date: TradingDay?, layout: String, continuing entry: LedgerEntry?) {
        self.writer = writer
        (id, beginLine) = writer.ledger.begin(date: date, layout: layout, continuing: entry)
        ranges = entry?.ranges ?? []
    }

    /// Appends a message of the source to a day; returns its number.
    @discardableResult
    public func append(_ message: RawMessage, to day: TradingDay) throws(TapeError) -> UInt64 {
        if dayStarts[day] == nil {
            let first = try writer.nextNumber(of: day)
            if let line = beginLine {
                writer.addLedgerLine(line)
                beginLine = nil
            }
            writer.addLedgerLine("range \(id) \(day) \(first)")
            dayStarts[day] = first
        }
        return try writer.append(message, to: day)
    }

    /// Ends the source, once every message has been taken in a group: the line that says so must not become
    /// durable before they are. It is durable with the next group.
    public func end(_ digest: SourceDigest) throws(TapeError) {
        precondition(writer.pendingCount == 0, "ended a source before its last group was taken")
        if let line = beginLine { writer.addLedgerLine(line) }
        beginLine = nil
        for day in dayStarts.keys.sorted() {
            let end = try writer.nextNumber(of: day)
            ranges.append(LedgerRange(day: day, first: dayStarts[day]!, end: end))
        }
        let words = LedgerRange.merged(ranges).map { " \($0)" }.joined()
        writer.addLedgerLine("end \(id) \(digest.words)\(words)")
    }
}
