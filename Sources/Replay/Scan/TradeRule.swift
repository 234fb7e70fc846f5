/// The rules that a day of trades is held to beside those of its files: the integrity checklist of the scanner that
/// Jejak re-implements (R1 §7), in the terms of a tape. Each has a stable name, can be turned off, and most have a
/// limit, in the configuration's `scan.rules`: `{"scan": {"rules": {"symbols.few": {"limit": 200}}}}`.
public enum TradeRule: String, Sendable, CaseIterable {
    /// Gap: a trading day between a stream's first and last day that is not on the tape (R1 §7 A "Raw Per Ticker",
    /// C "R2 footprint files").
    case calendarMissing = "calendar.missing"
    /// Note: trades of a day on which the exchange was closed.
    case calendarClosed = "calendar.closed"
    /// Gap: an hour of continuous trading without a trade (R1 §7 C: the file of an hour exists).
    case hoursEmpty = "hours.empty"
    /// Note: fewer minutes with trades than `limit`, 0.5, of the session's (R1 §7 "Sparse threshold").
    case minutesSparse = "minutes.sparse"
    /// Note: fewer symbols than `limit`, 50, traded (R1 §7 B and D: fewer than 50 tickers).
    case symbolsFew = "symbols.few"
    /// Gap: less than `limit`, 1, of the exchange's sequence numbers were captured (PROJECTIONS §6).
    case sequenceGap = "sequence.gap"
    /// Note: more than `limit`, 0, minutes begin with a lower sequence number than an earlier minute had.
    case sequenceOrder = "sequence.order"
    /// Gap: more than `limit`, 0.01, of the messages cannot be decoded.
    case undecodableShare = "undecodable.share"
    /// Note: more than `limit`, 0.01, of the trades came twice.
    case duplicatesShare = "duplicates.share"
    /// Note: more than `limit`, 0, trades came again with other content.
    case conflicts = "conflicts"
    /// Note: more than `limit`, 0.01, of the trades were snapshots of another day (R1 §7 "Stale check").
    case staleShare = "stale.share"
    /// Gap: a day with trades has no broker summary, although the market has some (R1 §7 B "Context (D-1)").
    case broksumMissing = "broksum.missing"
    /// Note: a stream of broker summaries has fewer than `limit`, 20, days, so that no state is stable
    /// (R1 §7 A "Trailing History").
    case flowHistory = "flow.history"
    /// Note: the store has not projected the day, or less of it than the tape holds (R1 §7 C "Summary freshness").
    case projectionStale = "projection.stale"
    /// Damage: a replay of the day gives other rows than the store holds.
    case projectionDeviates = "projection.deviates"
    /// Damage: the store cannot be read.
    case storeDamaged = "store.damaged"

    /// The limit where the configuration sets none; nil where the rule has none.
    public var limitDefault: Double? {
        switch self {
        case .minutesSparse: 0.5
        case .symbolsFew: 50
        case .sequenceGap: 1
        case .sequenceOrder, .conflicts: 0
        case .undecodableShare, .duplicatesShare, .staleShare: 0.01
        case .flowHistory: 20
        default: nil
        }
    }
}

/// Which rules hold, and with which limits.
public struct RuleSettings: Sendable, Equatable {
    /// What the configuration says of one rule.
    public struct Setting: Codable, Sendable, Equatable {
        /// Whether it holds; absent: yes.
        public var enabled: Bool?
        /// Its limit; absent: the rule's own.
        public var limit: Double?

        /// A setting.
        public init(enabled: Bool? = nil, limit: Double? = nil) {
            self.enabled = enabled
            self.limit = limit
        }
    }

    private let settings: [TradeRule: Setting]

    /// All rules, as they are by themselves.
    public init() { settings = [:] }

    /// Rules by name; nil where a name is no rule's, with that name.
    public init(_ named: [String: Setting], unknown: inout String?) {
        var settings: [TradeRule: Setting] = [:]
        for (name, setting) in named.sorted(by: { $0.key < $1.key }) {
            if let rule = TradeRule(rawValue: name) { settings[rule] = setting } else { unknown = name }
        }
        self.settings = settings
    }

    /// Whether a rule holds.
    public func isEnabled(_ rule: TradeRule) -> Bool { settings[rule]?.enabled ?? true }

    /// A rule's limit; 0 where it has none.
    public func limit(_ rule: TradeRule) -> Double { settings[rule]?.limit ?? rule.limitDefault ?? 0 }
}
