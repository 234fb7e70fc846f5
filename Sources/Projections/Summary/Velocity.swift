public import Market

/// How fast delta comes in (R1 §4B, PROJECTIONS §4): 100 · Σdelta of the last 60 trading minutes / the median volume
/// of 60 trading minutes.
///
/// A view: the moment crosses symbols. The median is that of the blocks of 60 minutes into which the continuous
/// sessions of up to 20 earlier days are cut from their beginning; what is left at a day's end is no whole block.
public enum Velocity {
    /// The velocity in percent; nil where the median is unknown or 0.
    ///
    /// - Parameters:
    ///   - candles: The day's, of one minute, up to the moment of the summary.
    ///   - reached: How far trading has come; see ``TradingMinutes/reached(atMinute:)``.
    public static func percent(
        _ candles: some Collection<Candle>, minutes: TradingMinutes, reached: Int, history: SummaryHistory
    ) -> Double? {
        guard let twice = history.medianBlockVolumeTwice, twice > 0 else { return nil }
        let end = min(reached, minutes.continuousMinutes)
        let window = max(0, end - HistoryDay.blockMinutes)..<max(0, end)
        let delta = candles.filter { window.contains(minutes.position(ofMinute: $0.minute)) }
            .reduce(Int128(0)) { $0 + $1.delta }
        return 100 * Double(delta) / (Double(twice) / 2)
    }
}
