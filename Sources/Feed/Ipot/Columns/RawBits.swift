internal import Columns

/// Bits without structure, lowest first in each byte.
struct RawBitWriter: ~Copyable {
    private var sink = ByteSink()
    private var held: UInt64 = 0
    private var heldCount: UInt64 = 0

    /// Appends the lowest `count` bits, at most 56; the bits above are zero.
    @inline(__always)
    mutating func append(_ bits: UInt64, count: UInt64) {
        held |= bits &<< heldCount
        heldCount &+= count
        guard heldCount >= 8 else { return }
        sink.reserve(8)
        while heldCount >= 8 {
            sink.appendUnchecked(byte: UInt8(truncatingIfNeeded: held))
            held &>>= 8
            heldCount &-= 8
        }
    }

    mutating func finish() -> [UInt8] {
        if heldCount > 0 { sink.append(byte: UInt8(truncatingIfNeeded: held)) }
        return sink.array
    }
}

/// Reads what ``RawBitWriter`` wrote; zeros behind the end.
struct RawBitReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The next `count` bits, at most 56.
    @inline(__always)
    mutating func next(_ count: UInt64) -> UInt64 {
        let offset = position &>> 3
        let shift = UInt64(truncatingIfNeeded: position & 7)
        position &+= Int(truncatingIfNeeded: count)
        var word: UInt64 = 0
        if _fastPath(offset &+ 8 <= bytes.count), let base = bytes.baseAddress {
            word = Digits.word(base + offset)
        } else {
            var index = offset
            while index < bytes.count, index < offset &+ 8 {
                word |= UInt64(bytes[index]) &<< UInt64((index &- offset) &* 8)
                index &+= 1
            }
        }
        return word &>> shift & ((1 &<< count) &- 1)
    }
}
