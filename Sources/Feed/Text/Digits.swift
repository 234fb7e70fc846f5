/// Reading of numbers and separators eight bytes at a time (SWAR), on memory that may be read 64 bytes
/// beyond the text.
enum Digits {
    /// Eight bytes, first one lowest.
    @inline(__always)
    static func word(_ source: UnsafeRawPointer) -> UInt64 {
        UInt64(littleEndian: source.loadUnaligned(as: UInt64.self))
    }

    /// Index of the first `|` in a word; 8 where there is none. The test for a zero byte may also light up
    /// a byte above a true one, never below, so the lowest is right (H. S. Warren, "Hacker's Delight", 6-1).
    @inline(__always)
    static func pipeIndex(_ word: UInt64) -> Int {
        let marked = word ^ 0x7C7C_7C7C_7C7C_7C7C
        let zero = (marked &- 0x0101_0101_0101_0101) & ~marked & 0x8080_8080_8080_8080
        return zero.trailingZeroBitCount &>> 3
    }

    /// The value of the first `count` bytes of a word, 1 ... 8; nil where one is no figure.
    @inline(__always)
    static func value(_ word: UInt64, count: Int) -> UInt64? {
        // Shift the text to the high bytes and fill the front with zeros.
        let shift = UInt64(truncatingIfNeeded: 64 &- count &* 8)
        var figures = word &<< shift
        if shift != 0 { figures |= 0x3030_3030_3030_3030 &>> (64 &- shift) }
        let high = figures & 0xF0F0_F0F0_F0F0_F0F0
        let over = ((figures &+ 0x0606_0606_0606_0606) & 0xF0F0_F0F0_F0F0_F0F0) &>> 4
        guard high | over == 0x3333_3333_3333_3333 else { return nil }
        // Pairs, then fours, then eights: three multiplications for eight figures.
        figures &-= 0x3030_3030_3030_3030
        figures = figures &* 10 &+ (figures &>> 8)
        let low = (figures & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
        let upper = ((figures &>> 16) & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
        return (low &+ upper) &>> 32
    }

    /// The value of up to 19 figures; nil where one is no figure or the value does not fit.
    static func longValue(_ bytes: UnsafeRawBufferPointer) -> UInt64? {
        guard !bytes.isEmpty else { return nil }
        var value: UInt64 = 0
        for byte in bytes {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            let (times, overTimes) = value.multipliedReportingOverflow(by: 10)
            let (plus, overPlus) = times.addingReportingOverflow(UInt64(byte &- 0x30))
            if overTimes || overPlus { return nil }
            value = plus
        }
        return value
    }

    /// Seconds of the day of six figures HHMMSS; nil where they are no time.
    @inline(__always)
    static func secondOfDay(_ word: UInt64) -> UInt32? {
        guard let figures = value(word, count: 6) else { return nil }
        let hour = figures / 10_000
        let minute = figures / 100 % 100
        let second = figures % 100
        guard hour < 24, minute < 60, second < 60 else { return nil }
        return UInt32(truncatingIfNeeded: hour &* 3600 &+ minute &* 60 &+ second)
    }
}
