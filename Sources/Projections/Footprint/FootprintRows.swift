internal import Columns
public import Market

/// The rows of one market and day, out of one fold or of several that share the day.
///
/// Folds that share a day hold stretches of it, one behind the other: within a symbol, every trade of a fold
/// comes behind all trades of the folds before it. A candle of which two folds have trades is then the sum
/// of both, opened by the first and closed by the last. The folds must not change while this is in use; any
/// number of threads may emit at a time.
public struct FootprintRows {
    /// A symbol, and its number in each fold; -1 where a fold has none of it.
    private struct Entry {
        let symbol: Symbol
        var numbers: [Int]
    }

    private let folds: [FootprintFold]
    private let entries: [Entry]
    private let firstMinute: Int64

    /// - Parameters:
    ///   - folds: Folds in the order of their trades, each with its symbols by the numbers its trades carried.
    public init(_ folds: [(fold: FootprintFold, symbols: [Symbol])], day: TradingDay) {
        self.folds = folds.map(\.fold)
        firstMinute = day.start.nanos / 60_000_000_000
        var entries: [Symbol: Entry] = [:]
        for (place, part) in folds.enumerated() {
            for (number, symbol) in part.symbols.enumerated() where number < part.fold.state.symbolCount {
                entries[
                    symbol, default: Entry(symbol: symbol, numbers: Array(repeating: -1, count: folds.count))
                ]
                .numbers[place] = number
            }
        }
        self.entries = entries.values.sorted { $0.symbol < $1.symbol }
    }

    /// How many symbols there are; they are numbered by rising code.
    public var symbolCount: Int { entries.count }

    /// Emits the rows of some symbols: by rising code, each symbol's packs by rising hour, then its canonical
    /// rows.
    ///
    /// - Parameters:
    ///   - pack: Gets symbol, hour of the WIB day and the packed candles; the bytes live for the call.
    ///   - canonical: Gets symbol and the bytes of which its digest is made.
    public func emit(
        _ symbols: Range<Int>, pack: (Symbol, UInt8, UnsafeRawBufferPointer) -> Void,
        canonical: (Symbol, UnsafeRawBufferPointer) -> Void
    ) {
        var rows = ByteSink()
        var packed = ByteSink()
        var scratch = Scratch()
        for entry in entries[symbols] {
            let tables = zip(folds, entry.numbers).compactMap { fold, number in
                number < 0 ? nil : fold.state.minutes(ofSymbol: number)
            }
            rows.removeAll()
            for hour in 0..<24 {
                packed.removeAll()
                var last = hour * 60
                for minute in (hour * 60)..<(hour * 60 + 60) {
                    var candle = tables[0][minute]
                    if tables.count > 1 { candle = scratch.merged(tables, minute) }
                    guard let candle else { continue }
                    packed.reserve(10)
                    packed.appendUnchecked(UInt64(minute - last))
                    last = minute
                    let bodyStart = packed.bytes.count
                    scratch.append(candle, to: &packed)
                    rows.reserve(10)
                    rows.appendSignedUnchecked(firstMinute + Int64(minute))
                    rows.append(packed, from: bodyStart)
                }
                if !packed.isEmpty { pack(entry.symbol, UInt8(hour), packed.bytes) }
            }
            if !rows.isEmpty { canonical(entry.symbol, rows.bytes) }
        }
    }
}

/// What one thread needs to emit candles.
private struct Scratch: ~Copyable {
    private typealias Candle = FootprintState.Candle
    private typealias Level = FootprintState.Level

    private var sorted: [Level] = []
    private let sum: UnsafeMutablePointer<Candle> = .allocate(capacity: 1)
    private var levels: UnsafeMutablePointer<Level> = .allocate(capacity: 1)
    private var levelCapacity = 1

    deinit {
        sum.deallocate()
        levels.deallocate()
    }

    /// The candle of a minute out of all tables; nil where none has it. Valid until the next call.
    mutating func merged(
        _ tables: [FootprintState.Minutes], _ minute: Int
    ) -> UnsafeMutablePointer<FootprintState.Candle>? {
        var first: UnsafeMutablePointer<Candle>?
        for table in tables {
            guard let next = table[minute] else { continue }
            if let known = first {
                if known != sum { copy(known) }
                add(next)
                first = sum
            } else {
                first = next
            }
        }
        return first
    }

    private mutating func copy(_ candle: UnsafeMutablePointer<Candle>) {
        sum.initialize(to: candle.pointee)
        reserve(Int(candle.pointee.levelCount), keeping: 0)
        levels.initialize(from: candle.pointee.levels, count: Int(candle.pointee.levelCount))
        sum.pointee.levels = levels
    }

    private mutating func reserve(_ count: Int, keeping kept: Int) {
        guard count > levelCapacity else { return }
        let larger = UnsafeMutablePointer<Level>.allocate(capacity: count * 2)
        larger.initialize(from: levels, count: kept)
        levels.deallocate()
        levels = larger
        levelCapacity = count * 2
    }

    /// Adds a candle whose trades come behind those of `sum`.
    private mutating func add(_ candle: UnsafeMutablePointer<Candle>) {
        var count = Int(sum.pointee.levelCount)
        reserve(count + Int(candle.pointee.levelCount), keeping: count)
        // Both were summed up to here, so no price of one can stand twice in the other.
        let known = count
        for level in UnsafeBufferPointer(start: candle.pointee.levels, count: Int(candle.pointee.levelCount))
        {
            if let place = (0..<known).first(where: { levels[$0].price == level.price }) {
                levels[place].tradeCount &+= level.tradeCount
                levels[place].buyVolume &+= level.buyVolume
                levels[place].sellVolume &+= level.sellVolume
                levels[place].unknownVolume &+= level.unknownVolume
            } else {
                (levels + count).initialize(to: level)
                count += 1
            }
        }
        sum.pointee.levels = levels
        sum.pointee.levelCount = Int32(count)
        sum.pointee.hasUnsequenced = sum.pointee.hasUnsequenced || candle.pointee.hasUnsequenced
        sum.pointee.closeBySequence = candle.pointee.closeBySequence
        sum.pointee.closeByTape = candle.pointee.closeByTape
    }

    mutating func append(
        _ candle: UnsafeMutablePointer<FootprintState.Candle>, to sink: inout ByteSink
    ) {
        let state = candle.pointee
        let open = state.hasUnsequenced ? state.openByTape : state.openBySequence
        let close = state.hasUnsequenced ? state.closeByTape : state.closeBySequence
        let run = UnsafeBufferPointer(start: state.levels, count: Int(state.levelCount))
        if Scratch.isSorted(run) {
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

    private static func isSorted(_ levels: UnsafeBufferPointer<FootprintState.Level>) -> Bool {
        var index = 1
        while index < levels.count {
            if levels[index &- 1].price > levels[index].price { return false }
            index &+= 1
        }
        return true
    }
}
