import Market
import Projections

/// Footprints the slow and plain way: all trades are kept, and each candle is made from its own at the end.
struct NaiveFold {
    private var trades: [Key: [Trade]] = [:]
    private let minutes: Int

    private struct Key: Hashable {
        let symbol: UInt32
        let minute: Int
    }

    /// A fold into candles of `minutes` minutes from midnight.
    init(minutes: Int = 1) { self.minutes = minutes }

    mutating func fold(_ more: [Trade]) {
        for trade in more where trade.status == .fresh && trade.board == .regular {
            let minute = Int(trade.second) / 60 / minutes * minutes
            trades[Key(symbol: trade.symbol, minute: minute), default: []].append(trade)
        }
    }

    /// A symbol's candles by minute.
    func candles(of symbol: UInt32) -> [Candle] {
        trades.filter { $0.key.symbol == symbol }.sorted { $0.key.minute < $1.key.minute }
            .map { candle($0.key.minute, $0.value) }
    }

    private func candle(_ minute: Int, _ trades: [Trade]) -> Candle {
        var levels: [Int64: Candle.Level] = [:]
        for trade in trades {
            let quantity = UInt128(trade.quantity)
            var level =
                levels[trade.price]
                ?? Candle.Level(
                    price: trade.price, buyVolume: 0, sellVolume: 0, unknownVolume: 0, tradeCount: 0)
            level.buyVolume += trade.side == .buy ? quantity : 0
            level.sellVolume += trade.side == .sell ? quantity : 0
            level.unknownVolume += trade.side == .unknown ? quantity : 0
            level.tradeCount += 1
            levels[trade.price] = level
        }
        let isSequenced = trades.allSatisfy { $0.sequence != Trade.noSequence }
        let first = isSequenced ? trades.min { $0.sequence < $1.sequence }! : trades.first!
        let last = isSequenced ? trades.max { $0.sequence < $1.sequence }! : trades.last!
        return Candle(
            minute: minute, open: first.price, close: last.price,
            levels: levels.values.sorted { $0.price < $1.price })
    }
}
