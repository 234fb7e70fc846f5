internal import Columns

/// Reads the messages of a sealed day, block by block.
final class SealedCursor {
    /// What was found damaged so far.
    private(set) var damages: [TapeDamage] = []
    private let reader: SealedReader
    private let wanted: Range<UInt64>
    private let arena = MessageArena()
    private var block = 0
    private var position = 0

    /// A cursor over the sealed messages with numbers in `wanted`.
    init(_ reader: SealedReader, wanted: Range<UInt64>) {
        self.reader = reader
        self.wanted = wanted
    }

    /// The next messages, 1 or more, valid until the next call; nil behind the last one.
    func next() throws(TapeError) -> UnsafeBufferPointer<RawMessage>? {
        while true {
            if position < arena.count {
                let end = min(position + DayCursor.batchCountMax, arena.count)
                let batch = UnsafeBufferPointer(rebasing: arena.messages[position..<end])
                position = end
                let kept = trimmed(batch)
                if !kept.isEmpty { return kept }
                continue
            }
            guard block < reader.blockCount else { return nil }
            let entry = reader.block(block)
            block += 1
            let end = entry.firstNumber + UInt64(entry.messageCount)
            guard entry.firstNumber < wanted.upperBound, end > wanted.lowerBound else { continue }
            position = 0
            if let damage = try reader.messages(ofBlock: block - 1, into: arena) {
                damages.append(damage)
                position = arena.count
            }
        }
    }

    private func trimmed(_ batch: UnsafeBufferPointer<RawMessage>) -> UnsafeBufferPointer<RawMessage> {
        guard let first = batch.first?.number, let last = batch.last?.number else { return batch }
        let start = wanted.lowerBound > first ? Int(min(wanted.lowerBound - first, UInt64(batch.count))) : 0
        let end = wanted.upperBound > last ? batch.count : Int(max(wanted.upperBound, first) - first)
        return UnsafeBufferPointer(rebasing: batch[start..<max(start, end)])
    }
}
