internal import Market

/// Takes a key apart again; every function gives nil where the bytes are no such part.
struct KeyReader {
    private(set) var rest: UnsafeRawBufferPointer

    init(_ key: UnsafeRawBufferPointer) {
        rest = key
    }

    mutating func day() -> TradingDay? {
        guard rest.count >= 4 else { return nil }
        let biased = UInt32(bigEndian: rest.loadUnaligned(as: UInt32.self))
        skip(4)
        return TradingDay(daysSinceEpoch: Int32(bitPattern: biased ^ 0x8000_0000))
    }

    mutating func name() -> String? {
        guard let text = text() else { return nil }
        return String(validating: text, as: UTF8.self)
    }

    mutating func symbol() -> Symbol? {
        guard let text = text() else { return nil }
        return Symbol(bytes: text)
    }

    mutating func hour() -> UInt8? {
        guard let hour = rest.first else { return nil }
        skip(1)
        return hour
    }

    mutating func number() -> UInt64? {
        guard rest.count >= 8 else { return nil }
        let number = UInt64(bigEndian: rest.loadUnaligned(as: UInt64.self))
        skip(8)
        return number
    }

    /// Everything that is left.
    mutating func remainder() -> [UInt8] {
        defer { skip(rest.count) }
        return Array(rest)
    }

    private mutating func text() -> UnsafeRawBufferPointer? {
        guard let end = rest.firstIndex(of: 0), end > 0 else { return nil }
        let text = UnsafeRawBufferPointer(rebasing: rest[..<end])
        skip(end + 1)
        return text
    }

    private mutating func skip(_ count: Int) {
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
}
