/// Finds line ends and other bytes, 32 at a time.
enum LineScan {
    /// Index of the first LF at or behind `start`; nil where there is none.
    @inline(__always)
    static func newline(in buffer: UnsafeRawBufferPointer, from start: Int) -> Int? {
        index(of: 0x0A, in: buffer, from: start)
    }

    /// Index of the first such byte at or behind `start`; nil where there is none.
    @inline(__always)
    static func index(of byte: UInt8, in buffer: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = buffer.baseAddress else { return nil }
        var index = start
        let wanted = SIMD32<UInt8>(repeating: byte)
        let wantedWord = UInt64(byte) &* 0x0101_0101_0101_0101
        while index &+ 32 <= buffer.count {
            let matches = (base + index).loadUnaligned(as: SIMD32<UInt8>.self) .== wanted
            if any(matches) { break }
            index &+= 32
        }
        while index &+ 8 <= buffer.count {
            let word = UInt64(littleEndian: (base + index).loadUnaligned(as: UInt64.self)) ^ wantedWord
            let zero = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
            if zero != 0 { return index &+ zero.trailingZeroBitCount &>> 3 }
            index &+= 8
        }
        while index < buffer.count {
            if buffer[index] == byte { return index }
            index &+= 1
        }
        return nil
    }
}
