internal import Market

/// The state of ``FootprintFold``: a table from symbol and minute to candle. Candles and levels lie in chunks
/// and never move. A candle's levels stand together, unsorted, in a run that is taken twice as long when
/// full; most candles have two.
struct FootprintState: ~Copyable {
    /// A level while it grows: one cache line.
    struct Level: BitwiseCopyable {
        var price: Int64
        var tradeCount: UInt64
        var buyVolume: UInt128
        var sellVolume: UInt128
        var unknownVolume: UInt128
    }

    struct Candle: BitwiseCopyable {
        var levels: UnsafeMutablePointer<Level>
        var levelCount: Int32
        var levelCapacity: Int32
        var lastLevel: Int32
        var hasUnsequenced: Bool
        var firstSequence: UInt64
        var lastSequence: UInt64
        var openBySequence: Int64
        var closeBySequence: Int64
        var openByTape: Int64
        var closeByTape: Int64
    }

    /// Candles by minute of the day.
    typealias Minutes = UnsafeMutablePointer<UnsafeMutablePointer<Candle>?>

    static let minutesPerDay = 1440
    /// From here on a candle's levels are found by a dictionary.
    private static let levelScanMax: Int32 = 64

    private var symbols: [Minutes] = []
    private var tables: ChunkedStore<UnsafeMutablePointer<Candle>?>
    private var candles: ChunkedStore<Candle>
    private var levels: ChunkedStore<Level>
    /// Price to level, for the few candles with many levels; only looked up.
    private var manyLevels: [UnsafeMutablePointer<Candle>: [Int64: Int32]] = [:]
    /// How many candles there are.
    private(set) var candleCount = 0

    init(memory: ChunkMemory) {
        tables = ChunkedStore(chunkCapacity: FootprintState.minutesPerDay * 180, memory: memory)
        // Whole large pages of 2 MiB, or nearly.
        candles = ChunkedStore(chunkCapacity: (2 << 20) / MemoryLayout<Candle>.stride, memory: memory)
        levels = ChunkedStore(chunkCapacity: 1 << 16, memory: memory)
    }

    /// Forgets everything and keeps the memory.
    mutating func reset() {
        symbols.removeAll(keepingCapacity: true)
        tables.removeAll()
        candles.removeAll()
        levels.removeAll()
        manyLevels.removeAll()
        candleCount = 0
    }

    /// How many symbols have a table.
    var symbolCount: Int { symbols.count }

    /// A symbol's candles by minute of the day.
    func minutes(ofSymbol number: Int) -> Minutes { symbols[number] }

    mutating func fold(_ trades: UnsafeBufferPointer<Trade>) {
        for trade in trades where trade.status == .fresh && trade.board == .regular { fold(trade) }
    }

    @inline(__always)
    private mutating func fold(_ trade: Trade) {
        if _slowPath(Int(trade.symbol) >= symbols.count) { addSymbols(upTo: Int(trade.symbol)) }
        let slot = symbols[Int(trade.symbol)] + Int(trade.second / 60)
        let candle = slot.pointee ?? begin(trade.price, sequence: trade.sequence, slot)
        FootprintState.place(trade, candle)
        var level = candle.pointee.levels + Int(candle.pointee.lastLevel)
        if level.pointee.price != trade.price { level = self.level(of: trade.price, candle) }
        let volume = UInt128(UInt64(bitPattern: trade.quantity))
        switch trade.side {
        case .buy: level.pointee.buyVolume &+= volume
        case .sell: level.pointee.sellVolume &+= volume
        case .unknown: level.pointee.unknownVolume &+= volume
        }
        level.pointee.tradeCount &+= 1
    }

    @inline(__always)
    private static func place(_ trade: Trade, _ candle: UnsafeMutablePointer<Candle>) {
        candle.pointee.closeByTape = trade.price
        if trade.sequence == Trade.noSequence {
            candle.pointee.hasUnsequenced = true
        } else if trade.sequence >= candle.pointee.lastSequence {
            candle.pointee.lastSequence = trade.sequence
            candle.pointee.closeBySequence = trade.price
        } else if trade.sequence < candle.pointee.firstSequence {
            candle.pointee.firstSequence = trade.sequence
            candle.pointee.openBySequence = trade.price
        }
    }

    private mutating func begin(
        _ price: Int64, sequence: UInt64, _ slot: UnsafeMutablePointer<UnsafeMutablePointer<Candle>?>
    ) -> UnsafeMutablePointer<Candle> {
        let run = levels.take(2)
        run.initialize(to: FootprintState.emptyLevel(price))
        let candle = candles.take(1)
        candle.initialize(
            to: Candle(
                levels: run, levelCount: 1, levelCapacity: 2, lastLevel: 0, hasUnsequenced: false,
                firstSequence: sequence, lastSequence: 0, openBySequence: price,
                closeBySequence: price, openByTape: price, closeByTape: price))
        slot.pointee = candle
        candleCount += 1
        return candle
    }

    static func emptyLevel(_ price: Int64) -> Level {
        Level(price: price, tradeCount: 0, buyVolume: 0, sellVolume: 0, unknownVolume: 0)
    }

    /// A candle's level at a price, new or known.
    private mutating func level(
        of price: Int64, _ candle: UnsafeMutablePointer<Candle>
    ) -> UnsafeMutablePointer<Level> {
        let run = candle.pointee.levels
        if candle.pointee.levelCount <= FootprintState.levelScanMax {
            for index in 0..<Int(candle.pointee.levelCount) where run[index].price == price {
                candle.pointee.lastLevel = Int32(truncatingIfNeeded: index)
                return run + index
            }
        } else if let known = manyLevels[candle]?[price] {
            candle.pointee.lastLevel = known
            return run + Int(known)
        }
        return appendLevel(price, candle)
    }

    private mutating func appendLevel(
        _ price: Int64, _ candle: UnsafeMutablePointer<Candle>
    ) -> UnsafeMutablePointer<Level> {
        let count = candle.pointee.levelCount
        if count == candle.pointee.levelCapacity {
            let run = levels.take(Int(count) * 2)
            run.initialize(from: candle.pointee.levels, count: Int(count))
            candle.pointee.levels = run
            candle.pointee.levelCapacity = count * 2
        }
        let level = candle.pointee.levels + Int(count)
        level.initialize(to: FootprintState.emptyLevel(price))
        candle.pointee.lastLevel = count
        candle.pointee.levelCount = count + 1
        if count + 1 > FootprintState.levelScanMax { remember(candle) }
        return level
    }

    private mutating func remember(_ candle: UnsafeMutablePointer<Candle>) {
        let known = manyLevels[candle]?.count ?? 0
        for index in known..<Int(candle.pointee.levelCount) {
            manyLevels[candle, default: [:]][candle.pointee.levels[index].price] = Int32(index)
        }
    }

    private mutating func addSymbols(upTo symbol: Int) {
        while symbols.count <= symbol {
            let table = tables.take(FootprintState.minutesPerDay)
            table.initialize(repeating: nil, count: FootprintState.minutesPerDay)
            symbols.append(table)
        }
    }
}

extension FootprintState.Level {
    /// Sorts by rising price; nearly all runs have few levels, or are sorted.
    static func sort(_ levels: UnsafeMutableBufferPointer<Self>) {
        if levels.count > 32 {
            var levels = levels
            return levels.sort { $0.price < $1.price }
        }
        var end = 1
        while end < levels.count {
            if levels[end &- 1].price > levels[end].price {
                let level = levels[end]
                var place = end
                while place > 0, levels[place &- 1].price > level.price {
                    levels[place] = levels[place &- 1]
                    place &-= 1
                }
                levels[place] = level
            }
            end &+= 1
        }
    }
}
