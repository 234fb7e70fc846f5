/// Finds line ends, 32 bytes at a time.
enum LineScan {
    /// Index of the first LF at or behind `start`; nil where there is none.
    @inline(__always)
    static func newline(in buffer: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = buffer.baseAddress else { return nil }
        var index = start
        let newlines = SIMD32<UInt8>(repeating: 0x0A)
        while index &+ 32 <= buffer.count {
            let matches = (base + index).loadUnaligned(as: SIMD32<UInt8>.self) .== newlines
            if any(matches) { break }
            index &+= 32
        }
        while index &+ 8 <= buffer.count {
            let word =
                UInt64(littleEndian: (base + index).loadUnaligned(as: UInt64.self)) ^ 0x0A0A_0A0A_0A0A_0A0A
            let zero = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
            if zero != 0 { return index &+ zero.trailingZeroBitCount &>> 3 }
            index &+= 8
        }
        while index < buffer.count {
            if buffer[index] == 0x0A { return index }
            index &+= 1
        }
        return nil
    }
}
