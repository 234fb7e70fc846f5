/// The one place where integers of the flow become floating point.
enum ExactRatio {
    /// `numerator / denominator`, 0 where the denominator is 0. It is shortened first, so that equal ratios give
    /// equal doubles, and whole results up to 2^53 are exact.
    static func double(_ numerator: Int128, _ denominator: UInt128) -> Double {
        let divisor = commonDivisor(numerator.magnitude, denominator)
        guard denominator != 0, divisor != 0 else { return 0 }
        let magnitude = Double(numerator.magnitude / divisor) / Double(denominator / divisor)
        return numerator < 0 ? -magnitude : magnitude
    }

    private static func commonDivisor(_ left: UInt128, _ right: UInt128) -> UInt128 {
        var (left, right) = (left, right)
        while right != 0 { (left, right) = (right, left % right) }
        return left
    }
}
