import Market
import TestSupport
import Testing

@testable import Projections

@Suite("Trade gate")
struct TradeGateTests {
    private struct Key: Hashable {
        let sequence: UInt64
        let symbol: UInt32
    }

    private struct Content: Equatable {
        let price: Int64
        let quantity: Int64
        let second: UInt32
        let side: Side
        let board: Board

        init(_ trade: Trade) {
            (price, quantity, second) = (trade.price, trade.quantity, trade.second)
            (side, board) = (trade.side, trade.board)
        }
    }

    @Test(
        "marks what a dictionary of all earlier trades would mark",
        arguments: [
            (1, 0...200), (2, 0...40_000), (3, 0...UInt64.max - 1), (4, UInt64.max - 100...UInt64.max),
        ]
            as [(UInt64, ClosedRange<UInt64>)])
    func dictionary(seed: UInt64, sequences: ClosedRange<UInt64>) {
        var source = TradeSource(seed: seed)
        source.prices = 1...3
        source.quantityMax = 3
        source.symbolCount = 3
        source.seconds = 0..<2
        let gate = TradeGate()
        var known: [Key: Content] = [:]
        var drawn: [UInt64] = []
        var counts: [TradeStatus: Int] = [:]
        for _ in 0..<40 {
            var trades = source.trades(1000)
            for index in trades.indices {
                // Half of the trades repeat or follow a sequence seen before.
                var sequence = UInt64.random(in: sequences, using: &source.random)
                if let old = drawn.randomElement(using: &source.random), source.random.below(2) == 0 {
                    sequence = source.random.below(2) == 0 ? old : old &+ 1
                }
                drawn.append(sequence)
                trades[index].sequence = sequence
                if source.random.below(50) == 0 { trades[index].status = .stale }
            }
            let expected = trades.map { trade -> TradeStatus in
                guard trade.sequence != Trade.noSequence, trade.status == .fresh else { return trade.status }
                let key = Key(sequence: trade.sequence, symbol: trade.symbol)
                guard let earlier = known[key] else {
                    known[key] = Content(trade)
                    return .fresh
                }
                return earlier == Content(trade) ? .duplicate : .conflict
            }
            trades.withUnsafeMutableBufferPointer { gate.mark($0) }
            #expect(trades.map(\.status) == expected, "seed \(seed)")
            for status in expected { counts[status, default: 0] += 1 }
        }
        #expect(counts.count == 4, "every status has to occur: \(counts)")
    }

    @Test("the same sequence under other symbols is no duplicate, however many there are")
    func symbols() {
        let gate = TradeGate()
        for round in 0..<2 {
            for symbol in UInt32(0)..<50 {
                var trades = [trade(sequence: 7, symbol: symbol, price: 100)]
                trades.withUnsafeMutableBufferPointer { gate.mark($0) }
                #expect(trades[0].status == (round == 0 ? .fresh : .duplicate))
            }
        }
    }

    @Test("each part of the content makes a conflict, and the first content is kept")
    func conflicts() {
        let first = trade(sequence: 1, symbol: 0, price: 100)
        var others = [first, first, first, first, first]
        others[0].price = 101
        others[1].quantity = 2
        others[2].second = 1
        others[3].side = .sell
        others[4].board = .cash
        let gate = TradeGate()
        var trades = [first] + others + others + [first]
        // Where on the tape a trade stands is not its content.
        trades[trades.count - 1].messageNumber = 99
        trades[trades.count - 1].recordIndex = 3
        trades.withUnsafeMutableBufferPointer { gate.mark($0) }
        #expect(trades[0].status == .fresh)
        #expect(trades[1..<11].allSatisfy { $0.status == .conflict })
        #expect(trades[11].status == .duplicate)
    }

    @Test("trades without a sequence always pass")
    func unsequenced() {
        let gate = TradeGate()
        var trades = [Trade](repeating: trade(sequence: Trade.noSequence, symbol: 0, price: 1), count: 100)
        trades.withUnsafeMutableBufferPointer { gate.mark($0) }
        #expect(trades.allSatisfy { $0.status == .fresh })
    }

    private func trade(sequence: UInt64, symbol: UInt32, price: Int64) -> Trade {
        Trade(
            price: price, quantity: 1, sequence: sequence, messageNumber: 0, symbol: symbol, second: 0,
            recordIndex: 0, side: .buy, board: .regular)
    }
}
