public import Market
public import Projections

/// Which part of the tape is to be projected again, and how.
public struct ReplayOptions: Sendable {
    /// First day; nil: the tape's first.
    public var from: TradingDay?
    /// Last day; nil: the tape's last.
    public var to: TradingDay?
    /// Projections there are.
    public let registry: ProjectionRegistry
    /// Projections to rebuild.
    public var projections: Set<ProjectionID>
    /// Only this symbol's rows.
    public var symbol: Symbol?
    /// Only rows of this hour of the WIB day.
    public var hour: Int?
    /// Threads that project; the result is the same for every number.
    public var threadCount = 1

    /// Everything, on one thread.
    public init(registry: ProjectionRegistry = .standard) {
        self.registry = registry
        projections = Set(registry.ids)
    }

    /// Whether whole days are rebuilt.
    var isWholeDays: Bool { symbol == nil && hour == nil }

    /// Whether everything is rebuilt, so that nothing of an earlier store needs to stay.
    public var isEverything: Bool {
        from == nil && to == nil && isWholeDays && projections == Set(registry.ids)
    }

    /// Whether a day fold is needed: it is to be rebuilt, or a fold over days that reads its rows.
    func wants(_ fold: ProjectionID) -> Bool {
        projections.contains(fold)
            || registry.series.contains { $0.source == fold && projections.contains($0.id) }
    }

    /// Whether a day is among those to be rebuilt.
    func contains(_ day: TradingDay) -> Bool {
        from.map { $0 <= day } ?? true && to.map { day <= $0 } ?? true
    }
}

/// What a replay did: its completion proof.
public struct ReplayReport: Sendable {
    /// Counts over all streams and days; its minute and sequence span mean nothing here.
    public internal(set) var total = CoverageMinute(minute: CoverageMinute.timeless)
    /// Per stream and day: where the replay ended.
    public var days: [Day] = []
    /// Streams of trades that no footprint is made of, because `streams.json` names another feed.
    public var unreadStreams: [String] = []
    /// Streams and days that could not be read because retention has removed them.
    public var retired: [RetiredDay] = []
    /// Digests of the days that were touched, by projection.
    public var digests: [ProjectionID: [TradingDay: [UInt8]]] = [:]

    /// One stream and day.
    public struct Day: Sendable {
        /// The stream.
        public let stream: String
        /// The trading day.
        public let day: TradingDay
        /// Number behind the last message.
        public let endNumber: UInt64
        /// Messages read; fewer than ``endNumber`` only where the tape is damaged.
        public let messages: UInt64
        /// What was found damaged, in words.
        public let damages: [String]
    }

    /// Everything that was found damaged.
    public var damages: [String] { days.flatMap(\.damages) }
}

/// Why a replay stopped; the store holds the days that were finished before.
public enum ReplayError: Error, CustomStringConvertible {
    /// The tape could not be read.
    case tape(any Error & CustomStringConvertible)
    /// The store could not be written.
    case store(any Error & CustomStringConvertible)
    /// Stopped by the user.
    case interrupted

    /// One line.
    public var description: String {
        switch self {
        case .tape(let error), .store(let error): error.description
        case .interrupted: "interrupted; run the same command again"
        }
    }
}
