internal import Market

/// Walks over fields that a bar ends, for encoders: nil at the first that is not there or is no number.
/// Reads at most 16 bytes behind the line.
struct NumberFields {
    private var cursor: UnsafeRawPointer
    private let end: UnsafeRawPointer

    @inline(__always)
    init(_ line: UnsafeRawPointer, from: Int, size: Int) {
        cursor = line + from
        end = line + size
    }

    /// Where the next field begins.
    var place: UnsafeRawPointer { cursor }

    /// The next field of at most 24 bytes that a bar inside the line ends.
    @inline(__always)
    mutating func field() -> FieldScanner.Field? {
        guard cursor < end else { return nil }
        let word = Digits.word(cursor)
        var size = Digits.pipeIndex(word)
        if _slowPath(size == 8) { size = longSize() }
        guard cursor + size < end else { return nil }
        defer { cursor += size &+ 1 }
        return FieldScanner.Field(start: cursor, size: size, word: word)
    }

    private func longSize() -> Int {
        var size = 8
        while cursor + size < end, size < 25 {
            if (cursor + size).load(as: UInt8.self) == 0x7C { return size }
            size += 1
        }
        return end - cursor
    }

    /// The next field as a whole number that a signed integer holds.
    @inline(__always)
    mutating func number() -> Int64? {
        guard let field = field(), let value = field.whole, value <= UInt64(Int64.max) else { return nil }
        return Int64(bitPattern: value)
    }

    /// The same with a minus sign in front, or none.
    @inline(__always)
    mutating func signed() -> Int64? {
        guard cursor < end else { return nil }
        guard cursor.load(as: UInt8.self) == 0x2D else { return number() }
        cursor += 1
        guard let value = number() else { return nil }
        return -value
    }

    /// Passes over `size` bytes, at most eight, if they are these.
    @inline(__always)
    mutating func skip(_ bytes: UInt64, _ size: Int) -> Bool {
        guard cursor + size < end else { return false }
        let mask = UInt64.max &>> UInt64(64 &- size &* 8)
        guard Digits.word(cursor) & mask == bytes else { return false }
        cursor += size
        return true
    }
}

extension FieldScanner.Field {
    /// The field as a whole number.
    @inline(__always)
    var whole: UInt64? {
        size >= 1 && size <= 8 ? Digits.value(word, count: size) : Digits.longValue(bytes)
    }

    /// The field as an instrument's code; nil where it is none.
    @inline(__always)
    var symbol: Symbol? {
        if size >= 1, size <= 8 {
            // All bytes above blank, below DEL, in one test: no high bit, and none borrows from 0x21.
            let shift = UInt64(truncatingIfNeeded: 64 &- size &* 8)
            let text = word &<< shift
            let used = UInt64.max &<< shift
            let control = (text | ~used & 0x2121_2121_2121_2121) &- 0x2121_2121_2121_2121
            let isPlain =
                (control | text | (text &+ (used & 0x0101_0101_0101_0101))) & 0x8080_8080_8080_8080 == 0
            if isPlain { return Symbol(uncheckedHigh: (text &>> shift).byteSwapped, low: 0) }
        }
        return Symbol(bytes: bytes)
    }
}
