/// Finds what a symbol had traded before the block began, from the averages that its lines show.
///
/// The feed's average is `value / lots`, truncated, over the day so far. With value `v` and lots `l` before
/// the block, each line says `a * (l + l') <= v + v' < (a + 1) * (l + l')`, where `v'` and `l'` are the
/// block's own sums. For a fixed `l` that leaves `v` an interval, whose length is a concave function of `l`:
/// a search by thirds finds an `l` for which it is not empty, if there is one.
struct AverageModel {
    /// A line: the block's own sums up to it, and the average it shows.
    struct Line {
        var value: Int64
        var lots: Int64
        var average: Int64
    }

    /// Sums beyond this are left to the other model; products below stay within 63 bits.
    static let sumLimit: Int64 = 1 << 44

    /// Value and lots before the block; nil where none fit all lines.
    static func start(_ lines: [Line]) -> (value: Int64, lots: Int64)? {
        guard let first = lines.first else { return nil }
        var low: Int64 = 0
        var high = max(1, min(sumLimit / max(first.average + 1, 1), 1 << 31))
        while high - low > 2 {
            let third = (high - low) / 3
            let left = slack(lines, low + third)
            let right = slack(lines, high - third)
            if left.length > 0, third > 0 { return (left.lowest, low + third) }
            if right.length > 0 { return (right.lowest, high - third) }
            if left.length < right.length { low += third } else { high -= third }
        }
        for lots in max(low, 1)...max(high, 1) { if let value = value(lines, lots) { return (value, lots) } }
        return nil
    }

    /// Whether nothing had been traded, as in most symbols' first block.
    static func fitsNothing(_ lines: [Line]) -> Bool {
        lines.allSatisfy { $0.lots > 0 && $0.value / $0.lots == $0.average }
    }

    private static func value(_ lines: [Line], _ lots: Int64) -> Int64? {
        let (lowest, length) = slack(lines, lots)
        return length > 0 ? lowest : nil
    }

    /// The lowest value that fits the lines' lower bounds, and how many up to their upper bounds fit.
    private static func slack(_ lines: [Line], _ lots: Int64) -> (lowest: Int64, length: Int64) {
        var lowest: Int64 = 0
        var highest = Int64.max
        for line in lines {
            let sum = lots &+ line.lots
            let bound = line.average &* sum &- line.value
            lowest = max(lowest, bound)
            highest = min(highest, bound &+ sum)
        }
        return (lowest, highest &- lowest)
    }
}
