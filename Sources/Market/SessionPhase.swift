/// Where a second of the day lies in the exchange's schedule (PROTOCOLS §4.1).
public enum SessionPhase: UInt8, Sendable {
    /// Order collection and matching before the open.
    case preOpening = 0
    /// Continuous trading, morning or afternoon.
    case continuous = 1
    /// Pre-closing and the closing auction.
    case closingAuction = 2
    /// Trading at the closing price.
    case postClosing = 3
    /// No session of the regular board.
    case closed = 4
}
