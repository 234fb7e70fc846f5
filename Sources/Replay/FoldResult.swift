internal import Columns
internal import Market
internal import Platform
internal import Projections

/// The rows of one projection, stream and day, in the order of symbol and key, with the digests of the symbols.
struct FoldResult: Sendable {
    let projection: ProjectionID
    let rows: [ProjectedRow]
    /// By rising symbol.
    let digests: [(symbol: Symbol, hash: [UInt8])]

    init(_ projection: ProjectionID, _ rows: [ProjectedRow]) {
        self.projection = projection
        self.rows = rows.sorted {
            $0.symbol == $1.symbol ? $0.key.lexicographicallyPrecedes($1.key) : $0.symbol < $1.symbol
        }
        digests = FoldResult.digests(self.rows)
    }

    /// SHA-256 of every symbol's rows in their canonical form: key and value, each behind its size as a varint.
    private static func digests(_ rows: [ProjectedRow]) -> [(symbol: Symbol, hash: [UInt8])] {
        var digests: [(symbol: Symbol, hash: [UInt8])] = []
        var canonical: [UInt8] = []
        for (place, row) in rows.enumerated() {
            for part in [row.key, row.value] {
                Varint.append(UInt64(part.count), to: &canonical)
                canonical += part
            }
            if place + 1 == rows.count || rows[place + 1].symbol != row.symbol {
                digests.append((row.symbol, canonical.withUnsafeBytes { SHA256.hash($0) }))
                canonical.removeAll(keepingCapacity: true)
            }
        }
        return digests
    }
}
