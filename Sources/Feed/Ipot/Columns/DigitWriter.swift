/// Writes numbers as text, eight figures at a time, into memory with room behind.
enum DigitWriter {
    /// The eight figures of a value below 10^8, first one lowest, as values 0 ... 9.
    @inline(__always)
    static func figures(_ value: UInt32) -> UInt64 {
        let high = value / 10_000
        let fours = UInt64(high) | UInt64(value &- high &* 10_000) &<< 32
        let hundreds = ((fours &* 10_486) &>> 20) & 0x0000_007F_0000_007F
        let pairs = hundreds | (fours &- hundreds &* 100) &<< 16
        let tens = ((pairs &* 103) &>> 10) & 0x000F_000F_000F_000F
        return tens | (pairs &- tens &* 10) &<< 8
    }

    /// Writes a value without leading zeros; returns the place behind. Uses up to 24 bytes.
    @inline(__always)
    static func write(_ value: UInt64, to place: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        if _fastPath(value < 100_000_000) {
            let figures = figures(UInt32(truncatingIfNeeded: value))
            // At least one figure stays.
            let zeros = min(figures.trailingZeroBitCount &>> 3, 7)
            let text = (figures | 0x3030_3030_3030_3030) &>> UInt64(zeros &* 8)
            place.storeBytes(of: text.littleEndian, as: UInt64.self)
            return place + (8 &- zeros)
        }
        return writeLong(value, to: place)
    }

    private static func writeLong(_ value: UInt64, to place: UnsafeMutableRawPointer)
        -> UnsafeMutableRawPointer
    {
        var scale: UInt64 = 10_000_000_000_000_000_000
        while scale > value { scale /= 10 }
        var place = place
        while scale > 0 {
            place.storeBytes(of: 0x30 &+ UInt8(value / scale % 10), as: UInt8.self)
            place += 1
            scale /= 10
        }
        return place
    }

    /// Writes a value with its sign where it is negative.
    @inline(__always)
    static func write(_ value: Int64, to place: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        var place = place
        if value < 0 {
            place.storeBytes(of: 0x2D, as: UInt8.self)
            place += 1
        }
        return write(value.magnitude, to: place)
    }

    /// Writes a value with zeros in front up to `width` figures; at most 20.
    @inline(__always)
    static func write(
        _ value: UInt64, width: Int, to place: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        var place = place
        var zeros = width &- digits(of: value)
        while zeros > 0 {
            place.storeBytes(of: 0x30, as: UInt8.self)
            place += 1
            zeros &-= 1
        }
        return write(value, to: place)
    }

    /// Number of figures of a value; 1 for zero.
    @inline(__always)
    static func digits(of value: UInt64) -> Int {
        if _fastPath(value < 100_000_000) {
            let zeros = figures(UInt32(truncatingIfNeeded: value)).trailingZeroBitCount &>> 3
            return 8 &- min(zeros, 7)
        }
        var count = 8
        var rest = value / 100_000_000
        while rest > 0 {
            count &+= 1
            rest /= 10
        }
        return count
    }

    /// Six figures HHMMSS of a second of the day, first one lowest; two bytes above are zero.
    static func clock(_ second: UInt32) -> UInt64 {
        let number = second / 3600 &* 10_000 &+ second / 60 % 60 &* 100 &+ second % 60
        return (figures(number) | 0x3030_3030_3030_3030) &>> 16
    }
}
