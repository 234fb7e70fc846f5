public import Market

/// An earlier day of a symbol, as far as summaries compare with it.
public struct HistoryDay: Equatable, Sendable {
    /// Volume up to the trading minute that the summary's day has reached.
    public private(set) var volumeReached: UInt128 = 0
    /// Volume of each whole block of 60 minutes of continuous trading.
    public private(set) var blocks: [UInt128]
    /// Price of the last trade; nil where there was none.
    public private(set) var close: Int64?

    private let minutes: TradingMinutes
    private let reached: Int

    /// Minutes of a block.
    public static let blockMinutes = 60

    /// A day without trades.
    ///
    /// - Parameters:
    ///   - schedule: The earlier day's.
    ///   - reached: How far trading has come on the summary's day; see ``TradingMinutes/reached(atMinute:)``.
    public init(schedule: SessionSchedule, reached: Int) {
        minutes = TradingMinutes(schedule)
        self.reached = reached
        blocks = [UInt128](repeating: 0, count: minutes.continuousMinutes / HistoryDay.blockMinutes)
    }

    /// The day as if a later corporate action had been before it: prices times the factor, volumes divided by it.
    public func adjusted(by factor: PriceFactor) -> HistoryDay {
        guard factor != .one else { return self }
        var day = self
        day.close = close.map(factor.applied)
        func volume(_ value: UInt128) -> UInt128 {
            value * UInt128(factor.denominator) / UInt128(factor.numerator)
        }
        day.volumeReached = volume(volumeReached)
        day.blocks = blocks.map(volume)
        return day
    }

    /// Adds a candle; they come by rising minute.
    public mutating func add(_ candle: CandleSums) {
        close = candle.close
        let position = minutes.position(ofMinute: candle.minute)
        if position < reached { volumeReached += candle.volume }
        let block = position / HistoryDay.blockMinutes
        if position >= 0, block < blocks.count { blocks[block] += candle.volume }
    }
}
