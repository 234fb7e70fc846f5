internal import Market

/// Decimal text with sign, fraction and exponent, as documents write figures: `-1.89e+10`, `166709.99`.
enum ScientificText {
    /// What a text says.
    struct Number {
        let figure: BrokerSummary.Figure
        let isNegative: Bool
        /// Whether digits beyond the scale were rounded away, half up.
        let isRounded: Bool
    }

    /// The number; nil where the text is none by JSON's grammar, or beyond ``BrokerSummary/figureMax``.
    static func parse(_ bytes: UnsafeRawBufferPointer) -> Number? {
        if let number = plain(bytes) { return number }
        var scanner = JSONScanner(bytes)
        guard scanner.number() != nil, scanner.position == bytes.count else { return nil }
        var parts = Parts()
        for byte in bytes { parts.take(byte) }
        let power = parts.power + BrokerSummary.digits
        guard let value = scaled(parts.mantissa, power), value.rounded <= UInt128(BrokerSummary.figureMax)
        else {
            return nil
        }
        let unit = min(scaled(1, max(power, 0))?.rounded ?? .max, UInt128(BrokerSummary.figureMax))
        return Number(
            figure: BrokerSummary.Figure(value: UInt64(value.rounded), unit: UInt64(unit)),
            isNegative: parts.isNegative, isRounded: !value.isExact || parts.isCut)
    }

    /// A number of up to 14 figures and nothing else, which most are; nil for any other text.
    private static func plain(_ bytes: UnsafeRawBufferPointer) -> Number? {
        guard bytes.count >= 1, bytes.count <= 14, bytes[0] != 0x30 || bytes.count == 1 else { return nil }
        var value: UInt64 = 0
        for byte in bytes {
            let figure = byte &- 0x30
            guard figure < 10 else { return nil }
            value = value &* 10 &+ UInt64(figure)
        }
        let (scaled, overflows) = value.multipliedReportingOverflow(by: BrokerSummary.one)
        guard !overflows, scaled <= BrokerSummary.figureMax else { return nil }
        return Number(
            figure: BrokerSummary.Figure(value: scaled, unit: BrokerSummary.one), isNegative: false,
            isRounded: false)
    }

    /// Mantissa × 10^power.
    private struct Parts {
        var mantissa: UInt128 = 0
        var isNegative = false
        /// Whether digits that are no zeros were left out of the mantissa.
        var isCut = false
        private var fractionDigits = 0
        private var exponent = 0
        private var isExponentNegative = false
        private var place = Place.whole

        private enum Place {
            case whole, fraction, exponent
        }

        var power: Int { (isExponentNegative ? -exponent : exponent) - fractionDigits }

        mutating func take(_ byte: UInt8) {
            switch (byte, place) {
            case (0x2D, .exponent): isExponentNegative = true
            case (0x2D, _): isNegative = true
            case (0x2B, _): break
            case (0x2E, _): place = .fraction
            case (0x65, _), (0x45, _): place = .exponent
            case (_, .exponent): exponent = min(exponent * 10 + Int(byte - 0x30), 1_000_000)
            default: take(digit: byte - 0x30)
            }
        }

        private mutating func take(digit: UInt8) {
            // 36 digits are more than a figure can have with its decimals; the rest only moves the point.
            if mantissa < 1_000_000_000_000_000_000_000_000_000_000_000_000 {
                mantissa = mantissa * 10 + UInt128(digit)
                if place == .fraction { fractionDigits += 1 }
            } else {
                isCut = isCut || digit != 0
                if place == .whole { fractionDigits -= 1 }
            }
        }
    }

    /// `mantissa` × 10^power, rounded half up; nil where it does not fit.
    private static func scaled(_ mantissa: UInt128, _ power: Int) -> (rounded: UInt128, isExact: Bool)? {
        if mantissa == 0 { return (0, true) }
        // A mantissa has at most 37 digits: behind 38 places nothing is left.
        guard power >= -38 else { return (0, false) }
        guard power <= 38 else { return nil }
        var factor: UInt128 = 1
        for _ in 0..<abs(power) { factor *= 10 }
        if power >= 0 {
            let (product, overflows) = mantissa.multipliedReportingOverflow(by: factor)
            return overflows ? nil : (product, true)
        }
        let (quotient, rest) = mantissa.quotientAndRemainder(dividingBy: factor)
        return (quotient + (rest >= factor - rest ? 1 : 0), rest == 0)
    }
}
