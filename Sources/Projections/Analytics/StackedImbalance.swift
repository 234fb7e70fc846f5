public import Market

/// Three or more imbalances of one side at adjacent prices of the ladder (PROJECTIONS §2).
///
/// Source: freqtrade `docs/advanced-orderflow.md`, `stacked_imbalance_range` 3.
public struct StackedImbalance: Equatable, Sendable {
    /// Buying or selling aggressors.
    public let side: Side
    /// Lowest price of the stack.
    public let low: Int64
    /// Highest price of the stack.
    public let high: Int64

    /// Fewest prices of a stack.
    public static let countMin = 3

    /// The longest stacks of a candle's imbalances: buying ones first, each side by rising price.
    public static func all(_ imbalance: DiagonalImbalance, ladder: TickLadder) -> [StackedImbalance] {
        stacks(.buy, imbalance.buy, ladder) + stacks(.sell, imbalance.sell, ladder)
    }

    private static func stacks(_ side: Side, _ prices: [Int64], _ ladder: TickLadder) -> [StackedImbalance] {
        var result: [StackedImbalance] = []
        var start = 0
        while start < prices.count {
            var end = start + 1
            while end < prices.count, ladder.next(above: prices[end - 1]) == prices[end] { end += 1 }
            if end - start >= countMin {
                result.append(StackedImbalance(side: side, low: prices[start], high: prices[end - 1]))
            }
            start = end
        }
        return result
    }
}
