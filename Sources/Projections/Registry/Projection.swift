public import Market

/// Where a fold works: one market's feed on one day.
public struct FoldContext: Sendable {
    /// The market, such as `idx`.
    public let market: String
    /// The trading day.
    public let day: TradingDay
    /// Scale of prices.
    public let priceScale: DecimalScale
    /// Scale of quantities.
    public let quantityScale: DecimalScale
    /// Instruments in one unit of quantity.
    public let lotSize: UInt32
    /// Categories of brokers.
    public var brokers: BrokerTable

    /// A context.
    public init(
        market: String, day: TradingDay, priceScale: DecimalScale, quantityScale: DecimalScale,
        lotSize: UInt32, brokers: BrokerTable = BrokerTable()
    ) {
        self.market = market
        self.day = day
        self.priceScale = priceScale
        self.quantityScale = quantityScale
        self.lotSize = lotSize
        self.brokers = brokers
    }
}

/// A row of a projection, stored under (projection, day, market, symbol, key).
public struct ProjectedRow: Sendable, Equatable {
    /// The symbol.
    public var symbol: Symbol
    /// What tells the symbol's rows of the day apart, in the order of its bytes; at most 64.
    public var key: [UInt8]
    /// The row in its canonical form: key and value are what the digest covers.
    public var value: [UInt8]
    /// What is stored beside and differs between a capture and an import of the same messages: positions, receive
    /// times, repeats (PROJECTIONS "Digest").
    public var extra: [UInt8]

    /// Bytes of a key at most.
    public static let keySizeMax = 64

    /// A row.
    public init(symbol: Symbol, key: [UInt8], value: [UInt8], extra: [UInt8] = []) {
        precondition(key.count <= ProjectedRow.keySizeMax)
        self.symbol = symbol
        self.key = key
        self.value = value
        self.extra = extra
    }
}

/// A pure fold of one stream's day: `(state, event) → state`, then rows (PROJECTIONS). Made anew for each day and
/// used on one thread; it must not know time, randomness or another day, nor iterate over what has no order.
///
/// A type takes part in replay, freshness, digests and `jejak digest` by one line in ``ProjectionRegistry``.
public protocol DayFold: AnyObject, SendableMetatype {
    /// Name and version.
    static var id: ProjectionID { get }
    /// Contents of the streams whose feed it reads: `trades`, `broksum`, `book`.
    static var contents: Set<String> { get }

    /// What its rows rest on beside the messages; stored with them, so that rows made with something else are known
    /// to be stale.
    static func parameters(_ registry: ProjectionRegistry) -> String

    /// A fold of one day.
    init(_ context: FoldContext)
    /// Folds trades in tape order; those that the gate has not left ``TradeStatus/fresh`` are there too.
    /// - Parameter symbols: By the numbers that trades carry.
    func fold(_ trades: UnsafeBufferPointer<Trade>, _ symbols: borrowing SymbolTable)
    /// Folds what a message says of an order book; messages come in tape order.
    func fold(_ book: BookUpdate, _ origin: MessageOrigin)
    /// Folds a broker summary of the day.
    func fold(_ summary: BrokerSummary, _ origin: MessageOrigin)
    /// The day's rows, in any order; no key twice in a symbol.
    func rows() -> [ProjectedRow]
}

extension DayFold {
    /// Nothing.
    public static func parameters(_ registry: ProjectionRegistry) -> String { "" }
    /// Ignores trades.
    public func fold(_ trades: UnsafeBufferPointer<Trade>, _ symbols: borrowing SymbolTable) {}
    /// Ignores order books.
    public func fold(_ book: BookUpdate, _ origin: MessageOrigin) {}
    /// Ignores a broker summary.
    public func fold(_ summary: BrokerSummary, _ origin: MessageOrigin) {}
}

/// A pure fold over days: what a symbol's day comes to with its history. One is made for each market and replay,
/// and gets all days that the source has, from the first.
public protocol SeriesFold: AnyObject, SendableMetatype {
    /// Name and version.
    static var id: ProjectionID { get }
    /// The day fold whose rows it reads.
    static var source: ProjectionID { get }
    /// What its rows rest on beside those of its source, as of a day fold.
    static func parameters(_ registry: ProjectionRegistry) -> String

    /// A fold of a market's days.
    init(market: String)
    /// The same, for one that goes by the registry's dated data.
    init(market: String, registry: ProjectionRegistry)
    /// Folds the next day.
    /// - Parameter rows: The source's rows, by symbol, then key.
    /// - Returns: The day's rows, in any order.
    func fold(day: TradingDay, _ rows: [ProjectedRow]) -> [ProjectedRow]
}

extension SeriesFold {
    /// Nothing.
    public static func parameters(_ registry: ProjectionRegistry) -> String { "" }
    /// Goes by its rows alone.
    public init(market: String, registry: ProjectionRegistry) { self.init(market: market) }
}
