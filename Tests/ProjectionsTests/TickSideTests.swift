import Market
import TestSupport
import Testing

@testable import Projections

@Suite("Tick side")
struct TickSideTests {
    private typealias Print = (minute: Int, price: Int64, lots: Int64)

    private static let context = FoldContext(
        market: "idx", day: TradingDay("2026-02-10")!, priceScale: StreamScale.whole,
        quantityScale: StreamScale.whole,
        lotSize: 100)

    private enum StreamScale {
        static let whole = DecimalScale(digits: 0)!
    }

    private func fold(_ prints: ArraySlice<Print>, symbol: Int = 0) -> TickSideFold {
        let fold = TickSideFold(TickSideTests.context)
        for print in prints {
            [print.price].withUnsafeBufferPointer { prices in
                [print.lots].withUnsafeBufferPointer { quantities in
                    [Side.unknown.rawValue].withUnsafeBufferPointer {
                        fold.fold(
                            symbol: symbol, minute: print.minute, prices: prices, quantities: quantities,
                            sides: $0)
                    }
                }
            }
        }
        return fold
    }

    private func minutes(_ fold: TickSideFold, symbol: Int = 0) throws -> [TickSideMinute] {
        let symbols = (0...symbol).map { Symbol("S\($0)")! }
        let row = try #require(fold.rows(symbols).first)
        #expect(row.symbol == symbols[symbol])
        return try #require(TickSideCode.unpack(row.value))
    }

    @Test("volume follows the sign of the last change of price")
    func golden() throws {
        // 100 100 | 101 101 | 100 100 | 101: nothing known of 1 + 2, then up 3 + 4, down 5 + 6, up 7.
        let rows = try minutes(
            fold([
                (540, 100, 1), (540, 100, 2), (540, 101, 3), (541, 101, 4), (541, 100, 5), (541, 100, 6),
                (543, 101, 7),
            ]))
        var expected = [540, 541, 543].map { TickSideMinute(minute: $0) }
        (expected[0].unknown, expected[0].bought) = (3, 3)
        (expected[1].bought, expected[1].sold) = (4, 11)
        expected[2].bought = 7
        #expect(rows == expected)
    }

    @Test("a day folded in two parts is the day, wherever it is cut", arguments: 0..<40 as Range<UInt64>)
    func parts(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let prints: [Print] = (0..<30).map {
            (540 + $0 / 7, Int64(100 + random.next() % 3), Int64(1 + random.next() % 9))
        }
        let whole = try minutes(fold(prints[...]))
        #expect(
            whole.reduce(0) { $0 + $1.bought + $1.sold + $1.unknown }
                == prints.reduce(0) { $0 + UInt128($1.lots) })
        for cut in 0...prints.count {
            let first = fold(prints[..<cut], symbol: 2)
            // The second part has other numbers for the symbols.
            first.append(fold(prints[cut...], symbol: 1), numbers: [7, 2])
            #expect(try minutes(first, symbol: 2) == whole, "cut at \(cut)")
            let middle = (cut + prints.count) / 2
            let three = fold(prints[..<cut])
            three.append(fold(prints[cut..<middle]), numbers: [0])
            three.append(fold(prints[middle...]), numbers: [0])
            #expect(try minutes(three) == whole, "cut at \(cut) and \(middle)")
        }
    }

    @Test("bytes that no fold writes are refused")
    func codes() {
        for bytes: [UInt8] in [[0x80], [1, 1, 1], [1, 1, 1, 1], [0x80, 0x40, 1, 1, 1]] {
            #expect(TickSideCode.unpack(bytes) == nil)
        }
        #expect(TickSideCode.unpack([]) == [])
    }
}
