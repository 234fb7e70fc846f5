/// The two lists of R1 §1. A guarded item is in none.
public enum SummaryList: String, CaseIterable, Sendable {
    /// Smart money and aggressors buy, on a volume that is not below the usual one.
    case accumulation
    /// Buy today, sell tomorrow: unusual effort of the last days and a rising price.
    case continues

    /// Whether an item belongs to a list.
    public enum Membership: String, Sendable {
        /// All that is asked holds.
        case member
        /// Something does not hold.
        case outside
        /// All else holds, but fewer than 20 days are known.
        case unknown
    }

    /// - Accumulation: state ACCUMULATION, z_ngr > 0.5, deltaPct > 0, volume at least the 20-day median up to the same
    ///   trading minute.
    /// - Continues: state DISTRIBUTION or TRANSITION, 5-day z_effort ≥ 1, pricePct ≥ 2.
    func membership(
        _ input: SummaryInput, context: FlowContext?, history: SummaryHistory, guards: [SummaryGuard]
    ) -> Membership {
        guard let context, guards.isEmpty else { return .outside }
        switch self {
        case .accumulation:
            guard context.state == .accumulation, context.zNgr > 0.5, input.delta > 0 else { return .outside }
            guard let median = history.medianVolumeTwice else { return .unknown }
            return 2 * input.volume >= median ? .member : .outside
        case .continues:
            let isMoving = context.state == .distribution || context.state == .transition
            guard isMoving, input.pricePct >= 2 else { return .outside }
            return context.zEffort5 >= 1 ? .member : .outside
        }
    }
}
