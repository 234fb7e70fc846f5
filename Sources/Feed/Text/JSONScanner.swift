/// A strict JSON reader (RFC 8259) over bytes, from front to back, without building values.
///
/// Every method returns false or nil where the text is not JSON; the position is then meaningless. Nesting
/// deeper than ``depthMax`` is refused, so that hostile input cannot exhaust the stack.
struct JSONScanner {
    let bytes: UnsafeRawBufferPointer
    private(set) var position: Int
    private var depth = 0

    static let depthMax = 64

    /// A scanner that begins at a byte.
    init(_ bytes: UnsafeRawBufferPointer, from position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// The byte that stands here; 0 at the end.
    var byte: UInt8 { position < bytes.count ? bytes[position] : 0 }

    /// A string's raw bytes between the quotes.
    struct Text {
        let raw: UnsafeRawBufferPointer
        let hasEscapes: Bool

        func equals(_ literal: StaticString) -> Bool {
            let size = literal.utf8CodeUnitCount
            guard raw.count == size else { return false }
            let start = literal.utf8Start
            // The last byte tells most keys of a size apart.
            var index = size
            while index > 0 {
                index &-= 1
                if raw[index] != start[index] { return false }
            }
            return true
        }
    }

    /// Visits the members of the object that stands here. The visitor has to read the value; it returns
    /// false to give up.
    mutating func object(_ visit: (Text, inout JSONScanner) -> Bool) -> Bool {
        guard take(0x7B), enter() else { return false }
        skipBlank()
        if take(0x7D) { return leave() }
        while true {
            skipBlank()
            guard let key = string() else { return false }
            skipBlank()
            guard take(0x3A) else { return false }
            skipBlank()
            guard visit(key, &self) else { return false }
            skipBlank()
            if take(0x2C) { continue }
            return take(0x7D) && leave()
        }
    }

    /// Visits the elements of the array that stands here.
    mutating func array(_ visit: (inout JSONScanner) -> Bool) -> Bool {
        guard take(0x5B), enter() else { return false }
        skipBlank()
        if take(0x5D) { return leave() }
        while true {
            skipBlank()
            guard visit(&self) else { return false }
            skipBlank()
            if take(0x2C) { continue }
            return take(0x5D) && leave()
        }
    }

    /// Passes over any value.
    mutating func value() -> Bool {
        guard position < bytes.count else { return false }
        switch bytes[position] {
        case 0x7B: return object { _, scanner in scanner.value() }
        case 0x5B: return array { scanner in scanner.value() }
        case 0x22: return string() != nil
        case 0x74: return literal("true")
        case 0x66: return literal("false")
        case 0x6E: return literal("null")
        default: return number() != nil
        }
    }

    /// The string that stands here.
    mutating func string() -> Text? {
        guard take(0x22) else { return nil }
        let start = position
        var hasEscapes = false
        while true {
            skipPlain()
            guard position < bytes.count else { return nil }
            let byte = bytes[position]
            if byte == 0x22 {
                let raw = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
                position += 1
                return Text(raw: raw, hasEscapes: hasEscapes)
            }
            if byte < 0x20 { return nil }
            if byte == 0x5C {
                hasEscapes = true
                guard escape() else { return nil }
            } else {
                position += 1
            }
        }
    }

    /// Passes over characters of a string, eight bytes at a time, up to a quote, backslash or control
    /// character, or to fewer than eight bytes before the end (H. S. Warren, "Hacker's Delight", 6-1).
    private mutating func skipPlain() {
        let ones: UInt64 = 0x0101_0101_0101_0101
        while position &+ 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5C)
            let found =
                ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- ones &* 0x20) & ~word)
                & (ones &* 0x80)
            if found != 0 {
                position &+= found.trailingZeroBitCount &>> 3
                return
            }
            position &+= 8
        }
    }

    /// The number that stands here, as text. Where there is none, the position stays: a caller may try the
    /// value that stands there instead.
    mutating func number() -> UnsafeRawBufferPointer? {
        let start = position
        guard passNumber() else {
            position = start
            return nil
        }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
    }

    private mutating func passNumber() -> Bool {
        _ = take(0x2D)
        if !take(0x30), !figures() { return false }
        if take(0x2E), !figures() { return false }
        if take(0x65) || take(0x45) {
            if !take(0x2B) { _ = take(0x2D) }
            guard figures() else { return false }
        }
        return true
    }

    /// Whether only blanks are left.
    mutating func isAtEnd() -> Bool {
        skipBlank()
        return position == bytes.count
    }

    mutating func skipBlank() {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D else { return }
            position += 1
        }
    }

    private mutating func escape() -> Bool {
        guard position + 1 < bytes.count else { return false }
        switch bytes[position + 1] {
        case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74:
            position += 2
            return true
        case 0x75:
            guard position + 6 <= bytes.count else { return false }
            for index in (position + 2)..<(position + 6) where hexValue(bytes[index]) == nil { return false }
            position += 6
            return true
        default:
            return false
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func figures() -> Bool {
        let start = position
        while position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 { position += 1 }
        return position > start
    }

    private mutating func literal(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard position + count <= bytes.count,
            bytes[position..<(position + count)].elementsEqual(
                UnsafeBufferPointer(start: text.utf8Start, count: count))
        else { return false }
        position += count
        return true
    }

    private mutating func enter() -> Bool {
        depth += 1
        return depth <= JSONScanner.depthMax
    }

    private mutating func leave() -> Bool {
        depth -= 1
        return true
    }
}
