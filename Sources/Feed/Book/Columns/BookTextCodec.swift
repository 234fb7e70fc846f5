public import Columns

extension CodecID {
    /// Order books as text full of numbers (``BookTextCodec``).
    public static let bookText = CodecID(rawValue: 7)
}

/// Columns of order books that are told in texts full of numbers: the feed's OB2 in envelopes and frames, and
/// Stockbit's sides. Texts between numbers by number, numbers as differences from the earlier ones that they are
/// usually near to.
///
/// It takes any text, so nothing is lost where a header is not what it was; messages with too many new texts are
/// kept verbatim.
public struct BookTextCodec: BlockCodec {
    static let header: UInt8 = 0
    static let texts: UInt8 = 1
    static let kinds: UInt8 = 2
    static let textMisses: UInt8 = 3
    static let differences: UInt8 = 4
    static let verbatimSizes: UInt8 = 20
    static let verbatimBytes: UInt8 = 21

    private static let version: UInt64 = 1
    /// Numbers of a message at most, so that hostile columns cannot make one that is endless.
    private static let numberCountMax = 1 << 16

    /// A codec.
    public init() {}

    /// 7.
    public var id: CodecID { .bookText }

    /// Whether a message is a book in such a text.
    static func isBook(_ message: UnsafeRawBufferPointer) -> Bool {
        if StockbitBook.isBook(message) || BookTable.isSideRow(message) { return true }
        guard let first = message.first, first == 0x7B || first == 0x5B else { return false }
        // "fmt":"ob2" or "rtype":"OB2", among what stands in front of the book.
        let head = message.part(0..<min(message.count, 160))
        return head.indices.dropLast(5).contains { place in
            head[place] == 0x22 && head[place + 1] | 0x20 == 0x6F && head[place + 2] | 0x20 == 0x62
                && head[place + 3] == 0x32 && head[place + 4] == 0x22
        }
    }

    /// See ``BlockCodec``.
    public func encode(_ messages: UnsafeBufferPointer<RawMessage>) -> ColumnBlock {
        var texts = BookTexts()
        var model = BookTextModel(messageCount: messages.count)
        var cut = NumberedText()
        var kinds = ByteSink()
        var misses = ByteSink()
        var hits: UInt64 = 0
        var sizes = ByteSink()
        var bytes = ByteSink()
        var columns = DifferenceColumns()
        var ids: [Int] = []
        for message in messages {
            cut.cut(message.bytes)
            ids.removeAll(keepingCapacity: true)
            for (index, range) in cut.texts.enumerated() {
                let isLast = index == cut.texts.count - 1
                guard cut.numbers.count <= BookTextCodec.numberCountMax,
                    let id = texts.number(message.bytes.part(range), isLast: isLast)
                else { break }
                ids.append(id)
            }
            guard ids.count == cut.texts.count else {
                kinds.append(byte: 0)
                sizes.append(UInt64(message.payloadSize))
                bytes.append(message.bytes)
                continue
            }
            kinds.append(UInt64(ids[0]))
            model.begin(ids[0])
            for (index, value) in cut.numbers.enumerated() {
                let (near, predictor) = model.prediction()
                columns.append(value &- near, predictor)
                model.learn(value)
                if model.follower() == ids[index + 1] {
                    hits += 1
                } else {
                    misses.append(hits)
                    misses.append(UInt64(ids[index + 1]))
                    hits = 0
                }
                model.learn(text: ids[index + 1])
            }
        }
        var header: [UInt8] = []
        Varint.append(BookTextCodec.version, to: &header)
        var list = ColumnList()
        list.add(BookTextCodec.header, .raw, header)
        list.add(BookTextCodec.texts, .strong, texts.column)
        list.add(BookTextCodec.kinds, .strong, kinds.array)
        list.add(BookTextCodec.textMisses, .strong, misses.array)
        columns.finish(&list)
        list.add(BookTextCodec.verbatimSizes, .strong, sizes.array)
        list.add(BookTextCodec.verbatimBytes, .strong, bytes.array)
        return ColumnBlock(codec: id, messageCount: messages.count, seconds: nil, columns: list.columns)
    }

    /// See ``BlockCodec``.
    public func decode(
        _ columns: ColumnSet, messageCount: Int, emit: (UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        var header = VarintReader(columns[BookTextCodec.header])
        guard header.next() == BookTextCodec.version, header.isAtEnd,
            // A kind has at least a byte.
            messageCount <= columns[BookTextCodec.kinds].count,
            let texts = BookTexts(columns[BookTextCodec.texts])
        else { return false }
        var reader = BookTextReader(columns, texts, messageCount: messageCount)
        for _ in 0..<messageCount {
            guard let message = reader.next(numberCountMax: BookTextCodec.numberCountMax) else { return false }
            message.withUnsafeBytes { emit($0) }
        }
        return reader.isAtEnd
    }
}

/// Differences, a column per predictor.
private struct DifferenceColumns {
    private var sinks: [[UInt8]] = Array(repeating: [], count: BookTextModel.Predictor.count)

    @inline(__always)
    mutating func append(_ difference: Int64, _ predictor: BookTextModel.Predictor) {
        Varint.appendSigned(difference, to: &sinks[predictor.rawValue])
    }

    func finish(_ list: inout ColumnList) {
        for (index, bytes) in sinks.enumerated() {
            list.add(BookTextCodec.differences + UInt8(index), .strong, bytes)
        }
    }
}

/// Puts messages together out of columns.
private struct BookTextReader {
    private let texts: BookTexts
    private var model: BookTextModel
    private var kinds: VarintReader
    private var misses: VarintReader
    private var hits: UInt64
    private var differences: [VarintReader]
    private var sizes: VarintReader
    private let verbatim: UnsafeRawBufferPointer
    private var offset = 0
    private var message: [UInt8] = []

    init(_ columns: ColumnSet, _ texts: BookTexts, messageCount: Int) {
        model = BookTextModel(messageCount: messageCount)
        self.texts = texts
        kinds = VarintReader(columns[BookTextCodec.kinds])
        misses = VarintReader(columns[BookTextCodec.textMisses])
        hits = misses.isAtEnd ? UInt64.max : misses.next()
        differences = (0..<BookTextModel.Predictor.count).map {
            VarintReader(columns[BookTextCodec.differences + UInt8($0)])
        }
        sizes = VarintReader(columns[BookTextCodec.verbatimSizes])
        verbatim = columns[BookTextCodec.verbatimBytes]
    }

    /// Whether everything was used up, and fitted.
    var isAtEnd: Bool {
        kinds.isAtEnd && misses.isAtEnd && !misses.failed && sizes.isAtEnd && offset == verbatim.count
            && differences.allSatisfy { $0.isAtEnd && !$0.failed }
    }

    /// The next message; nil where columns are damaged.
    mutating func next(numberCountMax: Int) -> [UInt8]? {
        let kind = kinds.next()
        guard !kinds.failed, kind <= UInt64(texts.all.count) else { return nil }
        if kind == 0 {
            let size = sizes.next()
            guard !sizes.failed, size <= UInt64(verbatim.count - offset) else { return nil }
            defer { offset += Int(size) }
            return Array(verbatim.part(offset..<(offset + Int(size))))
        }
        message.removeAll(keepingCapacity: true)
        var text = Int(kind)
        message += texts.all[text - 1]
        model.begin(text)
        var count = 0
        while !texts.isLast[text - 1] {
            let (near, predictor) = model.prediction()
            let value = near &+ differences[predictor.rawValue].nextSigned()
            count += 1
            guard !differences[predictor.rawValue].failed, value >= 0, count <= numberCountMax else {
                return nil
            }
            append(value)
            model.learn(value)
            guard let next = nextText() else { return nil }
            text = next
            message += texts.all[text - 1]
            model.learn(text: text)
        }
        return message
    }

    private mutating func append(_ value: Int64) {
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { room in
            let end = DigitWriter.write(UInt64(value), to: room.baseAddress!)
            message += UnsafeRawBufferPointer(start: room.baseAddress!, count: end - room.baseAddress!)
        }
    }

    private mutating func nextText() -> Int? {
        var text = UInt64(model.follower())
        if hits > 0 {
            hits -= 1
        } else {
            text = misses.next()
            hits = misses.isAtEnd || misses.failed ? UInt64.max : misses.next()
        }
        guard text >= 1, text <= UInt64(texts.all.count) else { return nil }
        return Int(text)
    }
}
