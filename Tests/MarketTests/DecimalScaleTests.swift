import Market
import Testing

@Suite("Decimal text")
struct DecimalScaleTests {
    @Test("scales are 0 to 18 digits")
    func range() {
        #expect(DecimalScale(digits: -1) == nil)
        #expect(DecimalScale(digits: 19) == nil)
        for digits in 0...18 { #expect(Int(DecimalScale(digits: digits)!.digits) == digits) }
    }

    @Test("every number from -1,200 to 1,200 has the text that long division gives", arguments: 0...5)
    func small(digits: Int) {
        let scale = DecimalScale(digits: digits)!
        for value in -1200...1200 {
            #expect(scale.text(Int64(value)) == divided(value, digits), "\(value) at \(digits) digits")
        }
    }

    @Test("the ends of 64 and 128 bits are written in full")
    func extremes() {
        #expect(DecimalScale.whole.text(Int64.max) == "9223372036854775807")
        #expect(DecimalScale.whole.text(Int64.min) == "-9223372036854775808")
        let eighteen = DecimalScale(digits: 18)!
        #expect(eighteen.text(Int64.max) == "9.223372036854775807")
        #expect(eighteen.text(Int64.min) == "-9.223372036854775808")
        #expect(eighteen.text(1) == "0.000000000000000001")
        #expect(eighteen.text(-1) == "-0.000000000000000001")
        #expect(eighteen.text(0) == "0")
        #expect(eighteen.text(1_000_000_000_000_000_000) == "1")
        #expect(DecimalScale.text(Int128.max, digits: 36) == "170.141183460469231731687303715884105727")
        #expect(DecimalScale.text(Int128.min, digits: 0) == "-170141183460469231731687303715884105728")
        #expect(DecimalScale(digits: 8)!.text(6_183_763_000_000) == "61837.63")
    }

    /// Figure by figure, without dividing by a power of ten at once.
    private func divided(_ value: Int, _ digits: Int) -> String {
        var rest = value.magnitude
        var figures: [String] = []
        for _ in 0..<digits {
            figures.insert("\(rest % 10)", at: 0)
            rest /= 10
        }
        while figures.last == "0" { figures.removeLast() }
        let sign = value < 0 ? "-" : ""
        return "\(sign)\(rest)" + (figures.isEmpty ? "" : "." + figures.joined())
    }
}
