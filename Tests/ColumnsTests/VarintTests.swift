import Testing

@testable import Columns

@Suite struct VarintTests {
    /// Zero, and all values within two of a power of two.
    private static let wide: [UInt128] = {
        var values: Set<UInt128> = [0]
        for shift in 0..<128 {
            for distance in 0...2 {
                let power = UInt128(1) << UInt128(shift)
                values.insert(power &- UInt128(distance))
                values.insert(power &+ UInt128(distance))
            }
        }
        return values.union([UInt128.max, UInt128.max - 1]).sorted()
    }()
    private static let narrow = wide.compactMap { UInt64(exactly: $0) }

    private func reading<Result>(_ bytes: [UInt8], _ body: (inout VarintReader) -> Result) -> (
        Result, failed: Bool, isAtEnd: Bool
    ) {
        bytes.withUnsafeBytes { raw in
            var reader = VarintReader(raw)
            let result = body(&reader)
            return (result, reader.failed, reader.isAtEnd)
        }
    }

    @Test("values around every power of two come back in the fewest bytes")
    func narrowValues() {
        for value in VarintTests.narrow {
            var bytes: [UInt8] = []
            Varint.append(value, to: &bytes)
            #expect(bytes.count == max(1, (64 - value.leadingZeroBitCount + 6) / 7), "\(value)")
            let (back, failed, isAtEnd) = reading(bytes) { $0.next() }
            #expect(back == value && !failed && isAtEnd, "\(value)")
        }
    }

    @Test("values of 128 bits come back, and small ones have the bytes of the 64-bit form")
    func wideValues() {
        for value in VarintTests.wide {
            var bytes: [UInt8] = []
            Varint.append(value, to: &bytes)
            #expect(bytes.count == max(1, (128 - value.leadingZeroBitCount + 6) / 7), "\(value)")
            let (back, failed, isAtEnd) = reading(bytes) { $0.nextWide() }
            #expect(back == value && !failed && isAtEnd, "\(value)")
            if let narrow = UInt64(exactly: value) {
                var same: [UInt8] = []
                Varint.append(narrow, to: &same)
                #expect(same == bytes)
            } else {
                #expect(reading(bytes) { $0.next() }.failed, "\(value) does not fit 64 bits")
            }
        }
    }

    @Test("signed values come back, small magnitudes in few bytes")
    func signedValues() {
        let samples: [(Int64, [UInt8])] = [
            (0, [0]), (-1, [1]), (1, [2]), (-2, [3]), (63, [126]), (-64, [127]),
        ]
        for (value, expected) in samples {
            var bytes: [UInt8] = []
            Varint.appendSigned(value, to: &bytes)
            #expect(bytes == expected)
        }
        for raw in VarintTests.narrow {
            for value in [Int64(bitPattern: raw), 0 &- Int64(bitPattern: raw)] {
                var bytes: [UInt8] = []
                Varint.appendSigned(value, to: &bytes)
                let (back, failed, isAtEnd) = reading(bytes) { $0.nextSigned() }
                #expect(back == value && !failed && isAtEnd, "\(value)")
            }
        }
    }

    @Test("a value cut off at any byte fails and reads as 0")
    func truncated() {
        for value in VarintTests.wide {
            var bytes: [UInt8] = []
            Varint.append(value, to: &bytes)
            for count in 0..<bytes.count {
                let (back, failed, _) = reading(Array(bytes[..<count])) { $0.nextWide() }
                #expect(back == 0 && failed, "\(value) cut to \(count)")
            }
        }
    }

    @Test("a value that needs more than 128 bits fails instead of losing its highest bits")
    func tooWide() {
        let full = [UInt8](repeating: 0xFF, count: 18)
        for last in UInt8(0)..<0x80 {
            let (back, failed, _) = reading(full + [last]) { $0.nextWide() }
            #expect(failed == (last > 3))
            #expect(failed ? back == 0 : back >> 126 == UInt128(last))
        }
        #expect(reading(full + [0x83, 0x00]) { $0.nextWide() }.failed)
        #expect(reading([UInt8](repeating: 0x80, count: 40)) { $0.nextWide() }.failed)
    }

    @Test("values follow each other, and a failure stays")
    func sequence() {
        var bytes: [UInt8] = []
        for value in VarintTests.narrow { Varint.append(value, to: &bytes) }
        let (values, failed, isAtEnd) = reading(bytes) { reader in
            VarintTests.narrow.map { _ in reader.next() }
        }
        #expect(values == VarintTests.narrow && !failed && isAtEnd)
        let stays = reading([0xFF, 0x01]) { reader in
            reader.fail()
            return reader.next()
        }
        #expect(stays.failed)
        #expect(reading([]) { _ in 0 }.isAtEnd)
    }
}
