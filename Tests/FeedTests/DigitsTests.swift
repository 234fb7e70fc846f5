import Market
import Testing

@testable import Feed

@Suite("Figures eight bytes at a time")
struct DigitsTests {
    @Test("all strings of one to four bytes over sixteen characters have the value that they spell")
    func values() {
        let alphabet = Array("0123456789|/:\u{0}".utf8) + [0xB0, 0xFF]
        for length in 1...4 {
            var places = [Int](repeating: 0, count: length)
            repeat {
                var word: UInt64 = 0xFFFF_FFFF_FFFF_FFFF
                var expected: UInt64? = 0
                for (index, place) in places.enumerated() {
                    let byte = UInt64(alphabet[place])
                    word = word & ~(0xFF << UInt64(8 * index)) | byte << UInt64(8 * index)
                    expected = place < 10 ? expected.map { $0 * 10 + UInt64(place) } : nil
                }
                if Digits.value(word, count: length) != expected { Issue.record("\(places): \(word)") }
            } while advance(&places, below: alphabet.count)
        }
    }

    @Test("every byte at every place of eight figures, with every byte beside it, is a figure or refused")
    func eight() {
        for place in 0..<8 {
            for byte in UInt64(0)...255 {
                let hole = ~(UInt64(0xFF) << UInt64(8 * place))
                let word = 0x3938_3736_3534_3332 & hole | byte << UInt64(8 * place)
                var figures = Array("23456789".utf8)
                figures[place] = UInt8(byte)
                let text = String(decoding: figures, as: UTF8.self)
                let expected = (0x30...0x39).contains(byte) ? UInt64(text) : nil
                #expect(Digits.value(word, count: 8) == expected)
            }
        }
    }

    @Test("all million six-figure texts are a time of day or none")
    func secondOfDay() {
        for number in UInt64(0)..<1_000_000 {
            var word: UInt64 = 0x7C7C << 48
            var rest = number
            for place in stride(from: UInt64(40), through: 0, by: -8) {
                word |= (0x30 + rest % 10) << place
                rest /= 10
            }
            let (hour, minute, second) = (number / 10_000, number / 100 % 100, number % 100)
            let isTime = hour < 24 && minute < 60 && second < 60
            let expected = isTime ? UInt32(hour * 3600 + minute * 60 + second) : nil
            if Digits.secondOfDay(word) != expected { Issue.record("\(number)") }
        }
    }

    @Test("the first pipe of a word is found for every set of places and every byte around them")
    func pipeIndex() {
        for filler in UInt64(0)...255 where filler != 0x7C {
            for places in UInt64(0)..<256 {
                var word: UInt64 = 0
                for index in UInt64(0)..<8 {
                    word |= (places >> index & 1 == 1 ? 0x7C : filler) << (8 * index)
                }
                let expected = places == 0 ? 8 : places.trailingZeroBitCount
                if Digits.pipeIndex(word) != expected { Issue.record("filler \(filler), places \(places)") }
            }
        }
    }

    @Test("long numbers are read up to the last that fits")
    func longValues() {
        for (text, value) in [
            ("0", 0), ("18446744073709551615", UInt64.max), ("18446744073709551616", nil), ("", nil),
            ("00000000000000000000000000007", 7), ("99999999999999999999", nil), ("1_000", nil), ("+1", nil),
        ] as [(String, UInt64?)] {
            #expect(Array(text.utf8).withUnsafeBytes { Digits.longValue($0) } == value, "\(text)")
        }
    }

    private func advance(_ places: inout [Int], below limit: Int) -> Bool {
        for index in places.indices {
            places[index] += 1
            if places[index] < limit { return true }
            places[index] = 0
        }
        return false
    }
}
