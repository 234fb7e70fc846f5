/// Which symbol's order comes next.
///
/// A lottery of 16,384 tickets, drawn up anew each minute: a symbol's tickets follow its weight and
/// its heat, which wanders, so that activity comes in spells as it does on the real tape.
struct SymbolPicker: ~Copyable {
    private let tickets: UnsafeMutablePointer<UInt16>
    private let heats: UnsafeMutablePointer<UInt8>
    private let masses: UnsafeMutablePointer<UInt64>
    private let symbolCount: Int

    private static let ticketBits: UInt64 = 14
    private static let heatFactors: [UInt64] = [22, 31, 41, 54, 67, 83, 100, 123, 152, 185, 225, 280]

    init(symbolCount: Int) {
        self.symbolCount = symbolCount
        tickets = .allocate(capacity: 1 << SymbolPicker.ticketBits)
        tickets.initialize(repeating: 0, count: 1 << SymbolPicker.ticketBits)
        heats = .allocate(capacity: symbolCount)
        heats.initialize(repeating: 6, count: symbolCount)
        masses = .allocate(capacity: symbolCount)
        masses.initialize(repeating: 0, count: symbolCount)
    }

    deinit {
        tickets.deallocate()
        heats.deallocate()
        masses.deallocate()
    }

    /// Lets the heats wander by a step and hands out the tickets.
    mutating func redraw(_ listings: [Listing], random: inout RandomSource) {
        var total: UInt64 = 0
        for symbol in 0..<symbolCount {
            let step = random.below(8)
            var heat = Int(heats[symbol])
            if step < 3 { heat -= 1 } else if step > 4 { heat += 1 }
            heat = min(max(heat, 0), SymbolPicker.heatFactors.count - 1)
            heats[symbol] = UInt8(heat)
            masses[symbol] = listings[symbol].weight * SymbolPicker.heatFactors[heat]
            total += masses[symbol]
        }
        // A random start makes the expected number of tickets exact, also where it is below one.
        var carried = (random.next() >> 32) * (total >> 16) >> 16
        var ticket = 0
        for symbol in 0..<symbolCount {
            carried += masses[symbol] << SymbolPicker.ticketBits
            while carried >= total && ticket < 1 << SymbolPicker.ticketBits {
                tickets[ticket] = UInt16(symbol)
                ticket += 1
                carried -= total
            }
        }
    }

    /// The symbol chosen by fourteen random bits.
    @inline(__always)
    func pick(_ bits: UInt64) -> Int {
        Int(tickets[Int(truncatingIfNeeded: bits & (1 << SymbolPicker.ticketBits - 1))])
    }
}
