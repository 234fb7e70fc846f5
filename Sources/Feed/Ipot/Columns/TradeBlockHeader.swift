internal import Columns
internal import Market

/// The first column of a trade block.
struct TradeBlockHeader {
    var tradeCount = 0
    var exceptionCount = 0
    var entryCount = 0
    var constants = TradeConstants()
    /// Sequence numbers of the first and the last trade; they rise strictly between.
    var firstSequence: UInt64 = 0
    var lastSequence: UInt64 = 0

    /// Raised when a column changes its meaning.
    static let version: UInt64 = 1

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        Varint.append(TradeBlockHeader.version, to: &bytes)
        for value in [tradeCount, exceptionCount, entryCount] { Varint.append(UInt64(value), to: &bytes) }
        Varint.append(constants.endsInCarriageReturn ? 1 : 0 as UInt64, to: &bytes)
        Varint.append(UInt64(constants.widthRule.rawValue), to: &bytes)
        Varint.append(UInt64(constants.date), to: &bytes)
        Varint.append(firstSequence, to: &bytes)
        Varint.append(lastSequence &- firstSequence, to: &bytes)
        return bytes
    }

    init() {}

    /// Reads a header; nil where the counts cannot be those of `messageCount` messages.
    init?(_ columns: ColumnSet, messageCount: Int) {
        var reader = VarintReader(columns[TradeColumnID.header])
        guard reader.next() == TradeBlockHeader.version else { return nil }
        let trades = reader.next()
        let exceptions = reader.next()
        let entries = reader.next()
        let flags = reader.next()
        let rule = reader.next()
        let date = reader.next()
        firstSequence = reader.next()
        lastSequence = firstSequence &+ reader.next()
        guard !reader.failed, reader.isAtEnd, messageCount >= 0, trades <= UInt64(messageCount),
            exceptions == UInt64(messageCount) - trades, entries <= trades, flags <= 1, rule <= 10,
            date <= 99_999_999, trades < 1 << 31
        else { return nil }
        tradeCount = Int(trades)
        exceptionCount = Int(exceptions)
        entryCount = Int(entries)
        constants.endsInCarriageReturn = flags == 1
        constants.widthRule = SequenceWidthRule(rawValue: UInt8(rule))
        constants.date = UInt32(date)
    }
}
