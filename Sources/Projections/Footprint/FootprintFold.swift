internal import Columns
public import Market

/// The fold of `footprint@1`: trades of one market and day in, candles out (PROJECTIONS §2).
///
/// A trade belongs to the candle of its own minute whenever it comes. Open and close follow the exchange
/// sequence; in a candle with any trade that has none, they follow the tape. So the result depends on the
/// trades and, only without sequences, on their order within the symbol; never on order across symbols.
///
/// State: a table from symbol and minute to candle; candles and levels lie in chunks and never move. A
/// candle's levels stand together, unsorted, in a run that is taken twice as long when full; most candles
/// have two.
public struct FootprintFold: ~Copyable {
    /// A level while it grows: one cache line.
    struct LevelState: BitwiseCopyable {
        var price: Int64
        var tradeCount: UInt64
        var buyVolume: UInt128
        var sellVolume: UInt128
        var unknownVolume: UInt128
    }

    private struct CandleState: BitwiseCopyable {
        var levels: UnsafeMutablePointer<LevelState>
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

    /// A symbol's candles by minute of the day.
    private typealias Minutes = UnsafeMutablePointer<UnsafeMutablePointer<CandleState>?>

    private static let minutesPerDay = 1440
    /// From here on a candle's levels are found by a dictionary.
    private static let levelScanMax: Int32 = 64

    private var symbols: [Minutes] = []
    private var tables = ChunkedStore<UnsafeMutablePointer<CandleState>?>(chunkCapacity: minutesPerDay * 64)
    private var candles = ChunkedStore<CandleState>(chunkCapacity: 1 << 12)
    private var levels = ChunkedStore<LevelState>(chunkCapacity: 1 << 14)
    /// Price to level, for the few candles with many levels; only looked up.
    private var manyLevels: [UnsafeMutablePointer<CandleState>: [Int64: Int32]] = [:]
    /// How many candles there are.
    public private(set) var candleCount = 0

    /// A fold of nothing so far.
    public init() {}

    /// Forgets everything, for the next market and day, and keeps the memory.
    public mutating func reset() {
        symbols.removeAll(keepingCapacity: true)
        tables.removeAll()
        candles.removeAll()
        levels.removeAll()
        manyLevels.removeAll()
        candleCount = 0
    }

    /// Folds the fresh regular-board trades of a block. About 12 ns a trade.
    public mutating func fold(_ trades: UnsafeBufferPointer<Trade>) {
        for trade in trades where trade.status == .fresh && trade.board == .regular { fold(trade) }
    }

    @inline(__always)
    private mutating func fold(_ trade: Trade) {
        if _slowPath(Int(trade.symbol) >= symbols.count) { addSymbols(upTo: Int(trade.symbol)) }
        let slot = symbols[Int(trade.symbol)] + Int(trade.second / 60)
        let candle = slot.pointee ?? begin(trade, slot)
        FootprintFold.place(trade, candle)
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
    private static func place(_ trade: Trade, _ candle: UnsafeMutablePointer<CandleState>) {
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
        _ trade: Trade, _ slot: UnsafeMutablePointer<UnsafeMutablePointer<CandleState>?>
    ) -> UnsafeMutablePointer<CandleState> {
        let run = levels.take(2)
        run.initialize(to: FootprintFold.emptyLevel(trade.price))
        let candle = candles.take(1)
        candle.initialize(
            to: CandleState(
                levels: run, levelCount: 1, levelCapacity: 2, lastLevel: 0, hasUnsequenced: false,
                firstSequence: trade.sequence, lastSequence: 0, openBySequence: trade.price,
                closeBySequence: trade.price, openByTape: trade.price, closeByTape: trade.price))
        slot.pointee = candle
        candleCount += 1
        return candle
    }

    private static func emptyLevel(_ price: Int64) -> LevelState {
        LevelState(price: price, tradeCount: 0, buyVolume: 0, sellVolume: 0, unknownVolume: 0)
    }

    /// A candle's level at a price, new or known.
    private mutating func level(
        of price: Int64, _ candle: UnsafeMutablePointer<CandleState>
    ) -> UnsafeMutablePointer<LevelState> {
        let run = candle.pointee.levels
        if candle.pointee.levelCount <= FootprintFold.levelScanMax {
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
        _ price: Int64, _ candle: UnsafeMutablePointer<CandleState>
    ) -> UnsafeMutablePointer<LevelState> {
        let count = candle.pointee.levelCount
        if count == candle.pointee.levelCapacity {
            let run = levels.take(Int(count) * 2)
            run.initialize(from: candle.pointee.levels, count: Int(count))
            candle.pointee.levels = run
            candle.pointee.levelCapacity = count * 2
        }
        let level = candle.pointee.levels + Int(count)
        level.initialize(to: FootprintFold.emptyLevel(price))
        candle.pointee.lastLevel = count
        candle.pointee.levelCount = count + 1
        if count + 1 > FootprintFold.levelScanMax { remember(candle) }
        return level
    }

    private mutating func remember(_ candle: UnsafeMutablePointer<CandleState>) {
        let known = manyLevels[candle]?.count ?? 0
        for index in known..<Int(candle.pointee.levelCount) {
            manyLevels[candle, default: [:]][candle.pointee.levels[index].price] = Int32(index)
        }
    }

    private mutating func addSymbols(upTo symbol: Int) {
        while symbols.count <= symbol {
            let table = tables.take(FootprintFold.minutesPerDay)
            table.initialize(repeating: nil, count: FootprintFold.minutesPerDay)
            symbols.append(table)
        }
    }

    // MARK: Rows

    /// Emits the rows: symbols by rising code, each symbol's packs by rising hour, then its canonical rows.
    /// The fold may go on afterwards.
    ///
    /// - Parameters:
    ///   - symbols: The symbols by the numbers that the trades carried.
    ///   - pack: Gets symbol, hour of the WIB day and the packed candles; the bytes live for the call.
    ///   - canonical: Gets symbol and the bytes of which its digest is made.
    public func emit(
        symbols codes: [Symbol], day: TradingDay, pack: (Symbol, UInt8, UnsafeRawBufferPointer) -> Void,
        canonical: (Symbol, UnsafeRawBufferPointer) -> Void
    ) {
        var rows = ByteSink()
        var packed = ByteSink()
        var sorted: [LevelState] = []
        let firstMinute = day.start.nanos / 60_000_000_000
        for number in codes.indices.sorted(by: { codes[$0] < codes[$1] }) where number < symbols.count {
            let table = symbols[number]
            rows.removeAll()
            for hour in 0..<24 {
                packed.removeAll()
                var last = hour * 60
                for minute in (hour * 60)..<(hour * 60 + 60) {
                    guard let candle = table[minute] else { continue }
                    packed.reserve(10)
                    packed.appendUnchecked(UInt64(minute - last))
                    last = minute
                    let bodyStart = packed.bytes.count
                    append(candle, &sorted, to: &packed)
                    rows.reserve(10)
                    rows.appendSignedUnchecked(firstMinute + Int64(minute))
                    rows.append(packed, from: bodyStart)
                }
                if !packed.isEmpty { pack(codes[number], UInt8(hour), packed.bytes) }
            }
            if !rows.isEmpty { canonical(codes[number], rows.bytes) }
        }
    }

    private func append(
        _ candle: UnsafeMutablePointer<CandleState>, _ sorted: inout [LevelState], to sink: inout ByteSink
    ) {
        let state = candle.pointee
        let open = state.hasUnsequenced ? state.openByTape : state.openBySequence
        let close = state.hasUnsequenced ? state.closeByTape : state.closeBySequence
        let run = UnsafeBufferPointer(start: state.levels, count: Int(state.levelCount))
        if FootprintFold.isSorted(run) {
            return CandleCode.appendBody(open: open, close: close, levels: run, to: &sink)
        }
        // Sorted in a copy: the fold may go on, and its indices stand.
        sorted.removeAll(keepingCapacity: true)
        sorted.append(contentsOf: run)
        sorted.sort { $0.price < $1.price }
        sorted.withUnsafeBufferPointer {
            CandleCode.appendBody(open: open, close: close, levels: $0, to: &sink)
        }
    }

    private static func isSorted(_ levels: UnsafeBufferPointer<LevelState>) -> Bool {
        var index = 1
        while index < levels.count {
            if levels[index &- 1].price > levels[index].price { return false }
            index &+= 1
        }
        return true
    }
}
