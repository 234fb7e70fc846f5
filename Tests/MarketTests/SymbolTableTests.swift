import Testing

@testable import Market

@Suite("Symbol table")
struct SymbolTableTests {
    @Test("20,000 symbols keep their numbers in order of first sight while the table grows")
    func growth() {
        var table = SymbolTable()
        for number in 0..<20_000 {
            #expect(table.number(of: symbol(number)) == UInt32(number))
            // An early one and the newest, at every size.
            #expect(table.number(of: symbol(number / 2)) == UInt32(number / 2))
        }
        #expect(table.count == 20_000)
        for number in 0..<20_000 {
            #expect(table.number(of: symbol(number)) == UInt32(number))
            #expect(table.symbols[number] == symbol(number))
        }
        #expect(table.count == 20_000)
    }

    @Test("3,000 symbols of equal hash are told apart, before and after the table grows")
    func equalHash() {
        // The hash mixes high ^ low · odd: whatever low is, a high can be chosen that gives the same.
        let odd: UInt64 = 0xff51_afd7_ed55_8ccd
        let target: UInt64 = 0x4142_4344_0000_0000
        let twins = (1...3000).map { (low: UInt64) in
            Symbol(uncheckedHigh: target ^ (low &* odd), low: low)
        }
        #expect(Set(twins.map(SymbolTable.hash)).count == 1)
        #expect(Set(twins).count == 3000)
        var table = SymbolTable()
        for (number, twin) in twins.enumerated() { #expect(table.number(of: twin) == UInt32(number)) }
        for (number, twin) in twins.enumerated() { #expect(table.number(of: twin) == UInt32(number)) }
        #expect(table.count == 3000)
    }

    @Test("symbols that differ only behind the eighth character are different")
    func longCodes() {
        var table = SymbolTable()
        #expect(table.number(of: Symbol("BTCUSDT_SPOT")!) == 0)
        #expect(table.number(of: Symbol("BTCUSDT_SWAP")!) == 1)
        #expect(table.number(of: Symbol("BTCUSDT_")!) == 2)
        #expect(table.number(of: Symbol("BTCUSDT_SPOT")!) == 0)
    }

    private func symbol(_ number: Int) -> Symbol { Symbol("S\(number)")! }
}
