public import Market

/// The fold of `footprint@1`: trades of one market and day in, candles out (PROJECTIONS §2).
///
/// A trade belongs to the candle of its own minute whenever it comes. Open and close follow the exchange
/// sequence; in a candle with any trade that has none, they follow the tape. So the result depends on the
/// trades and, only without sequences, on their order within the symbol; never on order across symbols. One
/// thread at a time. ``FootprintRows`` emits its rows.
public final class FootprintFold {
    private(set) var state: FootprintState

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
}
