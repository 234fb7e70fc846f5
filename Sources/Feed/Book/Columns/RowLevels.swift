/// One side of a symbol's book as the rows of a block have made it: the levels that a row can be about, outwards
/// from the best. Distances are prices, negated for bids.
struct RowLevels {
    /// Falling, since the best levels, which change most, then stand last.
    private var distances: [Int64] = []
    private var lots: [Int64] = []

    var count: Int { distances.count }

    /// The best level's distance; 0 where there is none.
    var best: Int64 { distances.last ?? 0 }

    /// How many levels are better than a distance, and whether there is one at it.
    @inline(__always)
    func find(_ distance: Int64) -> (better: Int, isThere: Bool) {
        var low = 0
        var high = distances.count
        // Behind `low` only smaller distances.
        distances.withUnsafeBufferPointer { distances in
            while low < high {
                let middle = (low &+ high) &>> 1
                if distances[middle] >= distance { low = middle &+ 1 } else { high = middle }
            }
        }
        return (distances.count &- low, low > 0 && distances[low &- 1] == distance)
    }

    /// The distance of the level behind `better` others; nil where there is none.
    @inline(__always)
    func distance(behind better: Int) -> Int64? {
        better < distances.count ? distances[distances.count &- 1 &- better] : nil
    }

    /// The lots of that level.
    @inline(__always)
    func lots(behind better: Int) -> Int64 { lots[lots.count &- 1 &- better] }

    /// Puts lots at a distance; 0 removes the level.
    @inline(__always)
    mutating func set(_ distance: Int64, _ count: Int64, _ found: (better: Int, isThere: Bool)) {
        let place = distances.count &- found.better
        if found.isThere {
            if count > 0 {
                lots[place &- 1] = count
            } else {
                distances.remove(at: place &- 1)
                lots.remove(at: place &- 1)
            }
        } else if count > 0 {
            distances.insert(distance, at: place)
            lots.insert(count, at: place)
        }
    }
}

/// Quantities of a symbol that came last: orders move from level to level, and keep their size.
struct RecentLots {
    private var ring = [Int64](repeating: 0, count: RecentLots.countMax)
    private var total = 0
    /// Where a quantity came last; a writer's only.
    private var places: [Int64: Int] = [:]
    private let remembers: Bool

    static let countMax = 1024

    /// `remembers`: whether ``age(of:)`` will be asked.
    init(remembers: Bool) { self.remembers = remembers }

    /// How many quantities came after this one, if it is among the last ones.
    @inline(__always)
    func age(of lots: Int64) -> UInt64? {
        guard let place = places[lots], total &- place <= RecentLots.countMax else { return nil }
        return UInt64(total &- place &- 1)
    }

    /// The quantity of an age; nil where there is none.
    @inline(__always)
    func lots(ofAge age: UInt64) -> Int64? {
        guard age < UInt64(min(total, RecentLots.countMax)) else { return nil }
        return ring[(total &- 1 &- Int(age)) & (RecentLots.countMax &- 1)]
    }

    @inline(__always)
    mutating func append(_ lots: Int64) {
        ring[total & (RecentLots.countMax &- 1)] = lots
        if remembers { places[lots] = total }
        total &+= 1
    }
}
