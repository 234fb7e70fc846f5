public import Market

/// How long a candle is.
public enum Timeframe: Equatable, Sendable {
    /// Minutes from midnight WIB: 1 … 1,440.
    case minutes(Int)
    /// From the beginning to the end of a session of the exchange.
    case session

    /// The candles of a day at this length.
    ///
    /// - Parameters:
    ///   - candles: One symbol and day, of one minute, by rising minute.
    ///   - sessions: The day's sessions; nil for a market without any, whose session is the day.
    public func rolledUp(_ candles: [Candle], sessions: SessionSchedule?) -> [Candle] {
        switch self {
        case .minutes(let minutes): RollUp.candles(candles, minutes: minutes)
        case .session:
            sessions.map { RollUp.candles(candles, sessions: $0) } ?? RollUp.candles(candles, minutes: 1440)
        }
    }

    /// The minute at which a candle of this length ends, exclusive.
    public func end(of candle: Candle, sessions: SessionSchedule?) -> Int {
        switch self {
        case .minutes(let minutes): min(candle.minute + minutes, 1440)
        case .session:
            sessions.map { schedule in
                (schedule.session(second: candle.minute * 60)?.upperBound ?? candle.minute * 60) / 60 + 1
            } ?? 1440
        }
    }
}
