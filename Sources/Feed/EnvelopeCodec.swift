public import Columns

extension CodecID {
    /// Envelopes around trade lines (``EnvelopeCodec``).
    public static let envelope = CodecID(rawValue: 4)
}

/// Columns of JSON envelopes that carry pipe lines (PROTOCOLS §1.5): the lines by the codec of their layout,
/// the JSON around them by number, receive times as steps.
///
/// Any other message in a block is kept verbatim. The lines' columns stand 64 above their own ids.
public struct EnvelopeCodec: BlockCodec {
    /// What is added to the ids of the lines' columns.
    static let innerOffset: UInt8 = 64
    /// The lines' own columns have lower ids.
    static let innerLimit: UInt8 = 64
    static let header: UInt8 = 128
    static let templates: UInt8 = 129
    static let choices: UInt8 = 130
    static let times: UInt8 = 131
    static let verbatimSizes: UInt8 = 132
    static let verbatimBytes: UInt8 = 133

    /// A codec.
    public init() {}

    /// 4.
    public var id: CodecID { .envelope }

    /// Whether a message is an envelope around a line.
    static func hasLine(_ message: UnsafeRawBufferPointer) -> Bool { EnvelopeParts(message) != nil }

    /// See ``BlockCodec``.
    public func encode(_ messages: UnsafeBufferPointer<RawMessage>) -> ColumnBlock {
        var templates = EnvelopeTemplates()
        var choices = ByteSink()
        var times = ByteSink()
        var sizes = ByteSink()
        var bytes = ByteSink()
        var lines = EmbeddedLines()
        var last: Int64 = 0
        for message in messages {
            guard let parts = EnvelopeParts(message.bytes), let number = templates.number(of: parts) else {
                choices.append(byte: 0)
                sizes.append(UInt64(message.payloadSize))
                bytes.append(message.bytes)
                continue
            }
            choices.append(byte: UInt8(number + 1))
            times.appendSigned(parts.millis &- last)
            last = parts.millis
            lines.append(parts.line)
        }
        let inner = lines.encode()
        var columns = inner.columns.map { column in
            var column = column
            column.id += EnvelopeCodec.innerOffset
            return column
        }
        columns += [
            Column(id: EnvelopeCodec.header, packing: .raw, bytes: EmbeddedLines.header(inner)),
            Column(id: EnvelopeCodec.templates, packing: .strong, bytes: templates.bytes),
            Column(id: EnvelopeCodec.choices, packing: .strong, bytes: choices.array),
            Column(id: EnvelopeCodec.times, packing: .entropy, bytes: times.array),
            Column(id: EnvelopeCodec.verbatimSizes, packing: .strong, bytes: sizes.array),
            Column(id: EnvelopeCodec.verbatimBytes, packing: .strong, bytes: bytes.array),
        ]
        return ColumnBlock(
            codec: id, messageCount: messages.count, seconds: inner.seconds, columns: columns)
    }

    /// The columns of the lines, for ``TradeColumnReader``; nil where the block is damaged.
    public static func lines(
        _ columns: ColumnSet
    ) -> (codec: CodecID, messageCount: Int, columns: ColumnSet)? {
        guard let (codec, count) = EmbeddedLines.read(columns[header]) else { return nil }
        var inner = ColumnSet()
        for id in 0..<innerLimit { inner[id] = columns[id + innerOffset] }
        return (codec, count, inner)
    }

    /// See ``BlockCodec``.
    public func decode(
        _ columns: ColumnSet, messageCount: Int, emit: (UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        guard let inner = EnvelopeCodec.lines(columns), let codec = BlockCodecs.codec(inner.codec),
            columns[EnvelopeCodec.choices].count == messageCount,
            let templates = EnvelopeTemplates.read(columns[EnvelopeCodec.templates])
        else { return false }
        var writer = EnvelopeWriter(columns, templates)
        let isWhole =
            inner.messageCount == 0
            || codec.decode(inner.columns, messageCount: inner.messageCount) { line in
                writer.writeVerbatim(emit)
                writer.write(line, emit)
            }
        writer.writeVerbatim(emit)
        return isWhole && writer.isAtEnd
    }
}
