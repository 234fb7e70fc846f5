public import Market

/// The fold of `footprint@1`: trades of one market and day in, candles out (PROJECTIONS §2).
///
/// A trade belongs to the candle of its own minute whenever it comes. Open and close follow the exchange
/// sequence; in a candle with any trade that has none, they follow the tape. So the result depends on the
/// trades and, only without sequences, on their order within the symbol; never on order across symbols.
///
/// State: a table from (symbol, minute) to candle, candles in one array, their levels in another. A candle's
/// levels stand together, unsorted, in a stretch that doubles when full; most candles have two.
public struct FootprintFold: ~Copyable {
    /// A level while it grows: one cache line.
    @usableFromInline
    struct LevelState {
        var price: Int64
        var buyVolume: UInt128
        var sellVolume: UInt128
        var unknownVolume: UInt128
        var tradeCount: UInt64
    }

    private struct CandleState {
        var levelStart: Int
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

    private static let minutesPerDay = 1440
    /// From here on a candle's levels are found by a dictionary.
    private static let levelScanMax: Int32 = 64

    private var candleOf: UnsafeMutablePointer<Int32>
    private var symbolCapacity = 256
    private var candles: [CandleState] = []
    private var levels: UnsafeMutablePointer<LevelState>
    private var levelCount = 0
    private var levelCapacity = 1 << 12
    /// Price to level, for the few candles with many levels; only looked up.
    private var manyLevels: [Int32: [Int64: Int32]] = [:]

    /// A fold of nothing so far.
    public init() {
        candleOf = .allocate(capacity: symbolCapacity * FootprintFold.minutesPerDay)
        candleOf.initialize(repeating: -1, count: symbolCapacity * FootprintFold.minutesPerDay)
        levels = .allocate(capacity: levelCapacity)
        candles.reserveCapacity(1 << 12)
    }

    deinit {
        candleOf.deallocate()
        levels.deallocate()
    }

    /// Folds the fresh regular-board trades of a block. About 12 ns a trade.
    public mutating func fold(_ trades: UnsafeBufferPointer<Trade>) {
        for trade in trades where trade.status == .fresh && trade.board == .regular { fold(trade) }
    }

    @inline(__always)
    private mutating func fold(_ trade: Trade) {
        if _slowPath(Int(trade.symbol) >= symbolCapacity) { growSymbols(Int(trade.symbol)) }
        let slot = candleOf + (Int(trade.symbol) &* FootprintFold.minutesPerDay &+ Int(trade.second) / 60)
        if slot.pointee < 0 {
            slot.pointee = Int32(candles.count)
            begin(trade)
        }
        let number = Int(slot.pointee)
        let index = candles.withUnsafeMutableBufferPointer { all -> Int in
            let candle = all.baseAddress! + number
            FootprintFold.place(trade, &candle.pointee)
            let last = candle.pointee.levelStart &+ Int(candle.pointee.lastLevel)
            return levels[last].price == trade.price ? last : -1
        }
        add(trade, toLevel: index >= 0 ? index : level(of: trade.price, candle: number))
    }

    @inline(__always)
    private static func place(_ trade: Trade, _ candle: inout CandleState) {
        candle.closeByTape = trade.price
        if trade.sequence == Trade.noSequence {
            candle.hasUnsequenced = true
        } else if trade.sequence >= candle.lastSequence {
            candle.lastSequence = trade.sequence
            candle.closeBySequence = trade.price
        } else if trade.sequence < candle.firstSequence {
            candle.firstSequence = trade.sequence
            candle.openBySequence = trade.price
        }
    }

    @inline(__always)
    private func add(_ trade: Trade, toLevel index: Int) {
        let level = levels + index
        let volume = UInt128(UInt64(bitPattern: trade.quantity))
        switch trade.side {
        case .buy: level.pointee.buyVolume &+= volume
        case .sell: level.pointee.sellVolume &+= volume
        case .unknown: level.pointee.unknownVolume &+= volume
        }
        level.pointee.tradeCount &+= 1
    }

    private mutating func begin(_ trade: Trade) {
        let start = takeLevels(2)
        candles.append(
            CandleState(
                levelStart: start, levelCount: 1, levelCapacity: 2, lastLevel: 0, hasUnsequenced: false,
                firstSequence: trade.sequence, lastSequence: 0, openBySequence: trade.price,
                closeBySequence: trade.price, openByTape: trade.price, closeByTape: trade.price))
        (levels + start).initialize(to: FootprintFold.emptyLevel(trade.price))
    }

    private static func emptyLevel(_ price: Int64) -> LevelState {
        LevelState(price: price, buyVolume: 0, sellVolume: 0, unknownVolume: 0, tradeCount: 0)
    }

    /// The index of a candle's level at a price, new or known.
    private mutating func level(of price: Int64, candle number: Int) -> Int {
        let candle = candles[number]
        if candle.levelCount <= FootprintFold.levelScanMax {
            for index in 0..<Int(candle.levelCount) where levels[candle.levelStart + index].price == price {
                candles[number].lastLevel = Int32(index)
                return candle.levelStart + index
            }
        } else if let known = manyLevels[Int32(number)]?[price] {
            candles[number].lastLevel = known
            return candle.levelStart + Int(known)
        }
        return appendLevel(price, candle: number)
    }

    private mutating func appendLevel(_ price: Int64, candle number: Int) -> Int {
        var candle = candles[number]
        if candle.levelCount == candle.levelCapacity {
            let start = takeLevels(Int(candle.levelCapacity) * 2)
            (levels + start).update(from: levels + candle.levelStart, count: Int(candle.levelCount))
            candle.levelStart = start
            candle.levelCapacity *= 2
        }
        (levels + (candle.levelStart + Int(candle.levelCount))).initialize(to: FootprintFold.emptyLevel(price))
        candle.lastLevel = candle.levelCount
        candle.levelCount += 1
        candles[number] = candle
        if candle.levelCount > FootprintFold.levelScanMax { remember(candle, number) }
        return candle.levelStart + Int(candle.lastLevel)
    }

    private mutating func remember(_ candle: CandleState, _ number: Int) {
        let known = manyLevels[Int32(number)]?.count ?? 0
        for index in known..<Int(candle.levelCount) {
            manyLevels[Int32(number), default: [:]][levels[candle.levelStart + index].price] = Int32(index)
        }
    }

    private mutating func takeLevels(_ count: Int) -> Int {
        if levelCount + count > levelCapacity {
            let capacity = max(levelCapacity * 2, levelCount + count)
            let larger = UnsafeMutablePointer<LevelState>.allocate(capacity: capacity)
            larger.update(from: levels, count: levelCount)
            levels.deallocate()
            levels = larger
            levelCapacity = capacity
        }
        defer { levelCount += count }
        return levelCount
    }

    private mutating func growSymbols(_ symbol: Int) {
        let capacity = max(symbolCapacity * 2, symbol + 1)
        let larger = UnsafeMutablePointer<Int32>.allocate(capacity: capacity * FootprintFold.minutesPerDay)
        larger.update(from: candleOf, count: symbolCapacity * FootprintFold.minutesPerDay)
        (larger + symbolCapacity * FootprintFold.minutesPerDay).initialize(
            repeating: -1, count: (capacity - symbolCapacity) * FootprintFold.minutesPerDay)
        candleOf.deallocate()
        candleOf = larger
        symbolCapacity = capacity
    }

    // MARK: Rows

    /// How many candles there are.
    public var candleCount: Int { candles.count }

    /// Emits the rows: symbols by rising code, each symbol's packs by rising hour, then its canonical rows.
    ///
    /// - Parameters:
    ///   - symbols: The symbols by the numbers that the trades carried.
    ///   - pack: Gets symbol, hour of the WIB day and the packed candles; the bytes live for the call.
    ///   - canonical: Gets symbol and the bytes of which its digest is made.
    public func emit(
        symbols: [Symbol], day: TradingDay, pack: (Symbol, UInt8, UnsafeRawBufferPointer) -> Void,
        canonical: (Symbol, UnsafeRawBufferPointer) -> Void
    ) {
        var rows: [UInt8] = []
        var packed: [UInt8] = []
        var sorted: [LevelState] = []
        let order = symbols.indices.sorted { symbols[$0] < symbols[$1] }
        for number in order where number < symbolCapacity {
            rows.removeAll(keepingCapacity: true)
            for hour in 0..<24 {
                packed.removeAll(keepingCapacity: true)
                var last = hour * 60
                for minute in (hour * 60)..<(hour * 60 + 60) {
                    let candle = candleOf[number * FootprintFold.minutesPerDay + minute]
                    guard candle >= 0 else { continue }
                    packed.append(UInt8(minute - last))
                    last = minute
                    let bodyStart = packed.count
                    append(candles[Int(candle)], &sorted, to: &packed)
                    CandleCode.appendCanonicalMinute(minute, day, to: &rows)
                    rows.append(contentsOf: packed[bodyStart...])
                }
                if !packed.isEmpty { packed.withUnsafeBytes { pack(symbols[number], UInt8(hour), $0) } }
            }
            if !rows.isEmpty { rows.withUnsafeBytes { canonical(symbols[number], $0) } }
        }
    }

    private func append(_ candle: CandleState, _ sorted: inout [LevelState], to bytes: inout [UInt8]) {
        // Sorted in a copy: the fold may go on, and its indices stand.
        sorted.removeAll(keepingCapacity: true)
        sorted.append(
            contentsOf: UnsafeBufferPointer(start: levels + candle.levelStart, count: Int(candle.levelCount)))
        if sorted.count > 1 { sorted.sort { $0.price < $1.price } }
        sorted.withUnsafeBufferPointer {
            CandleCode.appendBody(
                open: candle.hasUnsequenced ? candle.openByTape : candle.openBySequence,
                close: candle.hasUnsequenced ? candle.closeByTape : candle.closeBySequence, levels: $0,
                to: &bytes)
        }
    }
}
