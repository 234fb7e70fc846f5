public import Market

/// The decimal scales in which a stream's integers are meant.
public struct StreamScales: Hashable, Sendable {
    /// Digits behind the point of prices.
    public let price: DecimalScale
    /// Digits behind the point of quantities.
    public let quantity: DecimalScale

    /// Both scales.
    public init(price: DecimalScale, quantity: DecimalScale) {
        self.price = price
        self.quantity = quantity
    }

    /// Whole rupiah and whole lots.
    public static let whole = StreamScales(price: .whole, quantity: .whole)
}
