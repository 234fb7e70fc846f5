internal import Market

/// Decimal text as an integer of a scale: `61837.63` at scale 8 is 6183763000000. Plain figures with an
/// optional point; no sign, exponent or blank. Digits beyond the scale are an error, unless they are zeros.
enum DecimalText {
    /// What is wrong with a text.
    enum Flaw: Error {
        case notANumber
        case tooPrecise
    }

    /// The value; 0 is a value, the caller decides whether it may be.
    static func parse(
        _ bytes: UnsafeRawBufferPointer, _ scale: DecimalScale
    ) throws(Flaw) -> Int64 {
        var value: Int64 = 0
        var fraction = -1
        var figures = 0
        for byte in bytes {
            if byte == 0x2E {
                guard fraction < 0 else { throw .notANumber }
                fraction = 0
                continue
            }
            guard byte >= 0x30, byte <= 0x39 else { throw .notANumber }
            figures += 1
            if fraction >= Int(scale.digits) {
                guard byte == 0x30 else { throw .tooPrecise }
                continue
            }
            if fraction >= 0 { fraction += 1 }
            value = try append(Int64(byte &- 0x30), to: value)
        }
        guard figures > 0 else { throw .notANumber }
        for _ in max(fraction, 0)..<Int(scale.digits) { value = try append(0, to: value) }
        return value
    }

    private static func append(_ figure: Int64, to value: Int64) throws(Flaw) -> Int64 {
        let (times, overTimes) = value.multipliedReportingOverflow(by: 10)
        let (plus, overPlus) = times.addingReportingOverflow(figure)
        if overTimes || overPlus { throw .notANumber }
        return plus
    }
}
