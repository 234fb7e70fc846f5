public import Market

/// What was captured of each stream and day, one packed value each; the store does not know its
/// layout.
public struct CoverageTable {
    let access: TableAccess

    /// Puts or replaces a value; the bytes are copied and must not come out of the same transaction.
    public func put(stream: String, day: TradingDay, _ bytes: UnsafeRawBufferPointer) throws(StoreError) {
        try access.put(key(stream, day), bytes)
    }

    /// Puts or replaces a value.
    public func put(stream: String, day: TradingDay, _ bytes: [UInt8]) throws(StoreError) {
        try access.put(key(stream, day), bytes)
    }

    /// A copy of the value; nil where there is none.
    public func get(stream: String, day: TradingDay) throws(StoreError) -> [UInt8]? {
        try access.get(key(stream, day)).map { Array($0) }
    }

    /// Removes a value; false where there was none.
    @discardableResult
    public func remove(stream: String, day: TradingDay) throws(StoreError) -> Bool {
        try access.remove(key(stream, day))
    }

    /// Calls `body` with every value, or every one of a stream, ordered by stream and day.
    ///
    /// The bytes are valid during the call only; `body` must not write to this table.
    public func forEach(
        stream: String? = nil,
        _ body: (_ stream: String, _ day: TradingDay, _ bytes: UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var prefix = access.makeKey()
        if let stream { try prefix.append(stream) }
        try access.forEach(prefix: prefix.bytes) { key, payload in
            var reader = KeyReader(key)
            guard let stream = reader.name(), let day = reader.day(), reader.rest.isEmpty else {
                throw access.damaged(key, "the key has another layout")
            }
            try body(stream, day, payload)
        }
    }

    private func key(_ stream: String, _ day: TradingDay) throws(StoreError) -> UnsafeRawBufferPointer {
        var key = access.makeKey()
        try key.append(stream)
        key.append(day)
        return key.bytes
    }
}
