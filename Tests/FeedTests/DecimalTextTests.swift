import Market
import Testing

@testable import Feed

@Suite("Decimal text of a scale")
struct DecimalTextTests {
    @Test("all texts of up to five characters over figures and points agree with moving the point by hand")
    func exhaustive() {
        let alphabet = Array("0159.".utf8)
        for digits in [0, 1, 2, 3] {
            let oracle = NaiveTradeLine(priceDigits: 0, quantityDigits: 0, date: "")
            for length in 0...5 {
                for code in 0..<power(5, length) {
                    let text = (0..<length).map { alphabet[code / power(5, $0) % 5] }
                    let value = parse(text, digits)
                    // The oracle takes only positive amounts.
                    let expected = oracle.amount(text, digits)
                    if value != 0 { #expect(value == expected, "\(readable(text)) at \(digits)") }
                    if value == 0 { #expect(expected == nil && text.contains(0x30), "\(readable(text))") }
                }
            }
        }
    }

    @Test(
        "values at the scales that streams use",
        arguments: [
            ("5", 0, 5), ("5.", 0, 5), ("5.0", 0, 5), ("5.00000", 0, 5), (".5", 1, 5), ("0.5", 2, 50),
            ("00005.50", 2, 550), ("61837.63", 8, 6_183_763_000_000), ("0.00000001", 8, 1),
            ("0.000000010000", 8, 1), ("9.223372036854775807", 18, Int64.max),
            ("9.2233720368547758070", 18, Int64.max), (".000000000000000001", 18, 1),
            ("9223372036854775807", 0, Int64.max), ("92233720368547758.07", 2, Int64.max),
            ("000000000000000000000000000000001", 0, 1), ("0", 18, 0), ("0.0", 0, 0),
        ] as [(String, Int, Int64)])
    func values(text: String, digits: Int, value: Int64) {
        #expect(parse(Array(text.utf8), digits) == value)
    }

    @Test(
        "texts that are no number or do not fit",
        arguments: [
            ("", 0), (".", 0), (".", 8), ("..", 2), ("1..2", 2), ("1.2.", 2), ("-1", 0), ("+1", 0),
            ("1e3", 0),
            (" 1", 0), ("1 ", 0), ("1,000", 0), ("1\r", 0), ("9223372036854775808", 0),
            ("9.223372036854775808", 18), ("10", 18), ("92233720368547758.08", 2),
            ("99999999999999999999", 0),
        ])
    func notNumbers(text: String, digits: Int) {
        #expect(flaw(text, digits) == .notANumber)
    }

    @Test(
        "digits beyond the scale are refused and not rounded",
        arguments: [
            ("5.1", 0), ("5.01", 1), ("0.000000001", 8), ("0.0000000000000000001", 18), ("1.23000004", 2),
        ])
    func tooPrecise(text: String, digits: Int) {
        #expect(flaw(text, digits) == .tooPrecise)
    }

    private func parse(_ text: [UInt8], _ digits: Int) -> Int64? {
        withPayload(text) { try? DecimalText.parse($0, DecimalScale(digits: digits)!) }
    }

    private func flaw(_ text: String, _ digits: Int) -> DecimalText.Flaw? {
        withPayload(Array(text.utf8)) { bytes -> DecimalText.Flaw? in
            do throws(DecimalText.Flaw) {
                _ = try DecimalText.parse(bytes, DecimalScale(digits: digits)!)
                return nil
            } catch {
                return error
            }
        }
    }

    private func power(_ base: Int, _ exponent: Int) -> Int {
        (0..<exponent).reduce(1) { value, _ in value * base }
    }
}
