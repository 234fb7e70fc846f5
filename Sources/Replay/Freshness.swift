public import Market
public import Projections
public import Store
public import Tape

/// Whether the store is what a replay of everything would make of the tape.
public enum Freshness {
    /// The days that have grown or changed on the tape since they were projected, that never were, or that
    /// only the store still has; for any projection, and for the streams that make footprints now. Days that
    /// retention has removed are not among them: no replay can make them again.
    public static func staleDays(
        tape: Tape, store: Store, registry: ProjectionRegistry = .standard
    ) throws -> [TradingDay] {
        var stale: Set<TradingDay> = []
        let plan = try ReplayPlan(tape: tape, options: ReplayOptions(), projected: [])
        let tasks = plan.tasks
        var ends: [StreamDay: (number: UInt64, chain: UInt32?)] = [:]
        for task in tasks {
            let cursor = try DayCursor(tape: tape, stream: task.stream, day: task.day)
            ends[StreamDay(stream: task.stream.text, day: task.day)] = (cursor.endNumber, cursor.endChain)
        }
        for projection in registry.ids {
            var projected: [StreamDay: Checkpoint] = [:]
            try store.read { transaction in
                try transaction.checkpoints.forEach(projection: projection.description) {
                    (day, stream, checkpoint) in
                    projected[StreamDay(stream: stream, day: day)] = checkpoint
                }
            }
            let parameters = registry.parameters(of: projection)
            for task in tasks where task.makes(projection, registry) {
                let streamDay = StreamDay(stream: task.stream.text, day: task.day)
                let known = projected.removeValue(forKey: streamDay)
                if known.map({ !isMade($0, task, parameters, end: ends[streamDay]!) }) ?? true {
                    stale.insert(task.day)
                }
            }
            for (task, _) in plan.retired where task.makes(projection, registry) {
                projected[StreamDay(stream: task.stream.text, day: task.day)] = nil
            }
            // What nothing on the tape makes any more.
            for streamDay in projected.keys { stale.insert(streamDay.day) }
        }
        return stale.sorted()
    }

    /// The streams and days that retention has removed from the tape, and whether the store still has them.
    public static func retiredDays(tape: Tape, store: Store) throws -> [RetiredDay] {
        let options = ReplayOptions()
        let plan = try ReplayPlan(tape: tape, options: options, projected: [])
        return try RetiredDay.all(in: plan, projections: options.projections, store: store)
    }

    /// Whether a replay of the task would leave this checkpoint, as far as can be told without reading the day.
    private static func isMade(
        _ checkpoint: Checkpoint, _ task: ReplayTask, _ parameters: String,
        end: (number: UInt64, chain: UInt32?)
    ) -> Bool {
        // The end of a day whose mark is damaged is known only to who reads it.
        (end.number == UInt64.max || checkpoint.nextMessageNumber == end.number)
            && (end.chain == nil || checkpoint.chain == end.chain)
            && checkpoint.priceDigits == task.scales.price.digits
            && checkpoint.quantityDigits == task.scales.quantity.digits
            && checkpoint.lotSize == task.lotSize
            && checkpoint.parameters == parameters
    }
}
