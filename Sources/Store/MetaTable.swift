/// What the store says about itself: the format version and the program that made it.
struct MetaTable {
    let access: TableAccess

    /// Key of the format version, four bytes little-endian.
    static let versionName = "format"
    /// Key of the program's name.
    static let engineName = "engine"

    func putVersion(_ version: UInt32) throws(StoreError) {
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: version >> (8 * UInt32($0))) }
        try access.put(key(MetaTable.versionName), bytes)
    }

    func putEngine(_ name: String) throws(StoreError) {
        try access.put(key(MetaTable.engineName), Array(name.utf8))
    }

    /// The format version; nil in a store in which nothing has been written.
    func version() throws(StoreError) -> UInt32? {
        let key = try key(MetaTable.versionName)
        guard let payload = try access.get(key) else { return nil }
        guard payload.count == 4 else { throw access.damaged(key, "it is not four bytes") }
        return UInt32(littleEndian: payload.loadUnaligned(as: UInt32.self))
    }

    private func key(_ name: String) throws(StoreError) -> UnsafeRawBufferPointer {
        var key = access.makeKey()
        try key.append(name)
        return key.bytes
    }
}
