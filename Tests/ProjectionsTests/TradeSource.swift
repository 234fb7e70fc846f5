import Market
import TestSupport

/// Makes random trades.
struct TradeSource {
    var random: SplitMix64
    var symbolCount = 5
    var prices: ClosedRange<Int64> = 100...108
    var quantityMax: Int64 = 1000
    var seconds = 32_400..<57_600
    /// Percent of trades without a sequence.
    var unsequenced = 0
    private var nextSequence: UInt64 = 1

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// Trades whose sequences rise; times are random, so trades come late for their minute.
    mutating func trades(_ count: Int) -> [Trade] { (0..<count).map { _ in trade() } }

    /// Trades in the order of their times, as an exchange makes them.
    mutating func orderly(_ count: Int) -> [Trade] {
        let times = trades(count).map(\.second).sorted()
        return times.map { second in
            var trade = trade()
            trade.second = second
            return trade
        }
    }

    private mutating func trade() -> Trade {
        let isSequenced = random.below(100) >= unsequenced
        nextSequence += UInt64(random.below(3)) + 1
        return Trade(
            price: Int64.random(in: prices, using: &random),
            quantity: Int64.random(in: 1...quantityMax, using: &random),
            sequence: isSequenced ? nextSequence : Trade.noSequence, messageNumber: nextSequence,
            symbol: UInt32(random.below(symbolCount)),
            second: UInt32(Int.random(in: seconds, using: &random)),
            recordIndex: 0, side: random.pick([.buy, .buy, .sell, .unknown]),
            board: random.below(20) == 0 ? random.pick([.cash, .negotiated]) : .regular)
    }
}
