/// Order-flow imbalance (R. Cont, A. Kukanov, S. Stoikov, "The price impact of order book events", Journal of
/// Financial Econometrics 12(1), 2014, equation 4): what the n-th event adds to demand at the best prices,
///
///     e = q(bid, n)·[P(bid, n) ≥ P(bid, n-1)] - q(bid, n-1)·[P(bid, n) ≤ P(bid, n-1)]
///       - q(ask, n)·[P(ask, n) ≤ P(ask, n-1)] + q(ask, n-1)·[P(ask, n) ≥ P(ask, n-1)]
///
/// A side that is empty has no lots, at a price that every other improves.
enum OrderFlowImbalance {
    /// e of one event, in units of quantity.
    static func change(
        bid: (before: BookQuote?, after: BookQuote?), offer: (before: BookQuote?, after: BookQuote?)
    ) -> Int128 {
        flow(bid.before, bid.after, sign: 1) - flow(offer.before, offer.after, sign: -1)
    }

    /// What one side's best level gained; prices times `sign` rise as they improve.
    private static func flow(_ before: BookQuote?, _ after: BookQuote?, sign: Int64) -> Int128 {
        guard let after else { return -Int128(before?.lots ?? 0) }
        guard let before else { return Int128(after.lots) }
        let (old, new) = (before.price &* sign, after.price &* sign)
        return (new >= old ? Int128(after.lots) : 0) - (new <= old ? Int128(before.lots) : 0)
    }
}
