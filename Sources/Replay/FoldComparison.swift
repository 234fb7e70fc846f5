internal import Market
internal import Projections
internal import Store

/// Compares what a fold gives with what the store has of the same market and day.
struct FoldComparison {
    /// Symbols whose rows or digests are not those of the fold, ascending.
    let differing: [Symbol]

    init(_ fold: FoldResult, day: TradingDay, market: String, _ transaction: StoreTransaction) throws {
        let name = fold.projection.description
        var expected = Dictionary(grouping: fold.rows, by: \.symbol)
        var found: [Symbol: [ProjectedRow]] = [:]
        try transaction.rows.forEach(projection: name, day: day, market: market) {
            found[$0.symbol, default: []].append($0)
        }
        var differing: Set<Symbol> = []
        for (symbol, rows) in found where expected.removeValue(forKey: symbol) != rows {
            differing.insert(symbol)
        }
        differing.formUnion(expected.keys)
        var digests = Dictionary(fold.digests.map { ($0.symbol, $0.hash) }, uniquingKeysWith: { $1 })
        try transaction.symbolDigests.forEach(projection: name, day: day) { owner, symbol, hash in
            guard owner == market else { return }
            if digests.removeValue(forKey: symbol) != hash { differing.insert(symbol) }
        }
        differing.formUnion(digests.keys)
        self.differing = differing.sorted()
    }
}
