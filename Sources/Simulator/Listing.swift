import Market

/// One instrument of the simulated market.
struct Listing {
    let symbol: Symbol
    let instruments: InstrumentClass
    /// Share of the market's trades, relative to the other listings.
    let weight: UInt64
    /// The close before the first day.
    let firstClose: Int64
    /// Standard deviation of a day's price change, in hundredths of a percent.
    let volatility: Int64
    /// Brokers that carry an unusual share of this instrument's orders.
    let favourites: (UInt8, UInt8, UInt8)

    /// The market's listings, most active first: trades fall with rank like 1 / (rank + 5.8), so that
    /// 820 listings give the first one 3.4 % (PERFORMANCE §1).
    static func table(count: Int, brokerCount: Int, random: inout RandomSource) -> [Listing] {
        var listings: [Listing] = []
        var shares: [[UInt8]] = []
        for rank in 0..<count {
            let instruments: InstrumentClass = isWarrant(rank: rank, of: count) ? .warrant : .share
            var code: [UInt8]
            var symbol: Symbol
            // Codes are drawn until one is new; far more exist than a market may list.
            repeat {
                code =
                    instruments == .warrant
                    ? ListingCode.warrant(
                        on: shares[random.below(shares.count)], isStructured: rank % 17 != 9,
                        random: &random)
                    : ListingCode.share(number: shares.count, random: &random)
                symbol = Symbol(String(decoding: code, as: UTF8.self))!
            } while listings.contains { $0.symbol == symbol }
            if instruments == .share { shares.append(code) }
            listings.append(
                Listing(
                    symbol: symbol, instruments: instruments,
                    weight: 100_000_000 / UInt64(10 * rank + 58),
                    firstClose: firstClose(instruments, random: &random),
                    volatility: Int64(
                        instruments == .warrant ? random.within(400...700) : random.within(130...330)),
                    favourites: (
                        UInt8(random.below(brokerCount)), UInt8(random.below(brokerCount)),
                        UInt8(random.below(brokerCount))
                    )))
        }
        return listings
    }

    /// Warrants stand among the less active listings: about one in five, as structured warrants did
    /// among the codes of the real sample.
    private static func isWarrant(rank: Int, of count: Int) -> Bool {
        rank * 5 >= count * 2 && rank >= 4 && (rank % 6 == 5 || rank % 17 == 9)
    }

    private static func firstClose(_ instruments: InstrumentClass, random: inout RandomSource) -> Int64 {
        let range: ClosedRange<Int>
        switch (instruments, random.below(100)) {
        case (.warrant, 0..<70): range = 5...90
        case (.warrant, _): range = 90...400
        case (_, 0..<40): range = 55...199
        case (_, 40..<70): range = 200...499
        case (_, 70..<87): range = 500...1999
        case (_, 87..<95): range = 2000...4999
        case (_, 95..<99): range = 5000...15_000
        default: range = 15_000...42_000
        }
        return TickLadder.idx.roundedDown(Int64(random.within(range)))!
    }
}
