/// Name and version of a projection. A changed rule is a new version, never an edit.
public struct ProjectionID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The name: `footprint`.
    public let name: String
    /// The version, from 1.
    public let version: Int

    /// A projection by name and version.
    public init(name: String, version: Int) {
        self.name = name
        self.version = version
    }

    /// Parses `footprint@1`.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, let version = Int(parts[1]) else { return nil }
        self.init(name: String(parts[0]), version: version)
    }

    /// Footprint candles of one minute (PROJECTIONS §2).
    public static let footprint = ProjectionID(name: "footprint", version: 1)
    /// Order books of one minute (PROJECTIONS §5).
    public static let book = ProjectionID(name: "book", version: 1)
    /// Counts per stream and minute (PROJECTIONS §6). Has no digest.
    public static let coverage = ProjectionID(name: "coverage", version: 1)
    /// What the brokers of each category did in a symbol on a day (PROJECTIONS §3).
    public static let brokerDay = ProjectionID(name: "broker_day", version: 1)
    /// Daily broker flow: features, z-scores and states (PROJECTIONS §3).
    public static let brokerFlow = ProjectionID(name: "broker_flow", version: 1)
    /// All projections of ``ProjectionRegistry/standard``, in the order in which replay runs them.
    public static let all: [ProjectionID] = ProjectionRegistry.standard.ids

    /// `footprint@1`.
    public var description: String { "\(name)@\(version)" }

    /// By name, then version.
    public static func < (left: ProjectionID, right: ProjectionID) -> Bool {
        (left.name, left.version) < (right.name, right.version)
    }
}
