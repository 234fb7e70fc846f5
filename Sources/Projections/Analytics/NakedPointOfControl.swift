public import Market

/// Points of control of completed days to which the price has not come back: inside no later candle's low and high
/// (PROJECTIONS §2).
///
/// Source: the naked or virgin point of control of Market Profile (Dalton).
public struct NakedPointOfControl: Equatable, Sendable {
    /// The day whose point of control it is.
    public let day: TradingDay
    /// The price.
    public let price: Int64

    /// One day of a symbol.
    public struct Day: Sendable {
        let day: TradingDay
        let candles: [Candle]
        let isComplete: Bool

        /// - Parameters:
        ///   - candles: Of one minute, by rising minute.
        ///   - isComplete: Whether no candle can follow on this day.
        public init(day: TradingDay, candles: [Candle], isComplete: Bool) {
            self.day = day
            self.candles = candles
            self.isComplete = isComplete
        }
    }

    /// The naked ones of a symbol's days, which stand by rising day; so do the results.
    ///
    /// - Complexity: O(candles · days).
    public static func all(_ days: [Day]) -> [NakedPointOfControl] {
        days.indices.compactMap { index in
            guard days[index].isComplete,
                let price = RollUp.candles(days[index].candles, minutes: 1440).first?.pointOfControl
            else { return nil }
            let isTouched = days[(index + 1)...].contains { later in
                later.candles.contains { ($0.low...$0.high).contains(price) }
            }
            return isTouched ? nil : NakedPointOfControl(day: days[index].day, price: price)
        }
    }
}
