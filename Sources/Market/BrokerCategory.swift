/// Whose orders a broker mostly carries (PROJECTIONS §3). Numbers are stored: never reuse one.
public enum BrokerCategory: UInt8, Sendable, CaseIterable {
    /// Small private investors.
    case retail = 0
    /// Foreign funds.
    case foreign = 1
    /// Local funds.
    case institution = 2
    /// State-owned, where a document says so.
    case government = 3

    /// Whether it belongs to the smart money: foreign and institution.
    public var isSmart: Bool { self == .foreign || self == .institution }

    /// The category by its name, or by the words of the table's sources: `Retail`, `Foreign fund`, `Local fund`.
    public init?(name: some StringProtocol) {
        switch name.lowercased() {
        case "retail": self = .retail
        case "foreign", "foreign fund": self = .foreign
        case "institution", "local fund": self = .institution
        case "government": self = .government
        default: return nil
        }
    }
}

/// What a document says about a broker: its `type` (PROTOCOLS §2.5, §3).
public enum BrokerKind: UInt8, Sendable {
    /// `Asing`.
    case foreign = 1
    /// `Pemerintah`.
    case government = 2
    /// `Lokal`.
    case local = 3

    /// The kind that a document's text names; nil where it names none.
    public init?(type: some StringProtocol) {
        switch type {
        case "Asing", "BROKER_TYPE_FOREIGN": self = .foreign
        case "Pemerintah", "BROKER_TYPE_GOVERNMENT": self = .government
        case "Lokal", "BROKER_TYPE_LOCAL": self = .local
        default: return nil
        }
    }

    /// The category of a broker that no table has.
    public var category: BrokerCategory {
        switch self {
        case .foreign: .foreign
        case .government: .government
        case .local: .institution
        }
    }

    /// Whether a category contradicts it. `Lokal` is said of retail brokers and of local funds alike.
    public func contradicts(_ category: BrokerCategory) -> Bool {
        self == .local ? category != .institution && category != .retail : category != self.category
    }
}
