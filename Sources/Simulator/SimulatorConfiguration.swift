public import Market

/// What a simulated market looks like. Equal configurations give equal bytes on every machine.
public struct SimulatorConfiguration: Sendable {
    /// Number of listed instruments, 1 ... 2000.
    public var symbolCount: Int
    /// Seed of every random draw.
    public var seed: UInt64
    /// First calendar day; weekends and holidays are skipped.
    public var firstDay: TradingDay
    /// Trades a day over the whole market, met within 10 %; nil for ``tradesPerSymbol`` a symbol.
    public var tradesPerDay: Int?
    /// Seconds between two book messages of a symbol; 0 for no books.
    public var bookIntervalSeconds: Int

    /// Trades a day and symbol where no number is asked for: 820 symbols make 2.5 million, the day
    /// that `PERFORMANCE` measures.
    public static let tradesPerSymbol = 3050

    /// A configuration; every argument has a default.
    public init(
        symbolCount: Int = 60, seed: UInt64 = 1,
        firstDay: TradingDay = TradingDay(year: 2026, month: 1, day: 2)!, tradesPerDay: Int? = nil,
        bookIntervalSeconds: Int = 60
    ) {
        self.symbolCount = symbolCount
        self.seed = seed
        self.firstDay = firstDay
        self.tradesPerDay = tradesPerDay
        self.bookIntervalSeconds = bookIntervalSeconds
    }
}
