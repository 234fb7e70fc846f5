internal import Projections
internal import Store
public import Tape

/// A stream and day that retention has removed from the tape.
public struct RetiredDay: Sendable {
    /// What is left of it on the tape.
    public let tombstone: Tombstone
    /// Whether the store has rows of it, made when it was still there; they cannot be made again.
    public let isKept: Bool

    /// The retired days of a plan; one is kept where the store has a checkpoint of every projection that
    /// the day would have.
    static func all(
        in plan: ReplayPlan, projections: Set<ProjectionID>, registry: ProjectionRegistry = .standard,
        store: Store
    ) throws -> [RetiredDay] {
        try store.read { transaction in
            try plan.retired.map { task, tombstone in
                let isKept = try projections.allSatisfy { projection in
                    guard task.makes(projection, registry) else { return true }
                    return try transaction.checkpoints.get(
                        projection: projection.description, day: task.day, stream: task.stream.text) != nil
                }
                return RetiredDay(tombstone: tombstone, isKept: isKept)
            }
        }
    }
}
