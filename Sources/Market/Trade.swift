/// Who crossed the spread: the aggressor of a trade.
public enum Side: UInt8, Sendable {
    /// A buyer lifted the offer.
    case buy = 0
    /// A seller hit the bid.
    case sell = 1
    /// Not known: an auction print, or a side that the layout does not name.
    case unknown = 2
}

/// The exchange's boards (PROTOCOLS §4.2). Only the regular board enters footprints.
public enum Board: UInt8, Sendable {
    /// `RG`: the regular market, order-driven.
    case regular = 0
    /// `TN`: the cash market.
    case cash = 1
    /// `NG`: negotiated trades.
    case negotiated = 2
}

/// What became of a trade before it reached the projections.
public enum TradeStatus: UInt8, Sendable {
    /// Folded.
    case fresh = 0
    /// Same exchange sequence and content as an earlier trade: counted, not folded.
    case duplicate = 1
    /// Same exchange sequence as an earlier trade, other content: counted, the first is kept.
    case conflict = 2
    /// Its time lies more than 60 s after its receipt: counted, not folded (PROJECTIONS "Time").
    case stale = 3
}

/// One decoded trade. Prices and quantities are integers in the stream's own decimal scale.
public struct Trade: Sendable {
    /// Price × 10^(the stream's price scale).
    public var price: Int64
    /// Quantity × 10^(the stream's quantity scale); IDX: lots.
    public var quantity: Int64
    /// The exchange's trade number, or ``Trade/noSequence`` where the layout has none.
    public var sequence: UInt64
    /// Number of the message on the tape that carried the trade.
    public var messageNumber: UInt64
    /// Index of the symbol in the ``SymbolTable`` of the same decode.
    public var symbol: UInt32
    /// Exchange time: seconds since 00:00:00 WIB of the trading day, 0 ... 86,399.
    public var second: UInt32
    /// Index of the trade within its message.
    public var recordIndex: UInt16
    /// Aggressor side.
    public var side: Side
    /// Board.
    public var board: Board
    /// Set by the gate in front of the projections.
    public var status: TradeStatus

    /// "The layout has no sequence number."
    public static let noSequence = UInt64.max

    /// A trade; `status` starts as fresh.
    @inlinable
    public init(
        price: Int64, quantity: Int64, sequence: UInt64, messageNumber: UInt64, symbol: UInt32,
        second: UInt32, recordIndex: UInt16, side: Side, board: Board
    ) {
        self.price = price
        self.quantity = quantity
        self.sequence = sequence
        self.messageNumber = messageNumber
        self.symbol = symbol
        self.second = second
        self.recordIndex = recordIndex
        self.side = side
        self.board = board
        self.status = .fresh
    }
}
