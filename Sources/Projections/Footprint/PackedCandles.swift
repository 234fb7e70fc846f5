internal import Columns

/// Finished candles of one market and day in the form of ``CandleCode``, 12 bytes each instead of hundreds,
/// one behind the other as they were finished. ``FootprintRows`` makes rows of them. One thread at a time.
public final class PackedCandles {
    /// The candles themselves, which a fold takes out while it adds to them: a class's properties are checked
    /// for exclusive access each time.
    struct Storage: ~Copyable {
        var bytes = ByteSink(capacity: 1 << 12)
        var entries: [Entry] = []
        var runs: [Run] = []
    }

    struct Entry: BitwiseCopyable {
        /// Minute of the WIB day.
        var minute: Int32
        /// Bytes of the candle, which begin where those of the entry before end.
        var size: UInt32
    }

    /// Entries of one symbol that stand together.
    struct Run {
        var symbol: Int
        var firstEntry: Int
        /// Offset of the first entry's bytes.
        var start: Int
    }

    var storage = Storage()

    /// No candle.
    public init() {}

    /// Forgets everything and keeps the memory.
    public func removeAll() {
        storage.bytes.removeAll()
        storage.entries.removeAll(keepingCapacity: true)
        storage.runs.removeAll(keepingCapacity: true)
    }

    /// How many candles there are.
    public var count: Int { storage.entries.count }
}

extension PackedCandles.Storage {
    /// Appends a candle.
    /// - Parameters:
    ///   - symbol: The symbol's number.
    ///   - levels: By rising price, 1 or more.
    mutating func append(
        symbol: Int, minute: Int, open: Int64, close: Int64,
        levels: UnsafeBufferPointer<FootprintState.Level>
    ) {
        let start = bytes.bytes.count
        if runs.last?.symbol != symbol {
            runs.append(PackedCandles.Run(symbol: symbol, firstEntry: entries.count, start: start))
        }
        CandleCode.appendBody(open: open, close: close, levels: levels, to: &bytes)
        let size = UInt32(bytes.bytes.count - start)
        entries.append(PackedCandles.Entry(minute: Int32(truncatingIfNeeded: minute), size: size))
    }
}
