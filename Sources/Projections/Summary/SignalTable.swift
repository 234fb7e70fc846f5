/// The rules of `signal@1` as data: the first that holds gives the signal, and its index is kept with it, so that
/// the signal can be explained (PROJECTIONS §4).
///
/// R1 §3C's order with one change: `WATCH_ACCUM` stands before `BUY`, behind which it could never be reached,
/// since its score is above 0.6 too.
public enum SignalTable {
    /// What has to hold.
    public enum Condition: Equatable, Sendable {
        /// score > x.
        case scoreAbove(Double)
        /// score < x.
        case scoreBelow(Double)
        /// deltaPct > x.
        case deltaAbove(Double)
        /// deltaPct < x.
        case deltaBelow(Double)
        /// normalize(deltaPct, −100, 100) > x.
        case normalizedDeltaAbove(Double)
        /// pricePct ≥ x.
        case priceAtLeast(Double)
        /// pricePct < x.
        case priceBelow(Double)
        /// There is a context, and its z_ngr > x.
        case flowAbove(Double)
        /// There is a context, and its z_ngr < x.
        case flowBelow(Double)
        /// There is a context, and it has this state.
        case state(FlowDay.State)
        /// There is no context.
        case noContext
    }

    /// A signal and all that has to hold for it.
    public struct Rule: Equatable, Sendable {
        /// What it gives.
        public let signal: Signal
        /// All of these; none at all always hold.
        public let conditions: [Condition]
    }

    /// What conditions are about.
    public struct Values: Equatable, Sendable {
        /// The hybrid score.
        public var score: Double
        /// 100 · Σdelta / Σvolume.
        public var deltaPct: Double
        /// 100 · (last − open) / open.
        public var pricePct: Double
        /// The flow of earlier days.
        public var context: FlowContext?

        /// Values.
        public init(score: Double, deltaPct: Double, pricePct: Double, context: FlowContext?) {
            self.score = score
            self.deltaPct = deltaPct
            self.pricePct = pricePct
            self.context = context
        }
    }

    /// `signal@1`.
    public static let id = ProjectionID(name: "signal", version: 1)

    /// The rules, first match first; the last one always holds.
    public static let rules: [Rule] = [
        Rule(signal: .sell, conditions: [.priceBelow(-5)]),
        Rule(signal: .strongBuy, conditions: [.scoreAbove(0.7), .state(.accumulation), .priceAtLeast(-2)]),
        Rule(signal: .trapWarning, conditions: [.deltaAbove(80), .flowBelow(-0.5)]),
        Rule(
            signal: .hiddenAccumulation,
            conditions: [.deltaBelow(40), .flowAbove(0.7), .state(.accumulation)]),
        Rule(signal: .strongSell, conditions: [.scoreBelow(0.3), .state(.distribution)]),
        Rule(
            signal: .watchAccumulation,
            conditions: [.noContext, .normalizedDeltaAbove(0.8), .scoreAbove(0.6), .priceAtLeast(-3)]),
        Rule(signal: .buy, conditions: [.scoreAbove(0.6), .priceAtLeast(-3)]),
        Rule(signal: .sell, conditions: [.scoreBelow(0.4)]),
        Rule(signal: .neutral, conditions: []),
    ]

    /// Index in ``rules`` of the first that holds.
    public static func match(_ values: Values) -> Int {
        rules.firstIndex { rule in rule.conditions.allSatisfy { $0.holds(values) } }!
    }
}

extension SignalTable.Condition {
    /// Whether it holds.
    public func holds(_ values: SignalTable.Values) -> Bool {
        switch self {
        case .scoreAbove(let limit): values.score > limit
        case .scoreBelow(let limit): values.score < limit
        case .deltaAbove(let limit): values.deltaPct > limit
        case .deltaBelow(let limit): values.deltaPct < limit
        case .normalizedDeltaAbove(let limit): normalize(values.deltaPct, -100, 100) > limit
        case .priceAtLeast(let limit): values.pricePct >= limit
        case .priceBelow(let limit): values.pricePct < limit
        case .flowAbove(let limit): values.context.map { $0.zNgr > limit } ?? false
        case .flowBelow(let limit): values.context.map { $0.zNgr < limit } ?? false
        case .state(let state): values.context?.state == state
        case .noContext: values.context == nil
        }
    }
}
