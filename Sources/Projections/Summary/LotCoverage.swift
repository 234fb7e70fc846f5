/// How much of a symbol's own volume is on the tape, against the day's broker summary, and what deltaPct can be when the
/// rest is known (PROJECTIONS §6): a missing number of the exchange's sequence belongs to no known symbol, so this is the
/// symbol's own share. Regular board, in lots of ``BrokerSummary/digits`` decimals.
public struct LotCoverage: Equatable, Sendable {
    /// Lots on the tape ÷ lots of the broker summary, 0 … 1.
    public let share: Double
    /// The lowest and highest deltaPct: 100 · (Δ ± missing) / total.
    public let deltaPct: ClosedRange<Double>

    /// A share; nil where the broker summary has no lots.
    /// - Parameters:
    ///   - volume: Lots on the tape, and `delta` those bought less those sold.
    ///   - total: Lots of the broker summary. Where the tape has more, nothing is missing.
    public init?(volume: UInt128, delta: Int128, total: UInt128) {
        guard total > 0 else { return nil }
        let missing = Int128(total > volume ? total - volume : 0)
        let all = Double(max(total, volume))
        share = Double(min(volume, total)) / Double(total)
        deltaPct = 100 * Double(delta - missing) / all...100 * Double(delta + missing) / all
    }
}
