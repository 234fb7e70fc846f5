import Market
import Testing

@testable import Projections

/// The fold over columns gives what the fold over trades gives, for trades as columns have them: blocks one
/// behind the other, and in a block each symbol's trades together, in stretches of a minute.
@Suite("Stretch fold")
struct StretchFoldTests {
    static let kinds = FootprintFoldTests.kinds.filter { $0.testDescription != "mixed layouts" }

    @Test("gives the rows of the other fold, however the day is cut into parts and blocks", arguments: kinds)
    func cuts(kind: FootprintFoldTests.Kind) {
        for seed in 1...3 as ClosedRange<UInt64> {
            var source = TradeSource(seed: seed)
            kind.change(&source)
            // Out of order, so that minutes come again in later blocks, and in order, as nearly always.
            for trades in [source.trades(kind.count), source.orderly(kind.count)] {
                let symbols = symbols(source.symbolCount)
                let whole = Emission(trades, symbols)
                for partCount in 1...3 {
                    let parts = cut(trades, into: partCount, &source).map { part in
                        packed(cut(part, into: 1 + source.random.below(6), &source), symbols)
                    }
                    #expect(Emission(parts) == whole)
                }
            }
        }
    }

    @Test("rows may be emitted a symbol at a time")
    func pieces() {
        var source = TradeSource(seed: 9)
        let trades = source.trades(3000)
        let symbols = symbols(source.symbolCount)
        let rows = FootprintRows(
            cut(trades, into: 2, &source).map { packed([$0], symbols) }, day: Emission.day)
        #expect(rows.symbolCount == source.symbolCount)
        var pieces: [Symbol: [UInt8]] = [:]
        for number in 0..<rows.symbolCount {
            rows.emit(number..<(number + 1), pack: { _, _, _ in }, canonical: { pieces[$0] = Array($1) })
        }
        #expect(pieces == Emission(trades, symbols).canonical)
    }

    private func cut(_ trades: [Trade], into count: Int, _ source: inout TradeSource) -> [[Trade]] {
        let inner = (1..<max(count, 1)).map { _ in source.random.below(trades.count + 1) }
        let cuts = [0] + inner.sorted() + [trades.count]
        return zip(cuts, cuts.dropFirst()).map { Array(trades[$0..<$1]) }
    }

    /// Candles of blocks, with symbols numbered in the order in which they come.
    private func packed(
        _ blocks: [[Trade]], _ symbols: [Symbol]
    ) -> (candles: PackedCandles, symbols: [Symbol]) {
        let candles = PackedCandles()
        var fold = StretchFold(into: candles)
        var table = SymbolTable()
        for block in blocks {
            let regular = block.filter { $0.board == .regular }
            for symbol in Set(regular.map(\.symbol)).sorted(by: >) {
                let number = table.number(of: symbols[Int(symbol)])
                var left = regular.filter { $0.symbol == symbol }[...]
                while let first = left.first {
                    // A stretch ends with its minute, or earlier where a chunk ends.
                    let stretch = left.prefix { $0.second / 60 == first.second / 60 }.prefix(7)
                    left = left.dropFirst(stretch.count)
                    let prices = stretch.map(\.price)
                    let quantities = stretch.map(\.quantity)
                    let sides = stretch.map(\.side.rawValue)
                    prices.withUnsafeBufferPointer { prices in
                        quantities.withUnsafeBufferPointer { quantities in
                            sides.withUnsafeBufferPointer { sides in
                                fold.fold(
                                    symbol: number, minute: Int(first.second / 60), prices: prices,
                                    quantities: quantities, sides: sides)
                            }
                        }
                    }
                }
            }
        }
        fold.finish()
        return (candles, table.symbols)
    }
}
