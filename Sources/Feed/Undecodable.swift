/// Why a message, or a record in it, could not be decoded. The message stays on the tape; the reason is
/// counted and listed with its position (PRODUCT "What bad input gets"). Numbers are stored: never reuse one.
public enum UndecodableReason: UInt8, Sendable, CaseIterable {
    /// No known layout begins like this.
    case unknownLayout = 1
    /// A pipe line with another number of fields than its layout has.
    case fieldCount = 2
    /// A time that is not HHMMSS.
    case time = 3
    /// A date that is not YYYYMMDD, or not the day it stands under.
    case date = 4
    /// A symbol that is empty, too long or not printable.
    case symbol = 5
    /// A board that is not RG, TN or NG.
    case board = 6
    /// A trade number that is not a number.
    case sequence = 7
    /// A price that is not a positive number.
    case price = 8
    /// A quantity that is not a positive number.
    case quantity = 9
    /// More digits behind the point than the stream's scale has; never rounded.
    case precision = 10
    /// Text that is not JSON.
    case json = 11
    /// An envelope without what it should carry, or of an unknown `fmt`.
    case envelope = 12
    /// A broker summary without date, symbol or rows.
    case brokerSummary = 13
    /// A table row whose columns are not what its header says.
    case row = 14
    /// An empty message.
    case empty = 15
    /// A wire frame with more records than a position can number.
    case recordCount = 16
    /// Damage cost the message, and a salvage has recorded that.
    case lost = 17

    /// What was expected, for people.
    public var explanation: String {
        switch self {
        case .unknownLayout: "no known layout begins like this"
        case .fieldCount: "wrong number of fields for its layout"
        case .time: "time is not HHMMSS"
        case .date: "date is not YYYYMMDD or not its tape day"
        case .symbol: "symbol is not 1 to 16 printable characters"
        case .board: "board is not RG, TN or NG"
        case .sequence: "trade number is not a number"
        case .price: "price is not a positive number"
        case .quantity: "quantity is not a positive number"
        case .precision: "more decimals than the stream's scale"
        case .json: "not whole JSON"
        case .envelope: "envelope without fmt, raw or known layout"
        case .brokerSummary: "broker summary without date, symbol or rows"
        case .row: "row does not fit its table"
        case .empty: "empty message"
        case .recordCount: "more than 65,536 records in a frame"
        case .lost: "lost by damage, as a salvage recorded"
        }
    }
}

/// A message that could not be decoded.
public struct Undecodable: Sendable, Equatable {
    /// Number of the message in its stream and day.
    public let messageNumber: UInt64
    /// Index of the record within the message.
    public let recordIndex: UInt16
    /// Why.
    public let reason: UndecodableReason

    /// An undecodable record.
    public init(messageNumber: UInt64, recordIndex: UInt16, reason: UndecodableReason) {
        self.messageNumber = messageNumber
        self.recordIndex = recordIndex
        self.reason = reason
    }
}
