/// What an instrument is to the rules of ticks and auto rejection.
public enum InstrumentClass: UInt8, Sendable, CaseIterable {
    /// A share of the main, development or new-economy board.
    case share = 0
    /// A share under special monitoring (full call auction), and one of the acceleration board.
    case watchlist = 1
    /// A warrant or structured warrant.
    case warrant = 2
    /// An exchange-traded fund or a real-estate fund (DIRE): a share's limits, its own ticks.
    case fund = 3
    /// An infrastructure fund (DINFRA).
    case infrastructureFund = 4
    /// A right to subscribe; no limits are known for it.
    case right = 5

    /// The name in files of market data.
    public var name: String {
        switch self {
        case .share: "share"
        case .watchlist: "watchlist"
        case .warrant: "warrant"
        case .fund: "fund"
        case .infrastructureFund: "infrastructure_fund"
        case .right: "right"
        }
    }

    /// The class of a name.
    public init?(name: String) {
        guard let found = InstrumentClass.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }
}
