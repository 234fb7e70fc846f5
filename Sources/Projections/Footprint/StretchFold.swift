internal import Columns
internal import Market

/// The fold of `footprint@1` over trades that come symbol by symbol and minute by minute, out of columns: a
/// candle is finished as soon as another begins, and packed at once, so that it never leaves the cache.
///
/// Trades of a symbol come in the order of the exchange's sequence, or of the tape where there is none. One
/// thread at a time.
public struct StretchFold: ~Copyable {
    private let target: PackedCandles
    private var candles = PackedCandles.Storage()
    private var levels: UnsafeMutablePointer<FootprintState.Level>
    private var levelCapacity = 64
    private var levelCount = 0
    private var lastLevel = 0
    private var symbol = -1
    private var minute = 0
    private var open: Int64 = 0
    private var close: Int64 = 0
    /// Price to level, for a candle with many; only looked up.
    private var manyLevels: [Int64: Int] = [:]

    /// From here on a candle's levels are found by a dictionary.
    private static let levelScanMax = 64

    /// A fold whose candles stand in `target` once it is finished; a minute may be there more than once, in
    /// order.
    public init(into target: PackedCandles) {
        self.target = target
        levels = .allocate(capacity: 64)
        swap(&candles, &target.storage)
    }

    deinit { levels.deallocate() }

    /// Folds trades of one symbol and minute, one or more.
    /// - Parameters:
    ///   - symbol: The symbol's number.
    ///   - minute: Minute of the WIB day.
    ///   - prices: In the stream's scale; `quantities` and `sides` (raw values of ``Side``) are as long.
    public mutating func fold(
        symbol: UInt32, minute: Int, prices: UnsafeBufferPointer<Int64>,
        quantities: UnsafeBufferPointer<Int64>, sides: UnsafeBufferPointer<UInt8>
    ) {
        guard let first = prices.first else { return }
        if minute != self.minute || Int(symbol) != self.symbol || levelCount == 0 {
            endCandle()
            (self.symbol, self.minute, open) = (Int(symbol), minute, first)
            begin(first)
        }
        var level = levels + lastLevel
        var index = 0
        while index < prices.count {
            let price = prices[index]
            if level.pointee.price != price { level = self.level(of: price) }
            let volume = UInt128(UInt64(bitPattern: quantities[index]))
            switch sides[index] {
            case Side.buy.rawValue: level.pointee.buyVolume &+= volume
            case Side.sell.rawValue: level.pointee.sellVolume &+= volume
            default: level.pointee.unknownVolume &+= volume
            }
            level.pointee.tradeCount &+= 1
            index &+= 1
        }
        close = prices[prices.count &- 1]
    }

    /// Ends the fold, behind the last trade.
    public consuming func finish() {
        endCandle()
        // Fetched first: under ThreadSanitizer the compiler takes the two for one access.
        let target = target
        swap(&candles, &target.storage)
    }

    private mutating func endCandle() {
        guard levelCount > 0 else { return }
        let run = UnsafeMutableBufferPointer(start: levels, count: levelCount)
        FootprintState.Level.sort(run)
        candles.append(
            symbol: symbol, minute: minute, open: open, close: close, levels: UnsafeBufferPointer(run))
        levelCount = 0
        if !manyLevels.isEmpty { manyLevels.removeAll(keepingCapacity: true) }
    }

    private mutating func begin(_ price: Int64) {
        (levels + levelCount).initialize(to: FootprintState.emptyLevel(price))
        lastLevel = levelCount
        levelCount &+= 1
    }

    /// The candle's level at a price, new or known.
    private mutating func level(of price: Int64) -> UnsafeMutablePointer<FootprintState.Level> {
        if levelCount <= StretchFold.levelScanMax {
            for index in 0..<levelCount where levels[index].price == price {
                lastLevel = index
                return levels + index
            }
        } else if let known = manyLevels[price] {
            lastLevel = known
            return levels + known
        }
        if levelCount == levelCapacity { grow() }
        begin(price)
        if levelCount > StretchFold.levelScanMax {
            for index in manyLevels.count..<levelCount { manyLevels[levels[index].price] = index }
        }
        return levels + lastLevel
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<FootprintState.Level>.allocate(capacity: levelCapacity * 2)
        larger.initialize(from: levels, count: levelCount)
        levels.deallocate()
        levels = larger
        levelCapacity *= 2
    }
}
