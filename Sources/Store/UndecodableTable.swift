public import Market

/// Messages that could not be decoded, in packed chunks by stream, day and the number of the chunk's
/// first message; the store does not know a chunk's layout.
public struct UndecodableTable {
    let access: TableAccess

    /// Puts or replaces a chunk; the bytes are copied and must not come out of the same transaction.
    public func put(
        stream: String, day: TradingDay, firstMessageNumber: UInt64, _ bytes: UnsafeRawBufferPointer
    ) throws(StoreError) {
        try access.put(key(stream, day, firstMessageNumber), bytes)
    }

    /// Puts or replaces a chunk.
    public func put(
        stream: String, day: TradingDay, firstMessageNumber: UInt64, _ bytes: [UInt8]
    ) throws(StoreError) {
        try access.put(key(stream, day, firstMessageNumber), bytes)
    }

    /// Calls `body` with every chunk of a stream and day, ordered by first message number.
    ///
    /// The bytes are valid during the call only; `body` must not write to this table.
    public func forEach(
        stream: String, day: TradingDay,
        _ body: (_ firstMessageNumber: UInt64, _ bytes: UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var prefix = access.makeKey()
        try prefix.append(stream)
        prefix.append(day)
        let skipped = prefix.count
        try access.forEach(prefix: prefix.bytes) { key, payload in
            var reader = KeyReader(UnsafeRawBufferPointer(rebasing: key[skipped...]))
            guard let number = reader.number(), reader.rest.isEmpty else {
                throw access.damaged(key, "the key has another layout")
            }
            try body(number, payload)
        }
    }

    /// Removes every chunk of a stream and day; returns their number.
    @discardableResult
    public func removeDay(stream: String, day: TradingDay) throws(StoreError) -> Int {
        var prefix = access.makeKey()
        try prefix.append(stream)
        prefix.append(day)
        return try access.removeAll(prefix: prefix.bytes)
    }

    private func key(
        _ stream: String, _ day: TradingDay, _ number: UInt64
    ) throws(StoreError) -> UnsafeRawBufferPointer {
        var key = access.makeKey()
        try key.append(stream)
        key.append(day)
        key.append(number: number)
        return key.bytes
    }
}
