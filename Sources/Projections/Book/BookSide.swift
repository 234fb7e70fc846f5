/// One side of an order book: levels in the order of their price, the best one last, since that is where books
/// change.
struct BookSide {
    /// Prices, negated for offers, so that they rise towards the best level on both sides.
    private(set) var ranks: [Int64] = []
    /// Lots at them; never 0.
    private(set) var lots: [Int64] = []
    /// Sum of all lots.
    private(set) var total: Int128 = 0
    /// 1 for bids, -1 for offers.
    let sign: Int64

    init(sign: Int64) { self.sign = sign }

    /// The best level; nil where the side is empty.
    @inline(__always)
    var best: BookQuote? {
        guard let rank = ranks.last, let lots = lots.last else { return nil }
        return BookQuote(price: rank &* sign, lots: lots)
    }

    /// Lots at a price; 0 removes the level. O(log levels), and O(better levels) where one comes or goes.
    @inline(__always)
    mutating func set(_ price: Int64, _ count: Int64) {
        let rank = price &* sign
        var low = 0
        var high = ranks.count
        ranks.withUnsafeBufferPointer { ranks in
            while low < high {
                let middle = (low &+ high) &>> 1
                if ranks[middle] < rank { low = middle &+ 1 } else { high = middle }
            }
        }
        if low < ranks.count, ranks[low] == rank {
            total &+= Int128(count) &- Int128(lots[low])
            if count > 0 {
                lots[low] = count
            } else {
                ranks.remove(at: low)
                lots.remove(at: low)
            }
        } else if count > 0 {
            total &+= Int128(count)
            ranks.insert(rank, at: low)
            lots.insert(count, at: low)
        }
    }

    mutating func removeAll() {
        ranks.removeAll(keepingCapacity: true)
        lots.removeAll(keepingCapacity: true)
        total = 0
    }
}

/// The best level of a side.
struct BookQuote: Equatable {
    let price: Int64
    let lots: Int64
}
