extension MarketRules {
    /// The ladder that a symbol's prices of a day stand on: that of ``ladder(of:on:)``, or steps of a rupiah where
    /// one of the prices is off it, as of a fund that no row of data names.
    ///
    /// - Parameter prices: In the stream's own scale.
    /// - Returns: Nil for other markets, and for prices that are not whole rupiah or not positive: no ladder is
    ///   known for them.
    public func ladder(
        of symbol: Symbol, on day: TradingDay, market: String, priceScale: DecimalScale,
        prices: some Sequence<Int64>
    ) -> TickLadder? {
        guard market == "idx", priceScale == .whole else { return nil }
        var ladder = ladder(of: symbol, on: day)
        for price in prices {
            guard price > 0 else { return nil }
            if !ladder.contains(price) { ladder = .unit }
        }
        return ladder
    }
}
