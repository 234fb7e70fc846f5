/// Unsigned integers in groups of seven bits, lowest group first, the high bit set on all bytes but the
/// last (LEB128); signed ones as zigzag. The canonical form has no superfluous last zero groups.
public enum Varint {
    /// Appends `value`, 1 ... 10 bytes.
    @inlinable
    public static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest &>>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends a 128-bit value, 1 ... 19 bytes; the same bytes as the 64-bit form where it fits.
    @inlinable
    public static func append(_ value: UInt128, to bytes: inout [UInt8]) {
        var rest = value
        while rest > UInt128(UInt64.max) {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest &>>= 7
        }
        append(UInt64(truncatingIfNeeded: rest), to: &bytes)
    }

    /// Appends a signed value as zigzag: 0, -1, 1, -2 … become 0, 1, 2, 3 ….
    @inlinable
    public static func appendSigned(_ value: Int64, to bytes: inout [UInt8]) {
        append(UInt64(bitPattern: (value &<< 1) ^ (value &>> 63)), to: &bytes)
    }
}

/// Reads varints from front to back; a value that does not end, or does not fit, sets ``failed`` and
/// reads as 0, so that a caller checks once at the end.
public struct VarintReader {
    @usableFromInline let bytes: UnsafeRawBufferPointer
    @usableFromInline var offset = 0
    /// Whether something was not readable.
    public private(set) var failed = false

    /// A reader over bytes that outlive it.
    public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Whether all bytes have been read.
    public var isAtEnd: Bool { offset == bytes.count }

    /// The next value.
    @inlinable
    public mutating func next() -> UInt64 {
        if _fastPath(offset < bytes.count) {
            let byte = bytes[offset]
            if byte < 0x80 {
                offset &+= 1
                return UInt64(byte)
            }
        }
        return nextLong()
    }

    @usableFromInline
    mutating func nextLong() -> UInt64 {
        // Two to eight bytes: no overflow to check.
        var value: UInt64 = 0
        var shift: UInt64 = 0
        var index = offset
        while index < bytes.count, shift < 56 {
            let byte = bytes[index]
            index &+= 1
            value |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 {
                offset = index
                return value
            }
            shift &+= 7
        }
        let wide = nextWide()
        if wide > UInt128(UInt64.max) {
            failed = true
            return 0
        }
        return UInt64(truncatingIfNeeded: wide)
    }

    /// The next value of up to 128 bits.
    public mutating func nextWide() -> UInt128 {
        var value: UInt128 = 0
        var shift: UInt128 = 0
        while offset < bytes.count, shift < 128 {
            let byte = bytes[offset]
            offset += 1
            // The 19th byte has room for two bits.
            if shift == 126, byte > 3 { break }
            value |= UInt128(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        failed = true
        return 0
    }

    /// The next zigzag value.
    @inlinable
    public mutating func nextSigned() -> Int64 {
        let raw = next()
        return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
    }

    /// The next bytes as they are, a view; nil, and failed, where fewer are left.
    public mutating func bytes(_ count: Int) -> UnsafeRawBufferPointer? {
        guard count <= bytes.count - offset else {
            failed = true
            return nil
        }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)])
    }

    /// Marks the input as damaged.
    public mutating func fail() { failed = true }
}
