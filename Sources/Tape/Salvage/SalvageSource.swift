internal import Columns
internal import Market
internal import Platform

/// Gives every message of a day that can still be read, in the order of the numbers: sealed ones from the blocks
/// that are whole, else from hot segments if those are still there.
struct SalvageSource {
    let tape: Tape
    let stream: StreamName
    let day: TradingDay
    /// The sealed part, where its index can be read.
    let sealed: SealedReader?

    /// Calls `body` with every readable message from number `first` on.
    func forEach(
        from first: UInt64, _ body: (RawMessage) throws(TapeError) -> Void
    ) throws(TapeError) {
        var next = first
        if let sealed {
            let arena = MessageArena()
            for number in 0..<sealed.blockCount {
                let facts = sealed.block(number)
                let end = facts.firstNumber + UInt64(facts.messageCount)
                guard end > next else { continue }
                if isWhole(sealed, number, arena) {
                    for message in arena.messages[..<arena.count] where message.number >= next {
                        try body(message)
                    }
                } else {
                    try hot(next..<end, sealed: 0, body)
                }
                next = end
            }
        }
        try hot(next..<UInt64.max, sealed: sealed == nil ? 0 : next, body)
    }

    private func isWhole(_ sealed: SealedReader, _ block: Int, _ arena: MessageArena) -> Bool {
        do throws(TapeError) {
            return try sealed.messages(ofBlock: block, into: arena) == nil
        } catch {
            return false
        }
    }

    private func hot(
        _ wanted: Range<UInt64>, sealed: UInt64, _ body: (RawMessage) throws(TapeError) -> Void
    ) throws(TapeError) {
        guard !wanted.isEmpty else { return }
        // From the first segment on, since a damaged header is proved by what stands before it.
        let survey = try HotCursor.Survey(tape: tape, stream: stream, day: day)
        let cursor = HotCursor(
            tape: tape, stream: stream, day: day, wanted: 0..<wanted.upperBound, survey, sealed: sealed)
        while let messages = try cursor.next() {
            for message in messages where message.number >= wanted.lowerBound { try body(message) }
        }
    }
}
