public import Market

/// A row of `broker_flow@1`: the features of a symbol on a day that has data (PROJECTIONS §3). Amounts are
/// integers of ``BrokerSummary/digits`` decimals; ratios became `Double` in ``FlowHistory`` alone.
public struct FlowDay: Sendable, Equatable {
    /// What the smart money does; rule `state.ngr@1`. Numbers are stored: never reuse one.
    public enum State: UInt8, Sendable, CaseIterable {
        /// Nothing unusual.
        case neutral = 0
        /// z(ngr) > 0.5 and net buying on most of the last days.
        case accumulation = 1
        /// z(ngr) < -0.5 and net selling on most of the last days.
        case distribution = 2
        /// |z(ngr)| > 0.5 without that.
        case transition = 3

        /// The name in answers: `ACCUMULATION`.
        public var name: String { "\(self)".uppercased() }
    }

    /// z-scores over one window.
    public struct Scores: Sendable, Equatable {
        /// Of the effort.
        public var effort: Double
        /// Of the result.
        public var result: Double
        /// Of the net-to-gross ratio.
        public var ngr: Double
        /// Of the elasticity.
        public var elasticity: Double

        /// Scores.
        public init(effort: Double = 0, result: Double = 0, ngr: Double = 0, elasticity: Double = 0) {
            self.effort = effort
            self.result = result
            self.ngr = ngr
            self.elasticity = elasticity
        }
    }

    /// Days with data that each of ``scores`` looks back on, today included.
    public static let windows = [2, 5, 10, 20, 60]
    /// Index of the window that state and score rest on: 20 days.
    public static let mainWindow = 3
    /// Days of history from which on the state is stable (R1 §7).
    public static let stableDays: UInt64 = 20

    /// Σ(buy value + sell value).
    public var effort: UInt128 = 0
    /// Σ buy value / Σ buy shares, rupiah per share; nil where nothing was bought.
    public var close: Double?
    /// |close - previous close| / previous close, the previous one as corporate actions have changed it; 0 where
    /// either is missing.
    public var result: Double = 0
    /// Net of foreign brokers and institutions / effort; rule `ngr.smart@1`.
    public var ngr: Double = 0
    /// (total buy - total sell) / effort: 0 where the document is complete; rule `ngr.literal@1`.
    public var ngrLiteral: Double = 0
    /// |net of foreign brokers| / effort; rule `ngr.foreign_abs@1`.
    public var ngrForeignAbsolute: Double = 0
    /// result / effort; rule `elas.amihud@1`.
    public var elasticity: Double = 0
    /// result / (|net of foreign brokers| + 1 rupiah); rule `elas.net@1`.
    public var elasticityNet: Double = 0
    /// Nets by ``BrokerCategory``, rupiah.
    public var nets = [Int128](repeating: 0, count: BrokerCategory.allCases.count)
    /// Net of foreign investors through whatever broker; nil where no document says so.
    public var foreignInvestorNet: Int128?
    /// z-scores by ``windows``.
    public var scores = [Scores](repeating: Scores(), count: FlowDay.windows.count)
    /// The state.
    public var state = State.neutral
    /// Days with data since the state began, today included: 1 on its first day.
    public var age: UInt64 = 1
    /// Days with data, today included.
    public var dayCount: UInt64 = 1
    /// As in ``BrokerDay``.
    public var brokerCount: UInt64 = 0
    /// As in ``BrokerDay``.
    public var conflictCount: UInt64 = 0
    /// As in ``BrokerDay``.
    public var untypedCount: UInt64 = 0
    /// What makes the day's document doubtful.
    public var flaws: BrokerSummary.Flaws = []

    /// A day without data.
    public init() {}

    /// The z-scores over 20 days.
    public var main: Scores { scores[FlowDay.mainWindow] }

    /// Whether enough days stand behind the state.
    public var isStable: Bool { dayCount >= FlowDay.stableDays }

    /// z(effort) - |z(result)| + (1 - z(elasticity)) + 0.5 · z(ngr).
    public var score: Double {
        main.effort - main.result.magnitude + (1 - main.elasticity) + 0.5 * main.ngr
    }

    /// Net of a category, rupiah.
    public subscript(category: BrokerCategory) -> Int128 {
        get { nets[Int(category.rawValue)] }
        set { nets[Int(category.rawValue)] = newValue }
    }

    /// Net of foreign brokers and institutions.
    public var smartNet: Int128 { self[.foreign] + self[.institution] }
}
