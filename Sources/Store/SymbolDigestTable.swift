public import Market

/// SHA-256 digests of a projection's rows, one per day, market and symbol.
public struct SymbolDigestTable {
    let access: TableAccess

    /// Puts or replaces a digest.
    ///
    /// - Parameters:
    ///   - projection: Name and version, such as `footprint@1`.
    ///   - digest: 32 bytes.
    public func put(
        projection: String, day: TradingDay, market: String, symbol: Symbol, digest: [UInt8]
    ) throws(StoreError) {
        precondition(digest.count == 32, "a digest is 32 bytes")
        try access.put(key(projection, day, market, symbol), digest)
    }

    /// The digest, 32 bytes; nil where there is none.
    public func get(
        projection: String, day: TradingDay, market: String, symbol: Symbol
    ) throws(StoreError) -> [UInt8]? {
        let key = try key(projection, day, market, symbol)
        return try access.get(key).map { (bytes) throws(StoreError) in try digest(bytes, key: key) }
    }

    /// Calls `body` with every digest of a projection and day, ordered by market, then symbol, in
    /// byte order: the order in which the day's digest hashes them.
    ///
    /// `body` must not write to this table.
    public func forEach(
        projection: String, day: TradingDay,
        _ body: (_ market: String, _ symbol: Symbol, _ digest: [UInt8]) throws -> Void
    ) throws {
        var prefix = access.makeKey()
        try prefix.append(projection)
        prefix.append(day)
        let skipped = prefix.count
        try access.forEach(prefix: prefix.bytes) { key, payload in
            var reader = KeyReader(UnsafeRawBufferPointer(rebasing: key[skipped...]))
            guard let market = reader.name(), let symbol = reader.symbol(), reader.rest.isEmpty else {
                throw access.damaged(key, "the key has another layout")
            }
            try body(market, symbol, try digest(payload, key: key))
        }
    }

    /// Removes one digest; false where there was none.
    @discardableResult
    public func remove(
        projection: String, day: TradingDay, market: String, symbol: Symbol
    ) throws(StoreError) -> Bool {
        try access.remove(key(projection, day, market, symbol))
    }

    /// Removes every digest of a projection, day and market; returns their number.
    @discardableResult
    public func removeDay(
        projection: String, day: TradingDay, market: String
    ) throws(StoreError) -> Int {
        var prefix = access.makeKey()
        try prefix.append(projection)
        prefix.append(day)
        try prefix.append(market)
        return try access.removeAll(prefix: prefix.bytes)
    }

    private func digest(
        _ bytes: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer
    ) throws(StoreError) -> [UInt8] {
        guard bytes.count == 32 else { throw access.damaged(key, "the digest is not 32 bytes") }
        return Array(bytes)
    }

    private func key(
        _ projection: String, _ day: TradingDay, _ market: String, _ symbol: Symbol
    ) throws(StoreError) -> UnsafeRawBufferPointer {
        var key = access.makeKey()
        try key.append(projection)
        key.append(day)
        try key.append(market)
        key.append(symbol)
        return key.bytes
    }
}
