public import Columns

extension CodecID {
    /// Any messages (``LosslessGenericCodec``).
    public static let generic = CodecID(rawValue: 3)
}

/// Columns of any messages: their sizes and their bytes. The tape's compression does the rest.
public struct LosslessGenericCodec: BlockCodec {
    private static let sizes: UInt8 = 0
    private static let bytes: UInt8 = 1
    /// Above this, strong packing would hold up the sealing for seconds.
    static let strongSizeMax = 8 << 20

    /// A codec.
    public init() {}

    /// 3.
    public var id: CodecID { .generic }

    /// See ``BlockCodec``.
    public func encode(_ messages: UnsafeBufferPointer<RawMessage>) -> ColumnBlock {
        var sizes = ByteSink()
        var bytes = ByteSink(capacity: messages.reduce(64) { $0 + $1.payloadSize })
        for message in messages {
            sizes.append(UInt64(message.payloadSize))
            bytes.append(message.bytes)
        }
        let isLarge = bytes.bytes.count > LosslessGenericCodec.strongSizeMax
        return ColumnBlock(
            codec: id, messageCount: messages.count, seconds: nil,
            columns: [
                Column(id: LosslessGenericCodec.sizes, packing: .strong, bytes: sizes.array),
                Column(
                    id: LosslessGenericCodec.bytes, packing: isLarge ? .fast : .strong, bytes: bytes.array),
            ])
    }

    /// See ``BlockCodec``.
    public func decode(
        _ columns: ColumnSet, messageCount: Int, emit: (UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        var sizes = VarintReader(columns[LosslessGenericCodec.sizes])
        let bytes = columns[LosslessGenericCodec.bytes]
        // A size has at least a byte.
        guard messageCount <= columns[LosslessGenericCodec.sizes].count else { return false }
        var offset = 0
        for _ in 0..<messageCount {
            let size = sizes.next()
            guard !sizes.failed, size <= UInt64(bytes.count - offset) else { return false }
            emit(UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + Int(size))]))
            offset += Int(size)
        }
        return sizes.isAtEnd && offset == bytes.count
    }
}
