/// What earlier days say about the usual volume of a symbol, and its previous close.
public struct SummaryHistory: Equatable, Sendable {
    /// The close of the newest earlier day on which the symbol traded; nil where it is not known.
    public var previousClose: Int64?
    /// Twice the 20-day median of the volume up to the trading minute reached; nil where there are fewer days.
    public var medianVolumeTwice: UInt128?
    /// Twice the median volume of a block of 60 minutes of continuous trading; nil where there is no whole block.
    public var medianBlockVolumeTwice: UInt128?

    /// Days of the medians.
    public static let dayCount = 20

    /// Nothing is known.
    public init() {}

    /// From a symbol's earlier days.
    ///
    /// - Parameters:
    ///   - days: The market's newest earlier days that have been projected, at most ``dayCount``, newest first. One
    ///     on which the symbol did not trade counts as one without volume; of a symbol that was not listed yet the
    ///     guard `unstable` tells.
    ///   - isUnbroken: For each day whether no trading day lies unprojected between it and the summary's day.
    public init(_ days: [HistoryDay], isUnbroken: [Bool]) {
        precondition(days.count == isUnbroken.count && days.count <= SummaryHistory.dayCount)
        if let newest = days.firstIndex(where: { $0.close != nil }), isUnbroken[newest] {
            previousClose = days[newest].close
        }
        if days.count == SummaryHistory.dayCount {
            medianVolumeTwice = medianTwice(days.map(\.volumeReached))
        }
        medianBlockVolumeTwice = medianTwice(days.flatMap(\.blocks))
    }
}

/// Twice the median, which is the sum of the two middle values where their number is even; nil of nothing.
func medianTwice(_ values: [UInt128]) -> UInt128? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    return sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]
}
