public import Market

/// A footprint candle: one symbol, one minute (PROJECTIONS §2). Integers in the stream's own scales.
///
/// By construction: `volume = Σ(buy + sell + unknown)`, `delta = Σ(buy − sell)`, `low ≤ open, close ≤ high`,
/// and the levels' ends are `low` and `high`.
public struct Candle: Equatable, Sendable {
    /// What was traded at one price.
    public struct Level: Equatable, Sendable {
        /// The price.
        public var price: Int64
        /// Volume of buying aggressors, `bv`.
        public var buyVolume: UInt128
        /// Volume of selling aggressors, `av`.
        public var sellVolume: UInt128
        /// Volume without a known aggressor, `uv`.
        public var unknownVolume: UInt128
        /// Trades, `n`.
        public var tradeCount: UInt64

        /// A level.
        public init(
            price: Int64, buyVolume: UInt128, sellVolume: UInt128, unknownVolume: UInt128, tradeCount: UInt64
        ) {
            self.price = price
            self.buyVolume = buyVolume
            self.sellVolume = sellVolume
            self.unknownVolume = unknownVolume
            self.tradeCount = tradeCount
        }

        /// All that was traded at the price.
        public var volume: UInt128 { buyVolume + sellVolume + unknownVolume }
    }

    /// Minute of the WIB day, 0 ... 1,439.
    public var minute: Int
    /// Price of the first trade: lowest exchange sequence, else earliest on the tape.
    public var open: Int64
    /// Price of the last trade.
    public var close: Int64
    /// Levels by rising price; at least one.
    public var levels: [Level]

    /// A candle.
    public init(minute: Int, open: Int64, close: Int64, levels: [Level]) {
        precondition(!levels.isEmpty)
        self.minute = minute
        self.open = open
        self.close = close
        self.levels = levels
    }

    /// Lowest price.
    public var low: Int64 { levels[0].price }
    /// Highest price.
    public var high: Int64 { levels[levels.count - 1].price }
    /// Volume.
    public var volume: UInt128 { levels.reduce(0) { $0 + $1.volume } }
    /// Buying less selling aggressors' volume.
    public var delta: Int128 { levels.reduce(0) { $0 + Int128($1.buyVolume) - Int128($1.sellVolume) } }
    /// Volume without a known aggressor.
    public var unknownVolume: UInt128 { levels.reduce(0) { $0 + $1.unknownVolume } }
    /// Trades.
    public var tradeCount: UInt64 { levels.reduce(0) { $0 + $1.tradeCount } }
    /// Σ price × quantity, the numerator of the VWAP, whose denominator is ``volume``. In the scale of
    /// prices plus that of quantities. Exact up to `Int128.max`, where it stays: only prices and quantities
    /// near the end of 64 bits come there, and one such message must not stop the program.
    public var turnover: Int128 {
        levels.reduce(0) { sum, level in
            let volume = Int128(clamping: level.volume)
            let (product, isBeyond) = Int128(level.price).multipliedReportingOverflow(by: volume)
            let (total, isSumBeyond) = sum.addingReportingOverflow(product)
            return isBeyond || isSumBeyond ? Int128.max : total
        }
    }

    /// The turnover in instruments instead of units of quantity; exact as ``turnover`` is.
    public func value(lotSize: UInt32) -> Int128 {
        let (value, isBeyond) = turnover.multipliedReportingOverflow(by: Int128(lotSize))
        return isBeyond ? Int128.max : value
    }

    /// The start of the candle's minute, `t0`.
    public func start(on day: TradingDay) -> Timestamp {
        Timestamp(nanos: day.start.nanos + Int64(minute) * 60 * 1_000_000_000)
    }
}
