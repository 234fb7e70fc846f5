public import Market

/// Prices at which one side's aggressors took at least three times what the other side's took one step of the
/// ladder away, and no fewer than ten lots (PROJECTIONS §2).
///
/// A buyer at p and a seller one step lower meet the same spread, so they are compared diagonally. Source:
/// freqtrade `docs/advanced-orderflow.md` (ratio 3), which puts both results on the lower price; here, as in most
/// charting programs, an imbalance stands at the price of the aggressor who is in the majority, `≥` replaces `>`,
/// and a side without any volume is outweighed by everything.
public struct DiagonalImbalance: Equatable, Sendable {
    /// Prices of buying imbalances, rising.
    public private(set) var buy: [Int64] = []
    /// Prices of selling imbalances, rising.
    public private(set) var sell: [Int64] = []

    /// How many times the other side's volume.
    public static let ratio: UInt128 = 3
    /// Fewest lots.
    public static let lotsMin: UInt128 = 10

    /// - Parameters:
    ///   - ladder: The prices at which the symbol's orders may stand.
    ///   - lot: One lot in the stream's units of quantity.
    /// - Complexity: O(levels).
    public init(_ candle: Candle, ladder: TickLadder, lot: UInt128 = 1) {
        let levels = candle.levels
        let least = DiagonalImbalance.lotsMin * lot
        for index in levels.indices {
            let level = levels[index]
            if level.buyVolume >= least {
                let isNext = index > 0 && ladder.previous(below: level.price) == levels[index - 1].price
                let other = isNext ? levels[index - 1].sellVolume : 0
                if level.buyVolume >= DiagonalImbalance.ratio * other { buy.append(level.price) }
            }
            if level.sellVolume >= least {
                let isNext =
                    index + 1 < levels.count && ladder.next(above: level.price) == levels[index + 1].price
                let other = isNext ? levels[index + 1].buyVolume : 0
                if level.sellVolume >= DiagonalImbalance.ratio * other { sell.append(level.price) }
            }
        }
    }
}
