/// What each broker bought and sold of each symbol on the regular board today.
struct BrokerLedger: ~Copyable {
    struct Entry {
        var buyLots: Int64 = 0
        var buyValue: Int64 = 0
        var sellLots: Int64 = 0
        var sellValue: Int64 = 0
    }

    let brokerCount: Int
    private let entries: UnsafeMutablePointer<Entry>
    private let entryCount: Int

    init(symbolCount: Int, brokerCount: Int) {
        self.brokerCount = brokerCount
        entryCount = symbolCount * brokerCount
        entries = .allocate(capacity: entryCount)
        entries.initialize(repeating: Entry(), count: entryCount)
    }

    deinit { entries.deallocate() }

    mutating func clear() {
        entries.update(repeating: Entry(), count: entryCount)
    }

    /// Books a trade of `value` rupiah.
    @inline(__always)
    mutating func record(symbol: Int, buyer: Int, seller: Int, lots: Int64, value: Int64) {
        let row = entries + symbol &* brokerCount
        row[buyer].buyLots &+= lots
        row[buyer].buyValue &+= value
        row[seller].sellLots &+= lots
        row[seller].sellValue &+= value
    }

    /// A symbol's row of one broker.
    func entry(symbol: Int, broker: Int) -> Entry { entries[symbol * brokerCount + broker] }
}
