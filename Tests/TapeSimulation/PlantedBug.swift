internal import TestSupport

/// A bug planted where the engine meets the disk: a call that the engine makes and that has no effect, as if it
/// had been forgotten. Each must be found by the simulation, or the simulation proves nothing.
package enum PlantedBug: String, CaseIterable, Sendable {
    /// A segment's bytes are not synced before the mark says that they are durable.
    case segmentNotSynced = "segment-not-synced"
    /// A segment that is cut or closed is not synced.
    case closedSegmentNotSynced = "closed-segment-not-synced"
    /// A mark is not synced before the group is acknowledged.
    case markNotSynced = "mark-not-synced"
    /// The ledger is not synced before the messages that rest on it.
    case ledgerNotSynced = "ledger-not-synced"
    /// The name of a new segment is not made durable.
    case dayDirectoryNotSynced = "day-directory-not-synced"
    /// The names of new days, of the ledger and of the chain of seals are not made durable.
    case streamDirectoryNotSynced = "stream-directory-not-synced"
    /// The name of a new stream is not made durable.
    case rootNotSynced = "root-not-synced"
    /// The sealed file is not synced before it takes the place of the segments.
    case sealNotSynced = "seal-not-synced"
    /// The chain of seals is not synced before it is replaced.
    case chainNotSynced = "chain-not-synced"
    /// The catalog of streams is not synced before it is replaced.
    case catalogNotSynced = "catalog-not-synced"
    /// What recovery reads comes from the page cache.
    case cacheNotDropped = "cache-not-dropped"

    /// Whether the bug swallows this call.
    func swallows(_ call: FaultyDisk.Call, _ path: String) -> Bool {
        switch self {
        case .segmentNotSynced: call == .syncData && path.hasSuffix(".log")
        case .closedSegmentNotSynced: call == .sync && path.hasSuffix(".log")
        case .markNotSynced: call == .syncData && path.hasSuffix("/mark")
        case .ledgerNotSynced: call == .syncData && path.hasSuffix("/ledger")
        case .dayDirectoryNotSynced: call == .syncDirectory && depth(path) == 3
        case .streamDirectoryNotSynced: call == .syncDirectory && depth(path) == 2
        case .rootNotSynced: call == .syncDirectory && depth(path) == 1
        case .sealNotSynced: call == .sync && path.hasSuffix("/day.tape.new")
        case .chainNotSynced: call == .sync && path.hasSuffix("/seals.new")
        case .catalogNotSynced: call == .sync && path.hasSuffix("/streams.json.new")
        case .cacheNotDropped: call == .dropCache
        }
    }

    private func depth(_ path: String) -> Int { path.utf8.reduce(0) { $0 + ($1 == 0x2F ? 1 : 0) } }
}
