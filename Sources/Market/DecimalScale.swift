/// Number of decimal digits behind the point in a stream's integers: IDX 0, the crypto sample 8.
public struct DecimalScale: Hashable, Sendable {
    /// Digits behind the point, 0 ... 18.
    public let digits: UInt8

    /// Most digits that a 64-bit integer can carry.
    public static let digitsMax = 18

    /// Whole numbers.
    public static let whole = DecimalScale(digits: 0)!

    /// A scale of `digits` digits; nil outside 0 ... 18.
    public init?(digits: Int) {
        guard (0...DecimalScale.digitsMax).contains(digits) else { return nil }
        self.digits = UInt8(digits)
    }

    /// The exact decimal text of `value / 10^digits`, shortest form: `6183763000000` at scale 8 is
    /// `61837.63`.
    public func text(_ value: Int64) -> String { DecimalScale.text(Int128(value), digits: Int(digits)) }

    /// The exact decimal text of `value / 10^digits`, for sums and products that pass 64 bits.
    public static func text(_ value: Int128, digits: Int) -> String {
        var figures = Array(String(value.magnitude).utf8)
        if figures.count <= digits {
            figures.insert(contentsOf: repeatElement(0x30, count: digits + 1 - figures.count), at: 0)
        }
        var fraction = figures.suffix(digits)
        while fraction.last == 0x30 { fraction.removeLast() }
        let whole = String(decoding: figures.dropLast(digits), as: UTF8.self)
        let sign = value < 0 ? "-" : ""
        return fraction.isEmpty
            ? sign + whole : sign + whole + "." + String(decoding: fraction, as: UTF8.self)
    }
}
