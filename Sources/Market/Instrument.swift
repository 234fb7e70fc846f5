/// What is known of a symbol from a day on: a row of the dated master `instruments@1` (PROJECTIONS §8).
public struct Instrument: Hashable, Sendable {
    /// The legal kind.
    public enum Kind: String, Sendable, CaseIterable {
        /// An ordinary share.
        case share
        /// A preferred share.
        case preferred
        /// A warrant of the issuer, or a structured one of a broker.
        case warrant
        /// A right to subscribe.
        case right
        /// An exchange-traded fund.
        case etf
        /// A real-estate investment fund (DIRE).
        case reit
        /// An infrastructure investment fund (DINFRA).
        case infrastructureFund = "infrastructure_fund"
    }

    /// The listing board.
    public enum ListingBoard: String, Sendable, CaseIterable {
        /// The main board.
        case main
        /// The development board.
        case development
        /// The new-economy board.
        case newEconomy = "new_economy"
        /// The acceleration board, with the watchlist's limits.
        case acceleration
        /// Special monitoring: full call auction.
        case watchlist
    }

    /// Whether it trades.
    public enum Status: String, Sendable, CaseIterable {
        /// It trades.
        case listed
        /// Trading is suspended: no message is missing, none is expected.
        case suspended
        /// It is not listed any more.
        case delisted
    }

    /// The symbol.
    public let symbol: Symbol
    /// The first day on which the row holds.
    public let firstDay: TradingDay
    /// The kind.
    public let kind: Kind
    /// The board; nil where it is not known.
    public let board: ListingBoard?
    /// The status.
    public let status: Status
    /// The exchange's special notation, such as `X`; empty where there is none.
    public let notation: String
    /// What prices before ``firstDay`` are multiplied with to be compared with those from it on: a split of one share
    /// into five is 1/5. 1 without a corporate action.
    public let factor: PriceFactor
    /// Whether nobody said so: it follows from the code alone.
    public let isGuessed: Bool

    /// A row of data.
    public init(
        symbol: Symbol, firstDay: TradingDay, kind: Kind, board: ListingBoard? = nil,
        status: Status = .listed,
        notation: String = "", factor: PriceFactor = .one, isGuessed: Bool = false
    ) {
        self.symbol = symbol
        self.firstDay = firstDay
        self.kind = kind
        self.board = board
        self.status = status
        self.notation = notation
        self.factor = factor
        self.isGuessed = isGuessed
    }

    /// What rules of ticks and limits take it for.
    public var instrumentClass: InstrumentClass {
        switch kind {
        case .share, .preferred:
            board == .watchlist || board == .acceleration || notation.contains("X") ? .watchlist : .share
        case .warrant: .warrant
        case .right: .right
        case .etf, .reit: .fund
        case .infrastructureFund: .infrastructureFund
        }
    }

    /// What a code says of itself [inferred from 1,196 codes traded on one day, PROTOCOLS §4.2]: `-W` a warrant, `-R` a
    /// right, ten characters a structured warrant, four that begin with `X` a fund; everything else a share.
    public static func guessed(_ symbol: Symbol) -> Instrument {
        let code = Array(symbol.bytes)
        let kind: Kind
        if let dash = code.firstIndex(of: UInt8(ascii: "-")), dash + 1 < code.count {
            switch code[dash + 1] {
            case UInt8(ascii: "W"): kind = .warrant
            case UInt8(ascii: "R"): kind = .right
            case UInt8(ascii: "P"): kind = .preferred
            default: kind = .share
            }
        } else if code.count == 10 {
            kind = .warrant
        } else {
            kind = code.count == 4 && code[0] == UInt8(ascii: "X") ? .etf : .share
        }
        return Instrument(
            symbol: symbol, firstDay: TradingDay(daysSinceEpoch: 0), kind: kind, isGuessed: true)
    }
}

/// An exact ratio of two prices.
public struct PriceFactor: Hashable, Sendable {
    /// Above the line, positive.
    public let numerator: Int64
    /// Below the line, positive.
    public let denominator: Int64

    /// No change.
    public static let one = PriceFactor(numerator: 1, denominator: 1)!

    /// A ratio of numbers from 1 to a billion; nil for others.
    public init?(numerator: Int64, denominator: Int64) {
        let range: ClosedRange<Int64> = 1...1_000_000_000
        guard range.contains(numerator), range.contains(denominator) else { return nil }
        self.numerator = numerator
        self.denominator = denominator
    }

    /// A price times the factor, rounded half up.
    public func applied(to price: Int64) -> Int64 {
        let product = Int128(price) * Int128(numerator)
        return Int64(clamping: (2 * product + Int128(denominator)).floorDivided(by: 2 * Int128(denominator)))
    }
}

extension Int128 {
    /// The quotient, rounded down; the divisor is positive.
    fileprivate func floorDivided(by divisor: Int128) -> Int128 {
        let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? quotient - 1 : quotient
    }
}
