extension BrokerSummary {
    /// Whether it is about one day.
    public var isOfOneDay: Bool { lastDay.map { $0 == day } ?? true }

    /// The flaws of the text and those that the figures show, each held to the rounding of the figures as they
    /// were written: what `3.18e+10` leaves open, a sum may miss.
    ///
    /// - Complexity: O(rows).
    public var checked: Flaws {
        var found = flaws
        var buy = Sum()
        var sell = Sum()
        for row in rows {
            if let side = row.buy { buy.add(side) }
            if let side = row.sell { sell.add(side) }
            for side in [row.buy, row.sell] where side?.fitsAverage == false { found.insert(.averages) }
        }
        if !buy.value.equals(sell.value) { found.insert(.values) }
        if !buy.lots.equals(sell.lots) { found.insert(.lots) }
        if let total, !total.fits(buy) { found.insert(.total) }
        if board == .unnamed { found.insert(.board) }
        if investor == .unnamed { found.insert(.investor) }
        return found
    }

    /// A sum of figures and of their units: fewer than 2^64 figures of 60 bits.
    fileprivate struct Amount {
        var value: UInt128 = 0
        var unit: UInt128 = 0

        mutating func add(_ figure: Figure) {
            value += UInt128(figure.value)
            unit += UInt128(figure.unit)
        }

        /// Rounding moves each figure by at most half its unit; truncation by less than a unit.
        func equals(_ other: Amount) -> Bool { distance(value, other.value) <= unit + other.unit }
    }

    fileprivate struct Sum {
        var value = Amount()
        var lots = Amount()

        mutating func add(_ side: Side) {
            value.add(side.value)
            lots.add(side.lots)
        }
    }
}

extension BrokerSummary.Side {
    /// Whether average × shares is the value; nil without an average. Products stay below 2 · 10^38.
    fileprivate var fitsAverage: Bool? {
        guard let average else { return nil }
        let one = UInt128(BrokerSummary.one)
        let shares = UInt128(lots.value) * UInt128(BrokerSummary.lotShares)
        let sharesUnit = UInt128(lots.unit) * UInt128(BrokerSummary.lotShares)
        let slack =
            shares * UInt128(average.unit) + sharesUnit * UInt128(average.value) + UInt128(value.unit) * one
        return distance(UInt128(average.value) * shares, UInt128(value.value) * one) <= slack
    }
}

extension BrokerSummary.Total {
    /// Whether it is what was bought. Documents count odd lots here and not in the rows: a lot per row is open.
    fileprivate func fits(_ bought: BrokerSummary.Sum) -> Bool {
        let lotShares = UInt128(BrokerSummary.lotShares)
        return distance(UInt128(value.value), bought.value.value) <= bought.value.unit + UInt128(value.unit)
            && distance(UInt128(shares.value), bought.lots.value * lotShares)
                <= bought.lots.unit * lotShares + UInt128(shares.unit)
    }
}

private func distance(_ left: UInt128, _ right: UInt128) -> UInt128 {
    left > right ? left - right : right - left
}
