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
    /// prices plus that of quantities; exact, also where 128 bits do not hold it.
    public var turnover: WideInteger {
        levels.reduce(WideInteger(0)) { $0 + WideInteger(Int128($1.price), times: $1.volume) }
    }

    /// The turnover in instruments instead of units of quantity.
    public func value(lotSize: UInt32) -> WideInteger { turnover.times(lotSize) }

    /// The start of the candle's minute, `t0`.
    public func start(on day: TradingDay) -> Timestamp {
        Timestamp(nanos: day.start.nanos + Int64(minute) * 60 * 1_000_000_000)
    }
}
