extension TickLadder {
    /// The ladder of a symbol on a day, by the prices that it traded at: the regular board's, or, where one of
    /// them is off it, that of exchange-traded funds and structured warrants, since no master names those yet.
    ///
    /// - Parameter prices: In the stream's own scale.
    /// - Returns: Nil for other markets, and for prices that are not whole rupiah or not positive: no ladder is
    ///   known for them.
    public static func of(market: String, priceScale: DecimalScale, prices: some Sequence<Int64>)
        -> TickLadder?
    {
        guard market == "idx", priceScale == .whole else { return nil }
        var ladder = TickLadder.idx
        for price in prices {
            guard price > 0 else { return nil }
            if !ladder.contains(price) { ladder = .unit }
        }
        return ladder
    }
}
