/// Why a symbol has its signal: the rule, and how far deltaPct is from one that would give another signal, price and
/// context staying as they are (PROJECTIONS §4).
public struct SignalExplanation: Equatable, Sendable {
    /// A stretch of deltaPct with one rule.
    public struct Stretch: Equatable, Sendable {
        /// Lowest deltaPct of the stretch.
        public let low: Double
        /// Highest deltaPct of the stretch, inclusive.
        public let high: Double
        /// The rule that holds in it.
        public let rule: Int

        /// What it gives.
        public var signal: Signal { SignalTable.rules[rule].signal }
    }

    /// All of −100 … 100, without holes and by rising deltaPct; neighbours have different rules.
    public let stretches: [Stretch]
    /// Index of the stretch in which the symbol is.
    public let index: Int

    /// The stretch in which the symbol is.
    public var current: Stretch { stretches[index] }

    /// The nearest stretch below with another signal: deltaPct must fall to its ``Stretch/high``.
    public var below: Stretch? { stretches[..<index].last { $0.signal != current.signal } }

    /// The nearest stretch above with another signal: deltaPct must rise to its ``Stretch/low``.
    public var above: Stretch? { stretches[(index + 1)...].first { $0.signal != current.signal } }

    /// Explains a signal.
    ///
    /// Conditions are monotonic in deltaPct, so each changes at most once over −100 … 100. Where, is found by
    /// bisection down to neighbouring doubles, which needs no inverse of a score and is exact for every rule.
    public init(deltaPct: Double, pricePct: Double, context: FlowContext?, rule: HybridRule) {
        func values(_ delta: Double) -> SignalTable.Values {
            let score = rule.score(deltaPct: delta, pricePct: pricePct, context: context)
            return SignalTable.Values(
                score: score, deltaPct: delta, pricePct: pricePct, context: context)
        }
        var starts: [Double] = [-100]
        for condition in SignalTable.rules.flatMap(\.conditions) {
            var (low, high) = (-100.0, 100.0)
            let atLow = condition.holds(values(low))
            guard condition.holds(values(high)) != atLow else { continue }
            while low.nextUp < high {
                let middle = low / 2 + high / 2
                if condition.holds(values(middle)) == atLow { low = middle } else { high = middle }
            }
            starts.append(high)
        }
        starts.sort()
        var stretches: [Stretch] = []
        for (index, start) in starts.enumerated() {
            let end = index + 1 < starts.count ? starts[index + 1].nextDown : 100
            guard start <= end else { continue }
            let match = SignalTable.match(values(start))
            if let last = stretches.last, last.rule == match {
                stretches[stretches.count - 1] = Stretch(low: last.low, high: end, rule: match)
            } else {
                stretches.append(Stretch(low: start, high: end, rule: match))
            }
        }
        self.stretches = stretches
        index = stretches.lastIndex { $0.low <= deltaPct } ?? 0
    }
}
