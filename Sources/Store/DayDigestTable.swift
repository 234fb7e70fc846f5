public import Market

/// SHA-256 digests of a projection's rows, one per day.
public struct DayDigestTable {
    let access: TableAccess

    /// Puts or replaces a digest of 32 bytes.
    public func put(projection: String, day: TradingDay, digest: [UInt8]) throws(StoreError) {
        precondition(digest.count == 32, "a digest is 32 bytes")
        try access.put(key(projection, day), digest)
    }

    /// The digest, 32 bytes; nil where there is none.
    public func get(projection: String, day: TradingDay) throws(StoreError) -> [UInt8]? {
        let key = try key(projection, day)
        return try access.get(key).map { (bytes) throws(StoreError) in try digest(bytes, key: key) }
    }

    /// Removes a digest; false where there was none.
    @discardableResult
    public func remove(projection: String, day: TradingDay) throws(StoreError) -> Bool {
        try access.remove(key(projection, day))
    }

    /// Calls `body` with every digest, or every one of a projection, ordered by projection and day.
    ///
    /// `body` must not write to this table.
    public func forEach(
        projection: String? = nil,
        _ body: (_ projection: String, _ day: TradingDay, _ digest: [UInt8]) throws -> Void
    ) throws {
        var prefix = access.makeKey()
        if let projection { try prefix.append(projection) }
        try access.forEach(prefix: prefix.bytes) { key, payload in
            var reader = KeyReader(key)
            guard let projection = reader.name(), let day = reader.day(), reader.rest.isEmpty else {
                throw access.damaged(key, "the key has another layout")
            }
            try body(projection, day, try digest(payload, key: key))
        }
    }

    private func digest(
        _ bytes: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer
    ) throws(StoreError) -> [UInt8] {
        guard bytes.count == 32 else { throw access.damaged(key, "the digest is not 32 bytes") }
        return Array(bytes)
    }

    private func key(_ projection: String, _ day: TradingDay) throws(StoreError) -> UnsafeRawBufferPointer {
        var key = access.makeKey()
        try key.append(projection)
        key.append(day)
        return key.bytes
    }
}
