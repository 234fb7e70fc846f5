import Market
import TestSupport
import Testing

@testable import Feed

/// The decoder against a parser that splits lines; each seed is printed with its case.
@Suite("Trade lines")
struct TradeLineTests {
    @Test(
        "30,000 made lines say to the decoder what they say to the plain parser",
        arguments: [(1, 0), (2, 2), (3, 8), (4, 18)])
    func made(seed: UInt64, decimals: Int) {
        compare(seed: seed, decimals: decimals, count: 7500) { source in source.line() }
    }

    @Test(
        "220,000 damaged lines say to the decoder what they say to the plain parser, or nothing to both",
        arguments: [(11, 0), (12, 0), (13, 2), (14, 8), (15, 18)])
    func damaged(seed: UInt64, decimals: Int) {
        compare(seed: seed, decimals: decimals, count: 44_000) { source in
            let line = source.line()
            return source.mutated(line)
        }
    }

    @Test("the importer's look at a line agrees with the decoder, and sees the date of six fields")
    func inspector() {
        let decoder = SingleDecoder()
        var source = LineSource(random: SplitMix64(seed: 21), decimals: 0)
        for _ in 0..<20_000 {
            let line = source.random.below(2) == 0 ? source.line() : source.mutated(source.line())
            guard !line.isEmpty else { continue }
            let facts = decoder.inspect(line)
            let isDecodable = !decoder.decode(line).isUndecodable
            if facts.day == nil || facts.day == SingleDecoder.day {
                #expect((facts.flaw == nil) == isDecodable, "\(readable(line))")
                // Of two flaws the importer names an impossible date first.
                if !isDecodable, facts.flaw != .date {
                    #expect(facts.flaw == decoder.reason, "\(readable(line))")
                }
            }
            if isDecodable { #expect((facts.day == nil) == (line[0] == 0x42), "\(readable(line))") }
        }
    }

    @Test("what stands behind a payload does not change what it says")
    func bytesBehind() {
        let decoder = SingleDecoder()
        var source = LineSource(random: SplitMix64(seed: 31), decimals: 0)
        for _ in 0..<5000 {
            let line = source.mutated(source.line())
            let expected = decoder.decode(line, behind: 0)
            for byte in [0x7C, 0x30, 0x0A, 0x0D, 0xFF] as [UInt8] {
                #expect(decoder.decode(line, behind: byte) == expected, "\(readable(line)) before \(byte)")
            }
        }
    }

    private func compare(
        seed: UInt64, decimals: Int, count: Int, _ make: (inout LineSource) -> [UInt8]
    ) {
        let decoder = SingleDecoder(price: decimals, quantity: decimals)
        let oracle = NaiveTradeLine(priceDigits: decimals, quantityDigits: decimals, date: "20260210")
        var source = LineSource(random: SplitMix64(seed: seed), decimals: decimals)
        var decoded = 0
        for _ in 0..<count {
            let line = make(&source)
            let outcome = decoder.decode(line)
            let expected = oracle.read(line)
            if outcome != expected {
                Issue.record("seed \(seed): \(readable(line)) gave \(outcome), expected \(expected)")
            }
            if !outcome.isUndecodable { decoded += 1 }
        }
        // Neither all nor none: otherwise the comparison says little.
        #expect(decoded > count / 20 && decoded < count)
    }
}
