internal import Market
internal import Tape

/// Finds out, payload by payload, which earlier import a source continues that cannot be read twice, such as
/// standard input: each is compared with what it left on the tape, until all have differed or ended.
final class StreamMatcher {
    /// The longest import of which everything has come so far.
    private(set) var best: SourceMatcher.Match?

    private var candidates: [(entry: LedgerEntry, comparison: TapeComparison)]

    init(tape: Tape, stream: StreamName, entries: [LedgerEntry], retired: Set<TradingDay>) {
        candidates = entries.filter { !$0.ranges.isEmpty }.map { entry in
            (entry, TapeComparison(tape: tape, stream: stream, ranges: entry.ranges, retired: retired))
        }
    }

    /// Whether the source may still continue an import, with this as its next payload.
    func mayContinue(_ payload: UnsafeRawBufferPointer, _ day: TradingDay) throws(ImportError) -> Bool {
        var left: [(LedgerEntry, TapeComparison)] = []
        for (entry, known) in candidates {
            var comparison = known
            let agrees: Bool
            do throws(TapeError) {
                agrees = try comparison.accepts(payload, day)
            } catch {
                throw .tape(error)
            }
            guard agrees else { continue }
            guard comparison.isComplete else {
                left.append((entry, comparison))
                continue
            }
            let counts = comparison.counts
            let total = counts.values.reduce(0, +)
            if total > best?.count ?? 0 {
                let known = comparison.grown.map { entry.excluding($0) } ?? entry
                best = .init(entry: known, skip: .perDay(counts), count: total)
            }
        }
        candidates = left
        return !candidates.isEmpty
    }
}
