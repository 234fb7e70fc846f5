/// Decimal digits, written by hand: a day has 20 million numbers.
enum Decimal {
    /// Longest number written here, sign included.
    static let sizeMax = 20

    /// Writes `value` and returns the place behind it.
    @inline(__always)
    static func write(
        _ value: Int64, to place: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        if value >= 0 { return write(UInt64(bitPattern: value), to: place) }
        place[0] = 0x2D
        return write(value.magnitude, to: place + 1)
    }

    @inline(__always)
    private static func write(
        _ value: UInt64, to place: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        if value < 10 {
            place[0] = 0x30 | UInt8(truncatingIfNeeded: value)
            return place + 1
        }
        let end = place + digits(of: value)
        var at = end
        var rest = value
        while rest >= 10 {
            let quotient = rest / 10
            at -= 1
            at[0] = 0x30 | UInt8(truncatingIfNeeded: rest &- quotient &* 10)
            rest = quotient
        }
        at -= 1
        at[0] = 0x30 | UInt8(truncatingIfNeeded: rest)
        return end
    }

    /// Number of decimal digits of `value`.
    @inline(__always)
    static func digits(of value: UInt64) -> Int {
        var count = 1
        var limit: UInt64 = 10
        while count < 19 && value >= limit {
            count &+= 1
            limit = limit &* 10
        }
        return count
    }
}
