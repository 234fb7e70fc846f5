public import Columns

/// What a block of trades holds, told by four small columns: enough to pass over it.
public struct TradeBlockOutline {
    /// Trades in the block, the verbatim messages' left out.
    public let tradeCount: Int
    /// Messages kept verbatim.
    public let verbatimCount: Int
    /// The lines' own date as YYYYMMDD; 0 where the layout has none, and the tape's day holds.
    public let date: UInt32
    /// Sequence numbers of the first and the last trade, which rise strictly from trade to trade; nil where
    /// the layout has none or the block no trades.
    public let sequences: ClosedRange<UInt64>?
    /// What the trades of each minute were, by rising minute, those of verbatim messages left out.
    public let minutes: [TradeFacts]
    /// The messages kept verbatim: views into the columns.
    public let verbatim: VerbatimMessages

    /// The columns that it is made of.
    public static let columns: Set<UInt8> = [
        TradeColumnID.header, TradeColumnID.facts, TradeColumnID.exceptionPlaces,
        TradeColumnID.exceptionBytes,
    ]

    /// Nil where the columns are damaged or of another codec.
    public init?(_ columns: ColumnSet, codec: CodecID, messageCount: Int) {
        guard codec == .twentyField || codec == .sixField,
            let header = TradeBlockHeader(columns, messageCount: messageCount),
            let minutes = FactColumn.decode(columns)
        else { return nil }
        let hasSequences = codec == .twentyField && header.tradeCount > 0
        if hasSequences, header.firstSequence > header.lastSequence { return nil }
        tradeCount = header.tradeCount
        verbatimCount = header.exceptionCount
        date = header.constants.date
        sequences = hasSequences ? header.firstSequence...header.lastSequence : nil
        self.minutes = minutes
        verbatim = VerbatimMessages(columns)
    }
}
