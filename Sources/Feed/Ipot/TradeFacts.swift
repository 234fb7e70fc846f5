internal import Columns
internal import Market

/// What the trades of one minute of a block were, for coverage (PROJECTIONS §6): made when the block is
/// encoded, so that no cold column has to be read for it.
public struct TradeFacts: Equatable, Sendable {
    /// Minute of the WIB day.
    public var minute: Int
    /// Trades of the regular, cash and negotiated boards; each came in a message of its own.
    public var regular: UInt64 = 0
    /// Trades of the cash board.
    public var cash: UInt64 = 0
    /// Trades of the negotiated board.
    public var negotiated: UInt64 = 0
    /// Lowest sequence number; 0 where the layout has none.
    public var firstSequence: UInt64 = 0
    /// Highest sequence number; 0 where the layout has none.
    public var lastSequence: UInt64 = 0

    /// Trades of all boards, which is also how many messages and, in layouts with numbers, sequences.
    public var trades: UInt64 { regular &+ cash &+ negotiated }

    init(minute: Int) { self.minute = minute }
}

/// The column of facts: per minute with trades, by rising minute, seven varints.
enum FactColumn {
    static func encode(_ block: borrowing GroupedTrades, hasSequences: Bool, to list: inout ColumnList) {
        var minutes: [TradeFacts] = (0..<1440).map { TradeFacts(minute: $0) }
        for arrival in 0..<block.tradeCount {
            let record = block.records + arrival
            let minute = Int(record.pointee.second / 60)
            if hasSequences {
                let sequence = record.pointee.sequence
                let isFirst = minutes[minute].trades == 0
                if isFirst || sequence < minutes[minute].firstSequence {
                    minutes[minute].firstSequence = sequence
                }
                if sequence > minutes[minute].lastSequence { minutes[minute].lastSequence = sequence }
            }
            switch block.entries[Int(record.pointee.entry)].board {
            case .regular: minutes[minute].regular &+= 1
            case .cash: minutes[minute].cash &+= 1
            case .negotiated: minutes[minute].negotiated &+= 1
            }
        }
        var sink = ByteSink(capacity: 1024)
        var last = TradeFacts(minute: 0)
        for row in minutes where row.trades > 0 {
            sink.append(UInt64(row.minute - last.minute))
            for value in [row.regular, row.cash, row.negotiated] { sink.append(value) }
            sink.appendSigned(Int64(bitPattern: row.firstSequence &- last.lastSequence))
            sink.append(row.lastSequence &- row.firstSequence)
            last = row
        }
        list.add(TradeColumnID.facts, .strong, sink.array)
    }

    /// The rows; nil where the column is damaged.
    static func decode(_ columns: ColumnSet) -> [TradeFacts]? {
        var reader = VarintReader(columns[TradeColumnID.facts])
        var rows: [TradeFacts] = []
        var last = TradeFacts(minute: 0)
        while !reader.isAtEnd {
            let step = reader.next()
            guard step < 1440, rows.isEmpty || step > 0 else { return nil }
            var row = TradeFacts(minute: last.minute + Int(step))
            row.regular = reader.next()
            row.cash = reader.next()
            row.negotiated = reader.next()
            row.firstSequence = last.lastSequence &+ UInt64(bitPattern: reader.nextSigned())
            row.lastSequence = row.firstSequence &+ reader.next()
            guard !reader.failed, row.minute < 1440 else { return nil }
            rows.append(row)
            last = row
        }
        return rows
    }
}
