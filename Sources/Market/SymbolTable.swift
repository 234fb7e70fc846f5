/// Gives each symbol a small number, in order of first sight.
///
/// Open addressing over a power of two, multiplicative hash; never shrinks. The numbers depend on
/// the order of the input, so no result may: whoever writes rows sorts by ``Symbol`` first.
public struct SymbolTable: ~Copyable {
    /// Symbols by number.
    public private(set) var symbols: [Symbol] = []
    @usableFromInline var slots: UnsafeMutablePointer<Slot>
    @usableFromInline var slotCount: Int

    @usableFromInline
    struct Slot {
        @usableFromInline var high: UInt64
        @usableFromInline var low: UInt64
        @usableFromInline var number: UInt32
    }

    /// An empty table.
    public init() {
        slotCount = 4096
        slots = SymbolTable.emptySlots(slotCount)
    }

    deinit { slots.deallocate() }

    /// How many symbols have been seen.
    public var count: Int { symbols.count }

    /// The symbol's number, new or known.
    @inlinable
    public mutating func number(of symbol: Symbol) -> UInt32 {
        let mask = slotCount &- 1
        var index = SymbolTable.hash(symbol) & mask
        while true {
            let slot = slots[index]
            if slot.high == symbol.high && slot.low == symbol.low { return slot.number }
            // No symbol begins with a zero byte, so a zero first word is an empty slot.
            if slot.high == 0 { return insert(symbol) }
            index = (index &+ 1) & mask
        }
    }

    @inlinable
    static func hash(_ symbol: Symbol) -> Int {
        let mixed = (symbol.high ^ (symbol.low &* 0xff51_afd7_ed55_8ccd)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 32)
    }

    @usableFromInline
    mutating func insert(_ symbol: Symbol) -> UInt32 {
        let number = UInt32(symbols.count)
        symbols.append(symbol)
        if symbols.count * 2 > slotCount {
            slots.deallocate()
            slotCount *= 2
            slots = SymbolTable.emptySlots(slotCount)
            for (index, known) in symbols.enumerated() { place(known, UInt32(index)) }
        } else {
            place(symbol, number)
        }
        return number
    }

    private mutating func place(_ symbol: Symbol, _ number: UInt32) {
        let mask = slotCount - 1
        var index = SymbolTable.hash(symbol) & mask
        while slots[index].high != 0 { index = (index + 1) & mask }
        slots[index] = Slot(high: symbol.high, low: symbol.low, number: number)
    }

    private static func emptySlots(_ count: Int) -> UnsafeMutablePointer<Slot> {
        let slots = UnsafeMutablePointer<Slot>.allocate(capacity: count)
        slots.initialize(repeating: Slot(high: 0, low: 0, number: 0), count: count)
        return slots
    }
}
