import Market
import Testing

@testable import Feed

@Suite("Figures of documents")
struct ScientificTextTests {
    /// Value and unit in ten-thousandths.
    private func parse(_ text: String) -> (value: UInt64, unit: UInt64, negative: Bool, rounded: Bool)? {
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBytes { ScientificText.parse($0) }.map {
            ($0.figure.value, $0.figure.unit, $0.isNegative, $0.isRounded)
        }
    }

    @Test("plain, fractional, exponent and negative forms are exact, with the unit of their last digit")
    func forms() {
        let cases: [(String, UInt64, UInt64, Bool)] = [
            ("0", 0, 10_000, false), ("7", 70_000, 10_000, false), ("-98082", 980_820_000, 10_000, true),
            ("166709.99", 1_667_099_900, 100, false), ("0.0001", 1, 1, false), ("1.50", 15_000, 100, false),
            ("3.18e+10", 318_000_000_000_000, 1_000_000_000_000, false),
            ("-1.89e+10", 189_000_000_000_000, 1_000_000_000_000, true),
            ("1E3", 10_000_000, 10_000_000, false), ("25e-2", 2_500, 100, false),
            ("1e14", 1_000_000_000_000_000_000, 1_000_000_000_000_000_000, false),
            ("383954006950", 3_839_540_069_500_000, 10_000, false), ("-0", 0, 10_000, true),
            ("1.00000000000000000000000000000000000000000000", 10_000, 1, false),
            ("0e999999999999", 0, 1_000_000_000_000_000_000, false), ("0e-99999", 0, 1, false),
        ]
        for (text, value, unit, negative) in cases {
            let found = parse(text)
            #expect(found?.value == value && found?.unit == unit, "\(text): \(String(describing: found))")
            #expect(found?.negative == negative && found?.rounded == false, "\(text)")
        }
    }

    @Test("digits beyond the scale are rounded half up, and that is said")
    func rounding() {
        for (text, value) in [
            ("0.00004", 0), ("0.00005", 1), ("1.00014999", 10_001), ("1e-5", 0), ("1e-99999", 0), ("5e-5", 1),
            ("98081.99999999999", 980_820_000),
        ] as [(String, UInt64)] {
            #expect(parse(text)?.value == value && parse(text)?.rounded == true, "\(text)")
        }
    }

    @Test(
        "what is no number, or beyond 10^14, is none",
        arguments: [
            "", "-", "+1", "1.", ".5", "1e", "1e+", "0x1", "1 ", " 1", "01", "NaN", "1,000",
            "100000000000000.0001",
            "1e15", "1e99999999999999999999", "9999999999999999999999999999999999999999999999",
        ])
    func refused(text: String) {
        #expect(parse(text) == nil)
    }
}
