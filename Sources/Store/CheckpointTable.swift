public import Market

/// How far each projection has folded each stream and day.
public struct CheckpointTable {
    let access: TableAccess

    /// Puts or replaces a checkpoint; belongs in the transaction that puts the rows.
    public func put(
        projection: String, day: TradingDay, stream: String, _ checkpoint: Checkpoint
    ) throws(StoreError) {
        try access.put(key(projection, day, stream), checkpoint.encoded())
    }

    /// The checkpoint; nil where nothing has been folded.
    public func get(projection: String, day: TradingDay, stream: String) throws(StoreError) -> Checkpoint? {
        let key = try key(projection, day, stream)
        return try access.get(key).map { (bytes) throws(StoreError) in try checkpoint(bytes, key: key) }
    }

    /// Removes a checkpoint; false where there was none.
    @discardableResult
    public func remove(projection: String, day: TradingDay, stream: String) throws(StoreError) -> Bool {
        try access.remove(key(projection, day, stream))
    }

    /// Calls `body` with every checkpoint of a projection, or of one of its days, ordered by day and
    /// stream.
    ///
    /// `body` must not write to this table.
    public func forEach(
        projection: String, day: TradingDay? = nil,
        _ body: (_ day: TradingDay, _ stream: String, _ checkpoint: Checkpoint) throws -> Void
    ) throws {
        var prefix = access.makeKey()
        try prefix.append(projection)
        let skipped = prefix.count
        if let day { prefix.append(day) }
        try access.forEach(prefix: prefix.bytes) { key, payload in
            var reader = KeyReader(UnsafeRawBufferPointer(rebasing: key[skipped...]))
            guard let day = reader.day(), let stream = reader.name(), reader.rest.isEmpty else {
                throw access.damaged(key, "the key has another layout")
            }
            try body(day, stream, try checkpoint(payload, key: key))
        }
    }

    private func checkpoint(
        _ bytes: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer
    ) throws(StoreError) -> Checkpoint {
        guard let checkpoint = Checkpoint(encoded: bytes) else {
            throw access.damaged(key, "the checkpoint has another layout")
        }
        return checkpoint
    }

    private func key(
        _ projection: String, _ day: TradingDay, _ stream: String
    ) throws(StoreError) -> UnsafeRawBufferPointer {
        var key = access.makeKey()
        try key.append(projection)
        key.append(day)
        try key.append(stream)
        return key.bytes
    }
}
