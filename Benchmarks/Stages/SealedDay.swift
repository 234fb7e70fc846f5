import Columns
import Feed
import Market
import Platform
import Projections
import Store
import Tape

/// A sealed day of trades, taken through the stages of its replay one at a time.
struct SealedDay {
    let reader: SealedReader
    let stopwatch: Stopwatch
    /// A folder for files that are written.
    let place: String

    private static let hot = Set(0..<TradeColumnReader.hotColumnLimit)

    /// All stages, in the order in which a message meets them.
    func stages() throws -> [Stage] {
        let light = Light(stopwatch: stopwatch)
        var stored = 0
        var raw = 0
        for block in 0..<reader.blockCount {
            let sizes = reader.columnSizes(ofBlock: block, wanted: SealedDay.hot)
            (stored, raw) = (stored + sizes.stored, raw + sizes.raw)
        }
        let decompressed = try stopwatch.best { try forEachBlock { _, _ in } }
        let read = try stopwatch.best { try fold(nil) }
        let candles = PackedCandles()
        var symbols: [Symbol] = []
        let folded = try stopwatch.best {
            candles.removeAll()
            symbols = try fold(candles)
        }
        let rows = FootprintRows([(candles, symbols)], day: reader.day)
        let all = 0..<rows.symbolCount
        let packed = stopwatch.best {
            let rows = FootprintRows([(candles, symbols)], day: reader.day)
            rows.emit(all, pack: { _, _, _ in }, canonical: { _, _ in })
        }
        var values: [(symbol: Symbol, hour: UInt8, bytes: [UInt8])] = []
        var canonical: [[UInt8]] = []
        rows.emit(
            all, pack: { values.append(($0, $1, Array($2))) }, canonical: { canonical.append(Array($1)) })
        let digested = stopwatch.best {
            for bytes in canonical { bytes.withUnsafeBytes { _ = SHA256.hash($0) } }
        }
        let canonicalSize = canonical.reduce(0) { $0 + $1.count }
        let valueSize = values.reduce(0) { $0 + $1.bytes.count }
        let (put, sync) = try write(values)
        let hashLight = light.hash(stored)
        let fileLight = try light.file(valueSize, at: "\(place)/light")
        let counts = try self.counts()
        return [
            Stage(
                name: "decompress", seconds: decompressed, lightSeconds: hashLight + light.copy(raw),
                light: "SHA-256 of \(stored) B, a copy of \(raw) B",
                reason: "Huffman decoding in zstd; the hash of the stored bytes is checked before"),
            Stage(
                name: "columns", seconds: max(read - decompressed, 0),
                lightSeconds: light.columns(tradeCount: counts.trades),
                light: "one dependent look-up for two trades",
                reason: "steps become prices on the tick ladder, escapes, minutes, one stretch for 14 trades"),
            Stage(
                name: "fold", seconds: max(folded - read, 0),
                lightSeconds: light.fold(tradeCount: counts.trades, levelCount: counts.levels),
                light: "an addition for each trade to a 64-bit sum in the nearest cache",
                reason:
                    "sums of 128 bits, the search for the level, and each of \(counts.candles) candles sorted and "
                    + "packed into varints while it is in the cache"),
            Stage(
                name: "pack", seconds: packed, lightSeconds: light.copy(valueSize + canonicalSize),
                light: "a copy of \(valueSize + canonicalSize) B",
                reason:
                    "candles of 12 B are gathered by symbol and hour, twice: for the store and for the digest"
            ),
            Stage(
                name: "digest", seconds: digested, lightSeconds: light.hash(canonicalSize),
                light: "SHA-256 of \(canonicalSize) B in the nearest cache",
                reason: "nothing but the start of a hash for each symbol"),
            Stage(
                name: "LMDB", seconds: put, lightSeconds: fileLight.write,
                light: "\(valueSize) B written to a file in the page cache",
                reason:
                    "\(values.count) searches in a tree of pages that are split and copied, a checksum each"),
            Stage(
                name: "sync", seconds: sync, lightSeconds: fileLight.sync,
                light: "fdatasync of \(valueSize) B in one file",
                reason: "pages lie apart, a second sync writes the meta page"),
        ]
    }

    /// Trades, candles and levels of the day.
    private func counts() throws -> (trades: Int, candles: Int, levels: Int) {
        let candles = PackedCandles()
        let symbols = try fold(candles)
        var levels = 0
        let rows = FootprintRows([(candles, symbols)], day: reader.day)
        rows.emit(
            0..<rows.symbolCount,
            pack: { _, hour, bytes in
                levels += CandleCode.unpack(bytes, hour: Int(hour))?.reduce(0) { $0 + $1.levels.count } ?? 0
            }, canonical: { _, _ in })
        return (Int(clamping: reader.messageCount), candles.count, levels)
    }

    private func forEachBlock(
        _ body: (SealedReader.BlockFacts, ColumnSet) throws -> Void
    ) throws {
        for number in 0..<reader.blockCount {
            let columns = try reader.columns(ofBlock: number, wanted: SealedDay.hot).get()
            try body(reader.block(number), columns)
        }
    }

    /// Reads all trades, and folds those of the regular board unless `target` is nil; the symbols by number.
    @discardableResult
    private func fold(_ target: PackedCandles?) throws -> [Symbol] {
        var table = SymbolTable()
        var footprint = StretchFold(into: target ?? PackedCandles())
        try forEachBlock { block, columns in
            var trades = try TradeColumnReader(
                columns, codec: block.codec, messageCount: block.messageCount,
                priceScale: reader.scales.price, quantityScale: reader.scales.quantity)
            while trades.nextSymbol() {
                guard trades.board == .regular else { continue }
                let symbol = table.number(of: trades.symbol)
                while let stretch = trades.nextStretch() {
                    if target == nil { continue }
                    footprint.fold(
                        symbol: symbol, minute: stretch.minute, prices: stretch.prices,
                        quantities: stretch.quantities, sides: stretch.sides)
                }
            }
            precondition(trades.isIntact, "damaged columns")
        }
        footprint.finish()
        return table.symbols
    }

    /// Seconds for putting values into an empty store and committing, and for the sync.
    private func write(
        _ values: [(symbol: Symbol, hour: UInt8, bytes: [UInt8])]
    ) throws -> (put: Double, sync: Double) {
        var best = (put: Double.infinity, sync: Double.infinity)
        for round in 0..<stopwatch.rounds {
            let store = try Store.open(at: "\(place)/store\(round)", access: .readWrite)
            let once = Stopwatch(rounds: 1)
            let put = try once.best {
                try store.write { transaction in
                    for value in values {
                        try value.bytes.withUnsafeBytes {
                            try transaction.candles.put(
                                day: reader.day, market: "idx", symbol: value.symbol, hour: value.hour, $0)
                        }
                    }
                }
            }
            best = (min(best.put, put), min(best.sync, try once.best { try store.sync() }))
            try store.close()
        }
        return best
    }
}
