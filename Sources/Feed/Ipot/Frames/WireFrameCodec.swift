public import Columns

extension CodecID {
    /// Wire frames that carry trade lines (``WireFrameCodec``).
    public static let wireFrame = CodecID(rawValue: 5)
}

/// Columns of the socket's frames (PROTOCOLS §1.3): trade lines by the codec of their layout, under its own
/// ids, and the texts around them by number, their numbers and codes taken out.
///
/// A frame may hold any number of lines, of both layouts, beside books and whatever else; texts that do not
/// repeat, and messages without a line, are kept literally.
public struct WireFrameCodec: BlockCodec {
    /// The lines' own columns have ids below 64 and other ids than this.
    static let header: UInt8 = 31
    static let lineCounts: UInt8 = 64
    static let texts: UInt8 = 65
    static let choices: UInt8 = 66
    static let steps: UInt8 = 67
    static let literalSizes: UInt8 = 68
    static let literalBytes: UInt8 = 69

    /// Above this, strong packing would hold up the sealing.
    private static let strongSizeMax = 1 << 20

    /// A codec.
    public init() {}

    /// 5.
    public var id: CodecID { .wireFrame }

    /// See ``BlockCodec``.
    public func encode(_ messages: UnsafeBufferPointer<RawMessage>) -> ColumnBlock {
        var counts = ByteSink()
        var lines = EmbeddedLines()
        var texts = FrameTextEncoder()
        var ranges: [Range<Int>] = []
        for message in messages {
            let bytes = message.bytes
            ranges.removeAll(keepingCapacity: true)
            var start = 0
            while let range = TradeLineFinder.next(in: bytes, from: start) {
                ranges.append(range)
                start = range.upperBound
            }
            counts.append(UInt64(ranges.count))
            if ranges.isEmpty {
                texts.keep(bytes)
                continue
            }
            start = 0
            texts.begin()
            for range in ranges {
                let line = UnsafeRawBufferPointer(rebasing: bytes[range])
                texts.append(UnsafeRawBufferPointer(rebasing: bytes[start..<range.lowerBound]), before: line)
                lines.append(line)
                start = range.upperBound
            }
            texts.append(UnsafeRawBufferPointer(rebasing: bytes[start...]), before: nil)
        }
        let inner = lines.encode()
        func column(_ id: UInt8, _ bytes: [UInt8], strongSizeMax: Int = WireFrameCodec.strongSizeMax)
            -> Column
        {
            Column(id: id, packing: bytes.count > strongSizeMax ? .fast : .strong, bytes: bytes)
        }
        let header = Column(id: WireFrameCodec.header, packing: .raw, bytes: EmbeddedLines.header(inner))
        let columns = [
            header,
            column(WireFrameCodec.lineCounts, counts.array),
            column(WireFrameCodec.texts, texts.dictionary),
            column(WireFrameCodec.choices, texts.choices),
            column(WireFrameCodec.steps, texts.steps),
            column(WireFrameCodec.literalSizes, texts.literalSizes),
            column(
                WireFrameCodec.literalBytes, texts.literalBytes,
                strongSizeMax: LosslessGenericCodec.strongSizeMax),
        ]
        return ColumnBlock(
            codec: id, messageCount: messages.count, seconds: inner.seconds,
            columns: (inner.columns + columns).sorted { $0.id < $1.id })
    }

    /// The columns of the lines, which ``TradeColumnReader`` takes as they are; nil where the block is
    /// damaged.
    public static func lines(_ columns: ColumnSet) -> (codec: CodecID, lineCount: Int)? {
        EmbeddedLines.read(columns[header])
    }

    /// See ``BlockCodec``.
    public func decode(
        _ columns: ColumnSet, messageCount: Int, emit: (UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        guard let (inner, lineCount) = WireFrameCodec.lines(columns), let codec = BlockCodecs.codec(inner),
            let texts = FrameTexts(columns[WireFrameCodec.texts], steps: columns[WireFrameCodec.steps]),
            WireFrameCodec.fit(columns, messageCount: messageCount, lineCount: lineCount)
        else { return false }
        var writer = FrameWriter(columns, texts)
        writer.writeLineless(emit)
        let isWhole =
            lineCount == 0
            || codec.decode(columns, messageCount: lineCount) { writer.write($0, emit) }
        return isWhole && writer.isAtEnd
    }

    /// Whether as many lines as the columns ask for are there, before memory is taken for them: each takes
    /// at least a byte in its column.
    private static func fit(_ columns: ColumnSet, messageCount: Int, lineCount: Int) -> Bool {
        guard messageCount <= columns[lineCounts].count, lineCount <= columns[choices].count else {
            return false
        }
        var counts = VarintReader(columns[lineCounts])
        var sum: UInt64 = 0
        for _ in 0..<messageCount {
            let count = counts.next()
            guard count <= UInt64(lineCount) - sum else { return false }
            sum += count
        }
        return !counts.failed && counts.isAtEnd && sum == UInt64(lineCount)
    }
}
