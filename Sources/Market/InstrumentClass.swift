/// What an instrument is to the rules of auto rejection.
public enum InstrumentClass: UInt8, Sendable {
    /// A share of the main, development or new-economy board.
    case share = 0
    /// A share under special monitoring (full call auction).
    case watchlist = 1
    /// A warrant or structured warrant.
    case warrant = 2
}
