/// Everyday cases in which R1's rules mislead (`guard@1`, PROJECTIONS §4). A guarded item stays visible, but
/// outside lists and alerts.
public enum SummaryGuard: String, CaseIterable, Sendable {
    /// The last price is the day's upper or lower limit: nobody can be found on the other side.
    case limit
    /// No trade had an aggressor, so deltaPct says nothing.
    case auction
    /// The classified trades may be worth fewer than 30 of equal size; see ``EffectiveTrades``.
    case thin
    /// The context rests on fewer than 20 days.
    case unstable
    /// A bullish signal with a negative deltaPct, or a label that points against the signal.
    case conflict
    /// Less than nine tenths of the exchange's sequence is on the tape.
    case partial

    /// `guard@1`.
    public static let id = ProjectionID(name: "guard", version: 1)
    /// Fewer effective trades are thin.
    public static let effectiveTradesMin: UInt32 = 30
    /// A lower share is partial.
    public static let coverageMin = 0.9

    /// The guards that hold, in the order of the cases.
    ///
    /// - Parameters:
    ///   - limits: The lowest and highest price of the day; nil where they are not known.
    ///   - coverage: The market's share, 0 … 1; nil where the feed has no sequence numbers.
    static func all(
        _ input: SummaryInput, limits: ClosedRange<Int64>?, context: FlowContext?, signal: Signal,
        label: PredictionLabel?, coverage: Double?
    ) -> [SummaryGuard] {
        allCases.filter { guardCase in
            switch guardCase {
            case .limit: limits.map { input.last <= $0.lowerBound || input.last >= $0.upperBound } ?? false
            case .auction: input.unknownVolume == input.volume
            case .thin: input.effectiveTrades.isBelow(effectiveTradesMin)
            case .unstable: context.map { !$0.isStable } ?? false
            case .conflict:
                (signal.direction == .bullish && input.deltaPct < 0)
                    || (signal.direction == .bullish && label?.direction == .bearish)
                    || (signal.direction == .bearish && label?.direction == .bullish)
            case .partial: coverage.map { $0 < coverageMin } ?? false
            }
        }
    }
}
