import Columns
import Market
import Projections

/// All rows that a fold emits.
struct Emission: Equatable {
    struct Pack: Equatable {
        let symbol: Symbol
        let hour: Int
        let bytes: [UInt8]
    }

    static let day = TradingDay("2026-02-10")!

    /// The canonical rows of candles on that day.
    static func canonical(_ candles: [Candle]) -> [UInt8] {
        var sink = ByteSink()
        CandleCode.appendCanonical(candles, day: day, to: &sink)
        return Array(sink.bytes)
    }

    var packs: [Pack] = []
    var canonical: [Symbol: [UInt8]] = [:]
    /// Symbols in the order of their canonical rows.
    var order: [Symbol] = []

    init(_ fold: FootprintFold, _ symbols: [Symbol]) {
        let candles = PackedCandles()
        fold.pack(into: candles)
        self.init([(candles, symbols)])
    }

    init(_ parts: [(candles: PackedCandles, symbols: [Symbol])]) {
        var packs: [Pack] = []
        var canonical: [Symbol: [UInt8]] = [:]
        var order: [Symbol] = []
        let rows = FootprintRows(parts, day: Emission.day)
        rows.emit(
            0..<rows.symbolCount,
            pack: { packs.append(Pack(symbol: $0, hour: Int($1), bytes: Array($2))) },
            canonical: {
                canonical[$0] = Array($1)
                order.append($0)
            })
        self.packs = packs
        self.canonical = canonical
        self.order = order
    }

    /// What trades give, folded in blocks of `blockSize`.
    init(_ trades: [Trade], _ symbols: [Symbol], blockSize: Int = 1000) {
        let fold = FootprintFold()
        for start in stride(from: 0, to: trades.count, by: blockSize) {
            trades[start..<min(start + blockSize, trades.count)].withUnsafeBufferPointer { fold.fold($0) }
        }
        self.init(fold, symbols)
    }

    /// A symbol's candles, unpacked.
    func candles(of symbol: Symbol) -> [Candle] {
        packs.filter { $0.symbol == symbol }.flatMap { pack in
            pack.bytes.withUnsafeBytes { CandleCode.unpack($0, hour: pack.hour) }!
        }
    }
}

/// Codes for symbol numbers, not in the order of the numbers.
func symbols(_ count: Int) -> [Symbol] { (0..<count).map { Symbol("\(($0 * 7919) % 10_007)X\($0)")! } }
