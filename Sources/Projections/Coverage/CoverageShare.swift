/// How much of the exchange's sequence a stream holds (PROJECTIONS §6): distinct numbers seen ÷ expected. The
/// day starts at 1, and missing numbers belong to the minute of the next number that was seen.
public struct CoverageShare: Equatable, Sendable {
    /// Distinct sequence numbers seen.
    public var seen: UInt64
    /// Numbers that the exchange must have given out.
    public var expected: UInt64

    /// A share.
    public init(seen: UInt64, expected: UInt64) {
        self.seen = seen
        self.expected = expected
    }

    /// 0 ... 1; nil where the feed has no sequence numbers.
    public var value: Double? { expected == 0 ? nil : Double(min(seen, expected)) / Double(expected) }

    /// The share of a whole day; numbers behind the last one seen are unknown, not missing.
    public static func day(_ minutes: [CoverageMinute]) -> CoverageShare {
        CoverageShare(
            seen: minutes.reduce(0) { $0 &+ $1.sequences },
            expected: minutes.reduce(0) { max($0, $1.lastSequence) })
    }

    /// The share of each minute that has sequence numbers, by minute.
    public static func perMinute(_ minutes: [CoverageMinute]) -> [(minute: Int, share: CoverageShare)] {
        var highest: UInt64 = 0
        return minutes.compactMap { row in
            guard row.sequences > 0 else { return nil }
            // Numbers at or below the highest so far were expected before, and came late.
            let expected = row.lastSequence > highest ? row.lastSequence - highest : 0
            highest = max(highest, row.lastSequence)
            return (row.minute, CoverageShare(seen: row.sequences, expected: max(expected, row.sequences)))
        }
    }
}
