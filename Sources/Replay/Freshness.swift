public import Market
internal import Projections
public import Store
public import Tape

/// Whether the store is as new as the tape.
public enum Freshness {
    /// The days whose tape has grown or changed since they were projected, or that never were.
    public static func staleDays(tape: Tape, store: Store) throws -> [TradingDay] {
        var projected: [StreamDay: (UInt64, UInt32)] = [:]
        try store.read { transaction in
            try transaction.checkpoints.forEach(projection: ProjectionID.coverage.description) {
                (day, stream, checkpoint) in
                projected[StreamDay(stream: stream, day: day)] = (
                    checkpoint.nextMessageNumber, checkpoint.chain
                )
            }
        }
        var stale: Set<TradingDay> = []
        for stream in try tape.streams() {
            for day in try tape.days(of: stream) {
                let end = try DayCursor(tape: tape, stream: stream, day: day).endNumber
                let known = projected[StreamDay(stream: stream.text, day: day)]
                if known?.0 != end { stale.insert(day) }
            }
        }
        return stale.sorted()
    }
}
