internal import Columns

/// A message cut into texts and the whole numbers between them: text, number, text, …, number, text.
struct NumberedText {
    /// Figures of a number at most; longer runs of figures, and those that begin with a zero, are text.
    private static let figuresMax = 18

    private(set) var texts: [Range<Int>] = []
    private(set) var numbers: [Int64] = []

    /// Cuts a message.
    mutating func cut(_ message: UnsafeRawBufferPointer) {
        texts.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
        var textStart = 0
        var place = 0
        while place < message.count {
            guard NumberedText.isFigure(message[place]) else {
                place &+= 1
                continue
            }
            let start = place
            var value: Int64 = 0
            while place < message.count, NumberedText.isFigure(message[place]) {
                value = value &* 10 &+ Int64(message[place] &- 0x30)
                place &+= 1
            }
            let isNumber =
                place &- start == 1
                || (message[start] != 0x30 && place &- start <= NumberedText.figuresMax)
            guard isNumber else { continue }
            texts.append(textStart..<start)
            numbers.append(value)
            textStart = place
        }
        texts.append(textStart..<message.count)
    }

    @inline(__always)
    private static func isFigure(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
}

/// The texts of a block, numbered from 1 in the order of their first sight. One that ends a message is another
/// text than the same bytes within one.
struct BookTexts {
    private(set) var all: [[UInt8]] = []
    private(set) var isLast: [Bool] = []
    private var numbers: [[UInt8]: Int] = [:]

    static let countMax = 16_384
    static let sizeMax = 512

    /// The number of a text, known or new; nil where it is too long or there are too many.
    mutating func number(_ bytes: UnsafeRawBufferPointer, isLast: Bool) -> Int? {
        guard bytes.count <= BookTexts.sizeMax else { return nil }
        let key = Array(bytes) + [isLast ? 1 : 0]
        if let known = numbers[key] { return known }
        guard all.count < BookTexts.countMax else { return nil }
        all.append(Array(bytes))
        self.isLast.append(isLast)
        numbers[key] = all.count
        return all.count
    }

    /// The column: per text a varint of its size, doubled, 1 more where it ends messages, and its bytes.
    var column: [UInt8] {
        var bytes: [UInt8] = []
        for (text, isLast) in zip(all, isLast) {
            Varint.append(UInt64(text.count) << 1 | (isLast ? 1 : 0), to: &bytes)
            bytes += text
        }
        return bytes
    }

    init() {}

    /// Reads the column; nil where it is damaged.
    init?(_ column: UnsafeRawBufferPointer) {
        var reader = VarintReader(column)
        while !reader.isAtEnd {
            let code = reader.next()
            guard all.count < BookTexts.countMax, code >> 1 <= UInt64(BookTexts.sizeMax),
                let bytes = reader.bytes(Int(code >> 1))
            else { return nil }
            all.append(Array(bytes))
            isLast.append(code & 1 == 1)
        }
    }
}
