internal import Columns

/// Trade lines taken out of the messages that carry them, on their way into the columns of their layout.
struct EmbeddedLines: ~Copyable {
    private var bytes = ByteSink()
    private var ends: [Int] = []

    /// Lines so far.
    var count: Int { ends.count }

    mutating func append(_ line: UnsafeRawBufferPointer) {
        bytes.append(line)
        ends.append(bytes.bytes.count)
    }

    /// The block of the lines, by the codec of most of them.
    consuming func encode() -> ColumnBlock {
        for _ in 0..<RawMessage.payloadSlack { bytes.append(byte: 0) }
        let base = UnsafeRawPointer(bytes.bytes.baseAddress!)
        var lines: [RawMessage] = []
        lines.reserveCapacity(ends.count)
        var start = 0
        for end in ends {
            lines.append(
                RawMessage(
                    payload: base + start, payloadSize: end - start, number: 0,
                    receiveTimeNanos: Int64.min, channel: 0, direction: 0))
            start = end
        }
        return lines.withUnsafeBufferPointer { BlockCodecs.choose(for: $0).encode($0) }
    }

    /// What says how the lines are stored.
    static func header(_ block: ColumnBlock) -> [UInt8] {
        var bytes: [UInt8] = []
        Varint.append(UInt64(block.codec.rawValue), to: &bytes)
        Varint.append(UInt64(block.messageCount), to: &bytes)
        return bytes
    }

    /// Reads a header; nil where it is damaged.
    static func read(_ header: UnsafeRawBufferPointer) -> (codec: CodecID, lineCount: Int)? {
        var reader = VarintReader(header)
        let codec = reader.next()
        let count = reader.next()
        // Lines are in columns of their own, never in messages again: so this ends.
        guard !reader.failed, reader.isAtEnd, codec < CodecID.envelope.rawValue, count < 1 << 31 else {
            return nil
        }
        return (CodecID(rawValue: UInt16(codec)), Int(count))
    }
}
