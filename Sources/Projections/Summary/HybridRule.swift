/// The two hybrid scores, 30 % broker flow of earlier days and 70 % order flow of this one (PROJECTIONS §4, R1 §3A
/// and §3B).
public enum HybridRule: String, CaseIterable, Sendable {
    /// The live summary's.
    case a
    /// That of ranges of days.
    case b

    /// `hybrid.a@1` or `hybrid.b@1`.
    public var id: ProjectionID { ProjectionID(name: "hybrid.\(rawValue)", version: 1) }

    /// The score, 0 … 1; it never falls as deltaPct rises.
    ///
    /// - Parameters:
    ///   - deltaPct: 100 · Σdelta / Σvolume.
    ///   - pricePct: 100 · (last − open) / open.
    ///   - context: Nil counts as a z_ngr of 0 and a neutral state.
    public func score(deltaPct: Double, pricePct: Double, context: FlowContext?) -> Double {
        let flow = normalize(context?.zNgr ?? 0, -3, 3)
        switch self {
        case .a:
            var score = 0.3 * flow + 0.7 * normalize(deltaPct, -100, 100)
            if pricePct < -4 {
                score *= 0.5
            } else if -1 <= pricePct, pricePct <= 2 {
                score *= 1.1
            }
            return min(1, score)
        case .b:
            let realtime = 0.7 * normalize(deltaPct, -25, 25) + 0.3 * normalize(pricePct, -5, 5)
            var history = flow
            switch context?.state {
            case .accumulation: history += 0.1
            case .distribution: history -= 0.1
            case .transition, .neutral, nil: break
            }
            return 0.7 * realtime + 0.3 * min(max(history, 0), 1)
        }
    }
}

/// clamp((x − low) / (high − low), 0, 1).
public func normalize(_ value: Double, _ low: Double, _ high: Double) -> Double {
    min(max((value - low) / (high - low), 0), 1)
}
