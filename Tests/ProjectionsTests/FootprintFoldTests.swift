import Market
import TestSupport
import Testing

@testable import Projections

@Suite("Footprint fold")
struct FootprintFoldTests {
    /// A kind of day; each is folded with several seeds.
    struct Kind: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let change: @Sendable (inout TradeSource) -> Void
        var count = 4000
    }

    static let kinds = [
        Kind(testDescription: "plain", change: { _ in }),
        Kind(testDescription: "no sequences", change: { $0.unsequenced = 100 }),
        Kind(testDescription: "mixed layouts", change: { $0.unsequenced = 10 }),
        Kind(testDescription: "whole day", change: { $0.seconds = 0..<86_400 }),
        Kind(
            testDescription: "one minute, one price",
            change: {
                $0.seconds = 32_400..<32_401
                $0.prices = 50...50
            }),
        Kind(
            testDescription: "hundreds of levels",
            change: {
                $0.seconds = 32_400..<32_520
                $0.prices = 1...700
            }),
        Kind(
            testDescription: "sums beyond 64 bits",
            change: {
                $0.quantityMax = Int64.max
                $0.seconds = 32_400..<32_460
            }),
        Kind(
            testDescription: "prices over the whole range",
            change: {
                $0.prices = 1...Int64.max
                $0.seconds = 32_400..<32_460
            }),
        Kind(testDescription: "2,000 symbols", change: { $0.symbolCount = 2000 }, count: 12_000),
    ]

    @Test("agrees with the plain fold in every number", arguments: kinds)
    func plainFold(kind: Kind) {
        for seed in 1...3 as ClosedRange<UInt64> {
            var source = TradeSource(seed: seed)
            kind.change(&source)
            let trades = source.trades(kind.count)
            let symbols = symbols(source.symbolCount)
            var naive = NaiveFold()
            naive.fold(trades)
            let emission = Emission(trades, symbols, blockSize: 777)
            #expect(emission.order == emission.order.sorted())
            let samples = source.symbolCount > 100 ? 100 : source.symbolCount
            for number in 0..<samples {
                let number = number * source.symbolCount / samples
                let candles = emission.candles(of: symbols[number])
                #expect(candles == naive.candles(of: UInt32(number)), "seed \(seed), symbol \(number)")
                for candle in candles { expectInvariants(candle) }
                #expect(Emission.canonical(candles) == emission.canonical[symbols[number], default: []])
            }
        }
    }

    @Test("with sequences any order of the trades gives the same bytes", arguments: kinds)
    func anyOrder(kind: Kind) {
        var source = TradeSource(seed: 5)
        kind.change(&source)
        guard source.unsequenced == 0, source.symbolCount < 100 else { return }
        var trades = source.trades(2000)
        let symbols = symbols(source.symbolCount)
        let expected = Emission(trades, symbols)
        for _ in 0..<4 {
            trades.shuffle(using: &source.random)
            #expect(Emission(trades, symbols) == expected)
        }
        #expect(Emission(trades.reversed(), symbols, blockSize: 1) == expected)
    }

    @Test("without sequences any order across symbols gives the same bytes")
    func anyOrderAcrossSymbols() {
        var source = TradeSource(seed: 6)
        source.unsequenced = 60
        let trades = source.trades(3000)
        let expected = Emission(trades, symbols(5))
        for _ in 0..<4 {
            // Each symbol's trades stay in order; which symbol comes next is drawn.
            var queues = (0..<5).map { number in trades.filter { $0.symbol == UInt32(number) }[...] }
            var mixed: [Trade] = []
            while mixed.count < trades.count {
                let number = source.random.below(5)
                if let trade = queues[number].popFirst() { mixed.append(trade) }
            }
            #expect(Emission(mixed, symbols(5)) == expected)
        }
    }

    @Test("the numbers that symbols have do not matter")
    func renumbered() {
        var source = TradeSource(seed: 7)
        source.symbolCount = 300
        let trades = source.trades(5000)
        let symbols = symbols(300)
        let expected = Emission(trades, symbols)
        var numbers = Array(0..<300)
        numbers.shuffle(using: &source.random)
        var renamed = symbols
        for (old, new) in numbers.enumerated() { renamed[new] = symbols[old] }
        let renumbered = trades.map { trade in
            var trade = trade
            trade.symbol = UInt32(numbers[Int(trade.symbol)])
            return trade
        }
        #expect(Emission(renumbered, renamed) == expected)
    }

    @Test("emitting changes nothing: twice is equal, and the fold goes on")
    func emitTwice() {
        var source = TradeSource(seed: 8)
        source.prices = 1...200
        source.seconds = 32_400..<32_700
        let trades = source.trades(4000)
        let fold = FootprintFold()
        trades[..<2000].withUnsafeBufferPointer { fold.fold($0) }
        let half = Emission(fold, symbols(5))
        #expect(Emission(fold, symbols(5)) == half)
        #expect(half == Emission(Array(trades[..<2000]), symbols(5)))
        trades[2000...].withUnsafeBufferPointer { fold.fold($0) }
        #expect(Emission(fold, symbols(5)) == Emission(trades, symbols(5)))
    }

    @Test("other boards, duplicates, conflicts and stale trades leave no trace")
    func leftOut() {
        var source = TradeSource(seed: 9)
        let trades = source.trades(1000)
        let rest: [Trade] = [TradeStatus.duplicate, .conflict, .stale].flatMap { status in
            source.trades(300).map { trade in
                var trade = trade
                trade.status = status
                return trade
            }
        }
        let kept = trades.filter { $0.board == .regular }
        #expect(Emission(rest + trades, symbols(5)) == Emission(kept, symbols(5)))
        #expect(Emission([], symbols(5)).packs.isEmpty)
        #expect(Emission(rest, symbols(5)).canonical.isEmpty)
    }

    private func expectInvariants(_ candle: Candle) {
        let prices = candle.levels.map(\.price)
        #expect(prices == Set(prices).sorted())
        #expect(candle.low == prices.first && candle.high == prices.last)
        #expect(candle.low <= candle.open && candle.open <= candle.high)
        #expect(candle.low <= candle.close && candle.close <= candle.high)
        let volume = candle.levels.reduce(UInt128(0)) { $0 + $1.buyVolume + $1.sellVolume + $1.unknownVolume }
        #expect(candle.volume == volume)
        let buys = candle.levels.reduce(Int128(0)) { $0 + Int128($1.buyVolume) }
        let sells = candle.levels.reduce(Int128(0)) { $0 + Int128($1.sellVolume) }
        #expect(candle.delta == buys - sells)
        #expect(candle.levels.allSatisfy { $0.tradeCount > 0 && $0.volume > 0 })
    }
}
