internal import Market

/// How the prices of one symbol become whole steps: along the exchange's ladder where all lie on it, else the
/// integers themselves (funds and structured warrants off the ladder, decimals).
enum PriceSteps: UInt8 {
    case ladder = 0
    case unit = 1
}

/// The regular board's ladder, tabulated up to a price no share has reached; symbols above it take unit steps.
struct LadderTable: @unchecked Sendable {
    static let shared = LadderTable()

    /// Steps in the table: prices 1 ... 281,250.
    static let count = 12_000

    /// Price of each step. Written once, then read by all threads.
    let prices: UnsafeMutablePointer<Int32>

    private init() {
        let ladder = TickLadder.idx
        prices = .allocate(capacity: LadderTable.count)
        for index in 0..<LadderTable.count { prices[index] = Int32(ladder.price(at: Int64(index))) }
    }

    /// The step of a price; nil off the ladder or above the table. Same bands as `TickLadder.idx`, with
    /// divisions by constants.
    @inline(__always)
    static func step(of price: Int64) -> Int64? {
        guard price >= 1, price <= 281_250 else { return nil }
        let value = UInt32(truncatingIfNeeded: price)
        let (first, above, tick): (UInt32, UInt32, UInt32)
        switch value {
        case ..<200: return Int64(value) &- 1
        case ..<500: (first, above, tick) = (199, value &- 200, (value &- 200) / 2 &* 2)
        case ..<2000: (first, above, tick) = (349, value &- 500, (value &- 500) / 5 &* 5)
        case ..<5000: (first, above, tick) = (649, value &- 2000, (value &- 2000) / 10 &* 10)
        default: (first, above, tick) = (949, value &- 5000, (value &- 5000) / 25 &* 25)
        }
        guard above == tick else { return nil }
        let width: UInt32 = value < 500 ? 2 : value < 2000 ? 5 : value < 5000 ? 10 : 25
        let index = Int64(first &+ above / width)
        return index < Int64(LadderTable.count) ? index : nil
    }
}
