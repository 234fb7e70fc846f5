public import Columns
public import Market

/// Reads the durable messages of one stream over several days, in order. What ``DayCursor`` promises of a
/// day holds for each of them.
public final class Cursor {
    /// What was found damaged so far, of all days.
    public var damages: [TapeDamage] { finished + (current?.damages ?? []) }

    /// Days in the range that retention has removed, met so far.
    public private(set) var retired: [Tombstone] = []

    private let tape: Tape
    private let stream: StreamName
    private let wanted: Range<UInt64>
    private var days: ArraySlice<TradingDay>
    private var current: DayCursor?
    private var finished: [TapeDamage] = []

    /// A cursor over the days of a stream that lie in `range`.
    /// - Parameter wanted: Only messages with these numbers, on each day.
    /// - Throws: ``TapeError/noTape(path:)``, ``TapeError/noStream(_:root:)``.
    public init(
        tape: Tape, stream: StreamName, days range: ClosedRange<TradingDay>,
        wanted: Range<UInt64> = 0..<UInt64.max
    ) throws(TapeError) {
        guard try tape.streams().contains(stream) else { throw .noStream(stream, root: tape.root) }
        self.tape = tape
        self.stream = stream
        self.wanted = wanted
        days = try tape.days(of: stream).filter { range.contains($0) }[...]
    }

    /// Whether the stream has none of the days.
    public var isEmpty: Bool { days.isEmpty && current == nil }

    /// The next messages, all of one day, valid until the next call; nil behind the last day.
    public func next() throws(TapeError) -> (day: TradingDay, messages: UnsafeBufferPointer<RawMessage>)? {
        while true {
            if let current {
                if let messages = try current.next() { return (current.day, messages) }
                finished += current.damages
                self.current = nil
            }
            guard let day = days.popFirst() else { return nil }
            do throws(TapeError) {
                current = try DayCursor(tape: tape, stream: stream, day: day, wanted: wanted)
            } catch {
                guard case .retired(let tombstone) = error else { throw error }
                retired.append(tombstone)
            }
        }
    }
}
