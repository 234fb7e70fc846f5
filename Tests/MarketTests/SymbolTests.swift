import Market
import Testing

@Suite("Symbols")
struct SymbolTests {
    @Test("codes of 1 to 16 characters keep their text, longer and empty ones are refused")
    func lengths() {
        for length in 1...16 {
            let text = String((0..<length).map { Character(UnicodeScalar(UInt8(0x41 + $0))) })
            #expect(Symbol(text)?.description == text)
            #expect(Symbol(text)?.bytes == Array(text.utf8))
        }
        #expect(Symbol("") == nil)
        #expect(Symbol("ABCDEFGHIJKLMNOPQ") == nil)
    }

    @Test("of the 256 bytes exactly the printable ones but blank and pipe may stand anywhere in a code")
    func alphabet() {
        for byte in UInt8.min...UInt8.max {
            let isAllowed = byte > 0x20 && byte < 0x7F && byte != 0x7C
            for length in [1, 4, 8, 9, 16] {
                for place in 0..<length {
                    var bytes = [UInt8](repeating: 0x41, count: length)
                    bytes[place] = byte
                    let symbol = bytes.withUnsafeBytes { Symbol(bytes: $0) }
                    #expect((symbol != nil) == isAllowed, "byte \(byte) at \(place) of \(length)")
                    if let symbol { #expect(symbol.bytes == bytes) }
                }
            }
        }
    }

    @Test("symbols sort and compare as their bytes do")
    func order() {
        let texts = ["A", "AA", "AAAAAAAA", "AAAAAAAAA", "AAAAAAAB", "AAAAAAAAZ", "AB", "B", "a", "~", "!"]
        for left in texts {
            for right in texts {
                let isLess = Array(left.utf8).lexicographicallyPrecedes(Array(right.utf8))
                #expect((Symbol(left)! < Symbol(right)!) == isLess, "\(left) < \(right)")
                #expect((Symbol(left)! == Symbol(right)!) == (left == right))
            }
        }
    }
}
