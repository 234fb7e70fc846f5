internal import CLMDB
internal import Glibc

/// One table inside one transaction, in raw keys and payloads. Every payload that leaves has passed
/// its checksum.
struct TableAccess {
    let transaction: StoreTransaction
    let table: Table

    private var handle: MDB_dbi { transaction.handles[table.rawValue] }

    /// An empty key in the transaction's memory; the next call overwrites it.
    func makeKey() -> KeyBuffer {
        transaction.assertOpen()
        return KeyBuffer(transaction.keyMemory)
    }

    /// The payload, valid until the transaction writes or ends; nil where there is none.
    func get(_ key: UnsafeRawBufferPointer) throws(StoreError) -> UnsafeRawBufferPointer? {
        try transaction.check()
        var keyValue = MDB_val(key)
        var value = MDB_val()
        let code = mdb_get(transaction.pointer, handle, &keyValue, &value)
        if code == MDB_NOTFOUND { return nil }
        guard code == MDB_SUCCESS else { throw transaction.fail(code, "read \(table.name) of") }
        return try payload(value.bytes, key: key)
    }

    /// Puts or replaces.
    func put(_ key: UnsafeRawBufferPointer, _ payload: UnsafeRawBufferPointer) throws(StoreError) {
        let value = try reserve(key, size: SealedValue.headerSize + payload.count)
        let checksum = SealedValue.checksum(key: key, payload: payload)
        value.storeBytes(of: checksum.littleEndian, as: UInt32.self)
        UnsafeMutableRawBufferPointer(rebasing: value[SealedValue.headerSize...]).copyMemory(from: payload)
    }

    /// Puts or replaces.
    func put(_ key: UnsafeRawBufferPointer, _ payload: [UInt8]) throws(StoreError) {
        let result = payload.withUnsafeBytes { bytes in
            Result { () throws(StoreError) in try put(key, bytes) }
        }
        try result.get()
    }

    /// Puts bytes as they are, without an envelope; for tests of damage.
    func putRaw(_ key: UnsafeRawBufferPointer, _ bytes: [UInt8]) throws(StoreError) {
        try reserve(key, size: bytes.count).copyBytes(from: bytes)
    }

    /// Removes one entry; false where there was none.
    func remove(_ key: UnsafeRawBufferPointer) throws(StoreError) -> Bool {
        try transaction.check()
        var keyValue = MDB_val(key)
        let code = mdb_del(transaction.pointer, handle, &keyValue, nil)
        if code == MDB_NOTFOUND { return false }
        guard code == MDB_SUCCESS else { throw transaction.fail(code, "remove from \(table.name) of") }
        return true
    }

    /// Removes every entry whose key begins with `prefix`; returns their number.
    func removeAll(prefix: UnsafeRawBufferPointer) throws(StoreError) -> Int {
        let prefix = Array(prefix)
        let cursor = try openCursor()
        defer { mdb_cursor_close(cursor) }
        var removed = 0
        while let (key, _) = try seek(cursor, to: prefix), key.starts(with: prefix) {
            let code = mdb_cursor_del(cursor, 0)
            guard code == MDB_SUCCESS else { throw transaction.fail(code, "remove from \(table.name) of") }
            removed += 1
        }
        return removed
    }

    /// Calls `body` with every key that begins with `prefix` and its payload, in key order.
    func forEach(
        prefix: UnsafeRawBufferPointer,
        _ body: (_ key: UnsafeRawBufferPointer, _ payload: UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let prefix = Array(prefix)
        let cursor = try openCursor()
        defer { mdb_cursor_close(cursor) }
        var entry = try seek(cursor, to: prefix)
        while let (key, value) = entry, key.starts(with: prefix) {
            try body(key, try payload(value, key: key))
            transaction.assertOpen()
            entry = try advance(cursor)
        }
    }

    /// The first key of each group of keys: `next` gets a key that begins with `prefix` and writes
    /// the smallest key beyond its group into the buffer it is given.
    ///
    /// - Complexity: O(groups × log entries).
    func forEachGroup(
        prefix: UnsafeRawBufferPointer,
        _ next: (_ key: UnsafeRawBufferPointer, _ beyond: inout [UInt8]) throws(StoreError) -> Void
    ) throws(StoreError) {
        let prefix = Array(prefix)
        let cursor = try openCursor()
        defer { mdb_cursor_close(cursor) }
        var target = prefix
        while let (key, _) = try seek(cursor, to: target), key.starts(with: prefix) {
            target.removeAll(keepingCapacity: true)
            try next(key, &target)
            if target.isEmpty { return }
        }
    }

    /// The error for a key or a value that is not laid out as the table says.
    func damaged(_ key: UnsafeRawBufferPointer, _ what: String) -> StoreError {
        .damaged(path: transaction.path, detail: "\(table.describe(key)): \(what)")
    }

    private func payload(
        _ value: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer
    ) throws(StoreError) -> UnsafeRawBufferPointer {
        guard let payload = SealedValue.open(value, key: key) else {
            throw damaged(key, "the checksum does not match")
        }
        return payload
    }

    /// Room for a value under a key.
    ///
    /// Keys mostly come in ascending order behind the last one; MDB_APPEND then fills pages whole
    /// instead of half. LMDB refuses it for any other key, and the table falls back for the rest of
    /// the transaction.
    private func reserve(
        _ key: UnsafeRawBufferPointer, size: Int
    ) throws(StoreError) -> UnsafeMutableRawBufferPointer {
        try transaction.check()
        var keyValue = MDB_val(key)
        var value = MDB_val(mv_size: size, mv_data: nil)
        let reserve = UInt32(MDB_RESERVE)
        let bit: UInt32 = 1 << UInt32(table.rawValue)
        var code = MDB_KEYEXIST
        if transaction.notAppending & bit == 0 {
            code = mdb_put(transaction.pointer, handle, &keyValue, &value, reserve | UInt32(MDB_APPEND))
        }
        if code == MDB_KEYEXIST {
            transaction.notAppending |= bit
            value = MDB_val(mv_size: size, mv_data: nil)
            code = mdb_put(transaction.pointer, handle, &keyValue, &value, reserve)
        }
        guard code == MDB_SUCCESS else { throw transaction.fail(code, "write \(table.name) of") }
        return UnsafeMutableRawBufferPointer(start: value.mv_data, count: size)
    }

    private func openCursor() throws(StoreError) -> OpaquePointer {
        try transaction.check()
        var cursor: OpaquePointer?
        let code = mdb_cursor_open(transaction.pointer, handle, &cursor)
        guard code == MDB_SUCCESS, let cursor else { throw transaction.fail(code, "read \(table.name) of") }
        return cursor
    }

    /// The first entry at or behind a key.
    private func seek(
        _ cursor: OpaquePointer, to target: [UInt8]
    ) throws(StoreError) -> (key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)? {
        if target.isEmpty { return try move(cursor, MDB_FIRST) }
        let result = target.withUnsafeBytes { bytes in
            Result { () throws(StoreError) in try move(cursor, MDB_SET_RANGE, from: bytes) }
        }
        return try result.get()
    }

    private func advance(
        _ cursor: OpaquePointer
    ) throws(StoreError) -> (key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)? {
        try move(cursor, MDB_NEXT)
    }

    private func move(
        _ cursor: OpaquePointer, _ operation: MDB_cursor_op,
        from start: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
    ) throws(StoreError) -> (key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)? {
        var key = MDB_val(start)
        var value = MDB_val()
        let code = mdb_cursor_get(cursor, &key, &value, operation)
        if code == MDB_NOTFOUND { return nil }
        guard code == MDB_SUCCESS else { throw transaction.fail(code, "read \(table.name) of") }
        return (key.bytes, value.bytes)
    }
}

extension MDB_val {
    init(_ bytes: UnsafeRawBufferPointer) {
        self.init(mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
    }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: mv_data, count: mv_size) }
}
