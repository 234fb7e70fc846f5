/// The reading of divergence that R1 §3D had its page make, computed in the engine. Nobody has tested it out of
/// sample.
public enum PredictionLabel: String, CaseIterable, Sendable {
    /// Buying aggressors are absorbed: div > 5, deltaPct > 2, pricePct ≥ −3.
    case breakout = "BREAKOUT"
    /// pricePct < −5.
    case falling = "FALLING"
    /// Selling aggressors are absorbed: div > 5, deltaPct < −2.
    case heavySell = "HEAVY SELL"
    /// div > 3, pricePct ≥ −3.
    case watching = "WATCHING"

    /// The first that holds, in this order; nil where none does, and the signal stands for it.
    public init?(divergence: Double, deltaPct: Double, pricePct: Double) {
        if divergence > 5, deltaPct > 2, pricePct >= -3 {
            self = .breakout
        } else if pricePct < -5 {
            self = .falling
        } else if divergence > 5, deltaPct < -2 {
            self = .heavySell
        } else if divergence > 3, pricePct >= -3 {
            self = .watching
        } else {
            return nil
        }
    }

    /// Which way it points.
    public var direction: Signal.Direction {
        switch self {
        case .breakout: .bullish
        case .falling, .heavySell: .bearish
        case .watching: .none
        }
    }
}
