internal import Market
internal import Platform
internal import Tape

/// Which streams and days housekeeping looks at.
struct HousekeepingSelection {
    /// The only stream; nil: all.
    let stream: StreamName?
    /// The only day; nil: every closed one, as a scheduled run does.
    let day: TradingDay?

    init(_ arguments: Arguments) throws {
        stream = arguments.text("--stream") == nil ? nil : try arguments.stream()
        day = try arguments.day("--date")
    }

    /// Today in WIB, by the tape's clock.
    static func today(_ tape: Tape) -> TradingDay {
        TradingDay(containing: Timestamp(nanos: tape.clock.wallNanos()))
    }

    /// The closed days, by stream and day. A day that has not ended may still grow and is refused by name.
    func days(_ tape: Tape) throws -> [(StreamName, TradingDay)] {
        let today = HousekeepingSelection.today(tape)
        if let day, day >= today { throw UsageError("--date \(day): the day is not over") }
        let streams = try tape.streams()
        if let stream, !streams.contains(stream) { throw TapeError.noStream(stream, root: tape.root) }
        var found: [(StreamName, TradingDay)] = []
        for name in streams where stream == nil || name == stream {
            for its in try tape.days(of: name) where its < today && (day == nil || its == day) {
                found.append((name, its))
            }
        }
        if found.isEmpty, let day { throw UsageError("nothing of \(day) is on the tape \(tape.root)") }
        return found
    }
}
