/// What stands between the lines of a frame, with marks where something changes from frame to frame.
struct FrameText {
    /// The text; a number is one byte ``number``, the code of a neighbouring line one byte.
    private(set) var pattern: [UInt8] = []
    /// The numbers in it.
    private(set) var numbers: [UInt64] = []

    /// Marks a number of 1 to 18 figures, without zeros in front.
    static let number: UInt8 = 1
    /// Marks the code of the line before the text.
    static let codeBefore: UInt8 = 2
    /// Marks the code of the line behind the text.
    static let codeBehind: UInt8 = 3

    /// Whether a byte of a pattern stands for something.
    static func isMark(_ byte: UInt8) -> Bool { byte >= number && byte <= codeBehind }

    /// Longer texts, and those with more numbers, are data rather than what stands around it.
    static let sizeMax = 512
    static let numberCountMax = 16
    /// More texts are data too: then compression is what they need.
    static let countMax = 1 << 14

    /// Takes a text apart; false where it should be kept literally.
    mutating func read(
        _ text: UnsafeRawBufferPointer, codeBefore: UnsafeRawBufferPointer, codeBehind: UnsafeRawBufferPointer
    ) -> Bool {
        pattern.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
        guard text.count <= FrameText.sizeMax else { return false }
        var place = 0
        while place < text.count {
            let byte = text[place]
            guard !FrameText.isMark(byte) else { return false }
            if byte >= 0x30, byte <= 0x39 {
                readNumber(text, &place)
                continue
            }
            pattern.append(byte)
            place += 1
            guard byte == 0x22 else { continue }
            if FrameText.isCode(codeBehind, in: text, at: place) {
                pattern.append(FrameText.codeBehind)
                place += codeBehind.count
            } else if FrameText.isCode(codeBefore, in: text, at: place) {
                pattern.append(FrameText.codeBefore)
                place += codeBefore.count
            }
        }
        return numbers.count <= FrameText.numberCountMax
    }

    private mutating func readNumber(_ text: UnsafeRawBufferPointer, _ place: inout Int) {
        let start = place
        var value: UInt64 = 0
        while place < text.count, text[place] >= 0x30, text[place] <= 0x39 {
            value = value &* 10 &+ UInt64(text[place] &- 0x30)
            place += 1
        }
        let size = place - start
        if size > 18 || (text[start] == 0x30 && size > 1) {
            pattern.append(contentsOf: text[start..<place])
        } else {
            pattern.append(FrameText.number)
            numbers.append(value)
        }
    }

    /// Whether a code stands here as a whole string.
    private static func isCode(
        _ code: UnsafeRawBufferPointer, in text: UnsafeRawBufferPointer, at place: Int
    ) -> Bool {
        let end = place + code.count
        return !code.isEmpty && end < text.count && (text[end] == 0x22 || text[end] == 0x5C)
            && text[place] == code[0]
            && UnsafeRawBufferPointer(rebasing: text[place..<end]).elementsEqual(code)
    }
}
