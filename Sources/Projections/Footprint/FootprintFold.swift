internal import Columns
public import Market

/// The fold of `footprint@1`: trades of one market and day in, candles out (PROJECTIONS §2).
///
/// A trade belongs to the candle of its own minute whenever it comes. Open and close follow the exchange
/// sequence; in a candle with any trade that has none, they follow the tape. So the result depends on the
/// trades and, only without sequences, on their order within the symbol; never on order across symbols. One
/// thread at a time.
public final class FootprintFold {
    private var state: FootprintState

    /// A fold of nothing so far.
    public init(memory: ChunkMemory = .plain) { state = FootprintState(memory: memory) }

    /// Forgets everything, for the next market and day, and keeps the memory.
    public func reset() { state.reset() }

    /// How many candles there are.
    public var candleCount: Int { state.candleCount }

    /// Folds the fresh regular-board trades of a block. About 12 ns a trade.
    public func fold(_ trades: UnsafeBufferPointer<Trade>) { state.fold(trades) }

    /// Folds trades of one symbol and minute out of columns, in the order of the exchange's sequence, or of
    /// the tape where `isSequenced` is false. They come behind all trades of the symbol that were folded
    /// before. About 4 ns a trade.
    public func fold(
        symbol: UInt32, minute: Int, prices: UnsafeBufferPointer<Int64>,
        quantities: UnsafeBufferPointer<Int64>,
        sides: UnsafeBufferPointer<UInt8>, isSequenced: Bool
    ) {
        state.fold(
            symbol: Int(symbol), minute: minute, prices: prices, quantities: quantities, sides: sides,
            isSequenced: isSequenced)
    }

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
        var sorted: [FootprintState.Level] = []
        let firstMinute = day.start.nanos / 60_000_000_000
        for number in codes.indices.sorted(by: { codes[$0] < codes[$1] }) where number < state.symbolCount {
            let table = state.minutes(ofSymbol: number)
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
        _ candle: UnsafeMutablePointer<FootprintState.Candle>, _ sorted: inout [FootprintState.Level],
        to sink: inout ByteSink
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

    private static func isSorted(_ levels: UnsafeBufferPointer<FootprintState.Level>) -> Bool {
        var index = 1
        while index < levels.count {
            if levels[index &- 1].price > levels[index].price { return false }
            index &+= 1
        }
        return true
    }
}
