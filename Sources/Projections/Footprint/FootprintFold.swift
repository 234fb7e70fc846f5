public import Market

/// The fold of `footprint@1`: trades of one market and day in, candles out (PROJECTIONS §2).
///
/// A trade belongs to the candle of its own minute whenever it comes. Open and close follow the exchange
/// sequence; in a candle with any trade that has none, they follow the tape. So the result depends on the
/// trades and, only without sequences, on their order within the symbol; never on order across symbols. One
/// thread at a time. ``pack(into:)`` takes its candles out.
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

    /// Appends all candles, symbol by symbol; the fold may go on.
    public func pack(into target: PackedCandles) {
        var sorted: [FootprintState.Level] = []
        for symbol in 0..<state.symbolCount {
            let table = state.minutes(ofSymbol: symbol)
            for minute in 0..<FootprintState.minutesPerDay {
                guard let candle = table[minute]?.pointee else { continue }
                // Sorted in a copy: the fold's indices stand.
                sorted.removeAll(keepingCapacity: true)
                sorted.append(
                    contentsOf: UnsafeBufferPointer(start: candle.levels, count: Int(candle.levelCount)))
                sorted.withUnsafeMutableBufferPointer { levels in
                    FootprintState.Level.sort(levels)
                    target.storage.append(
                        symbol: symbol, minute: minute,
                        open: candle.hasUnsequenced ? candle.openByTape : candle.openBySequence,
                        close: candle.hasUnsequenced ? candle.closeByTape : candle.closeBySequence,
                        levels: UnsafeBufferPointer(levels))
                }
            }
        }
    }
}
