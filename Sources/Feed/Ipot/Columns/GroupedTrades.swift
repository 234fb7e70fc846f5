internal import Market

/// The modelled trades of a block, in both orders: records as they arrived, and their numbers symbol by
/// symbol. Both directions of the codecs work on it.
struct GroupedTrades: ~Copyable {
    /// The trades as they arrived.
    let records: UnsafeMutablePointer<TradeRecord>
    /// How many there are.
    let tradeCount: Int
    /// Symbols by rising code, then board; each has trades.
    var entries: [TradeEntry]
    /// Numbers of the records, grouped by entry.
    let order: UnsafeMutablePointer<UInt32>
    /// The price steps of the grouped trades.
    let steps: UnsafeMutablePointer<Int64>

    init(records: UnsafeMutablePointer<TradeRecord>, tradeCount: Int, entries: [TradeEntry]) {
        self.records = records
        self.tradeCount = tradeCount
        self.entries = entries
        order = .allocate(capacity: tradeCount)
        steps = .allocate(capacity: tradeCount)
        order.initialize(repeating: 0, count: tradeCount)
        steps.initialize(repeating: 0, count: tradeCount)
    }

    deinit {
        order.deallocate()
        steps.deallocate()
    }

    /// Where each entry's trades begin.
    var starts: [Int] {
        var sum = 0
        return entries.map { entry in
            defer { sum += entry.count }
            return sum
        }
    }

    /// Entries by falling number of trades, then by code: busy symbols get small numbers in the run column.
    static func ranks(_ entries: [TradeEntry]) -> [Int] {
        entries.indices.sorted {
            entries[$0].count != entries[$1].count ? entries[$0].count > entries[$1].count : $0 < $1
        }
    }
}
