/// A signed integer of 256 bits: sums of price × quantity × lot size, which 128 bits do not always hold.
///
/// Prices and quantities have 64 bits, a day fewer than 2^64 trades, a lot 32 bits: 223 bits and a sign.
public struct WideInteger: Hashable, Comparable, Sendable {
    // Two's complement.
    private var high: Int128
    private var low: UInt128

    /// The value of 128 bits.
    public init(_ value: Int128) {
        high = value < 0 ? -1 : 0
        low = UInt128(truncatingIfNeeded: value)
    }

    /// The exact product.
    public init(_ value: Int128, times factor: UInt128) {
        let product = factor.multipliedFullWidth(by: value.magnitude)
        high = Int128(truncatingIfNeeded: product.high)
        low = product.low
        if value < 0 { negate() }
    }

    /// The exact product.
    public func times(_ factor: UInt32) -> WideInteger {
        var (high, low) = words
        let product = low.multipliedFullWidth(by: UInt128(factor))
        high = high &* UInt128(factor) &+ product.high
        low = product.low
        var result = self
        (result.high, result.low) = (Int128(truncatingIfNeeded: high), low)
        if self.high < 0 { result.negate() }
        return result
    }

    /// The exact sum.
    public static func + (left: WideInteger, right: WideInteger) -> WideInteger {
        var sum = left
        let (low, carries) = left.low.addingReportingOverflow(right.low)
        sum.low = low
        sum.high = left.high &+ right.high &+ (carries ? 1 : 0)
        return sum
    }

    /// The order of the values.
    public static func < (left: WideInteger, right: WideInteger) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    /// The exact decimal text of `self / 10^digits`, shortest form, as `DecimalScale.text` writes it.
    public func text(digits: Int) -> String {
        var figures: [UInt8] = []
        var (high, low) = words
        while high != 0 || low != 0 {
            let rest: UInt128
            (low, rest) = UInt128(10).dividingFullWidth((high % 10, low))
            high /= 10
            figures.append(0x30 + UInt8(rest))
        }
        while figures.count <= digits { figures.append(0x30) }
        let fraction = figures.prefix(digits).drop { $0 == 0x30 }
        let whole = String(decoding: figures.dropFirst(digits).reversed(), as: UTF8.self)
        let sign = self.high < 0 ? "-" : ""
        return fraction.isEmpty
            ? sign + whole : sign + whole + "." + String(decoding: fraction.reversed(), as: UTF8.self)
    }

    /// The value with the other sign.
    public static prefix func - (value: WideInteger) -> WideInteger {
        var result = value
        result.negate()
        return result
    }

    /// The value without its sign.
    public var magnitude: WideInteger { high < 0 ? -self : self }

    /// A near double: exact where 53 bits hold the value, else within two units of the last place.
    public var approximation: Double {
        let (high, low) = words
        let value = Double(high) * 0x1p128 + Double(low)
        return self.high < 0 ? -value : value
    }

    private var words: (high: UInt128, low: UInt128) {
        let value = magnitude
        return (UInt128(truncatingIfNeeded: value.high), value.low)
    }

    private mutating func negate() {
        low = ~low &+ 1
        high = ~high &+ (low == 0 ? 1 : 0)
    }
}
