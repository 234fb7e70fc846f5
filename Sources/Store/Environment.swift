internal import CLMDB
internal import Glibc

/// An open LMDB environment with the handles of its tables.
struct Environment {
    let path: String
    let pointer: OpaquePointer
    private(set) var handles: [MDB_dbi] = []

    /// Opens without looking into it.
    ///
    /// No WRITEMAP (a stray store could then write pages); NOSYNC, because rows can be replayed and
    /// ``Store/sync()`` says when they are on disk; NOTLS, because a reader may nest in a writer.
    /// Readahead stays on: out of a cold page cache it scans 2.0 million values of 300 bytes a second
    /// instead of 0.25, against 6.5 thousand random gets instead of 17.
    init(path: String, isWriter: Bool, mapSize: Int) throws(StoreError) {
        self.path = path
        var created: OpaquePointer?
        var code = mdb_env_create(&created)
        guard code == MDB_SUCCESS, let created else {
            throw StoreError(code: code, path: path, operation: "open")
        }
        pointer = created
        var flags = UInt32(MDB_NOTLS)
        flags |= isWriter ? UInt32(MDB_NOSYNC) : UInt32(MDB_RDONLY)
        // A reader takes the size that the writer noted.
        if isWriter { code = mdb_env_set_mapsize(created, mapSize) }
        if code == MDB_SUCCESS { code = mdb_env_set_maxdbs(created, 16) }
        if code == MDB_SUCCESS { code = mdb_env_set_maxreaders(created, 126) }
        if code == MDB_SUCCESS { code = mdb_env_open(created, path, flags, 0o644) }
        if code == MDB_SUCCESS {
            var dead: Int32 = 0
            code = mdb_reader_check(created, &dead)
        }
        guard code == MDB_SUCCESS else {
            mdb_env_close(created)
            throw StoreError(code: code, path: path, operation: "open")
        }
    }

    /// Bytes of the memory map.
    var mapSize: Int {
        var info = MDB_envinfo()
        mdb_env_info(pointer, &info)
        return info.me_mapsize
    }

    /// The format version, with the handle of `meta` opened; nil where nothing has been written.
    func formatVersion() throws(StoreError) -> UInt32? {
        let transaction = try beginAlone(isWriter: false)
        var meta = MDB_dbi()
        let code = mdb_dbi_open(transaction, Table.meta.name, 0, &meta)
        if code == MDB_NOTFOUND {
            var main = MDB_dbi()
            var statistics = MDB_stat()
            let isEmpty =
                mdb_dbi_open(transaction, nil, 0, &main) == MDB_SUCCESS
                && mdb_stat(transaction, main, &statistics) == MDB_SUCCESS && statistics.ms_entries == 0
            mdb_txn_abort(transaction)
            if isEmpty { return nil }
            throw .damaged(path: path, detail: "it has no format version")
        }
        guard code == MDB_SUCCESS else {
            mdb_txn_abort(transaction)
            throw StoreError(code: code, path: path, operation: "read")
        }
        let scope = StoreTransaction(path: path, transaction: transaction, handles: [meta])
        defer { scope.abort() }
        guard let version = try scope.meta.version() else {
            throw .damaged(path: path, detail: "it has no format version")
        }
        return version
    }

    /// Opens every table's handle, creating the tables and the format version in a new environment.
    mutating func openTables(creating: Bool) throws(StoreError) {
        while true {
            do throws(StoreError) {
                handles = try attemptTables(creating: creating)
                return
            } catch .mapFull {
                try grow()
            }
        }
    }

    private func attemptTables(creating: Bool) throws(StoreError) -> [MDB_dbi] {
        let transaction = try beginAlone(isWriter: creating)
        var opened: [MDB_dbi] = []
        for table in Table.allCases {
            var handle = MDB_dbi()
            let flags = creating ? UInt32(MDB_CREATE) : 0
            let code = mdb_dbi_open(transaction, table.name, flags, &handle)
            guard code == MDB_SUCCESS else {
                mdb_txn_abort(transaction)
                if code == MDB_NOTFOUND {
                    throw .damaged(path: path, detail: "the table \(table.name) is missing")
                }
                throw StoreError(code: code, path: path, operation: "read")
            }
            opened.append(handle)
        }
        let scope = StoreTransaction(path: path, transaction: transaction, handles: opened)
        defer { scope.abort() }
        if creating {
            try scope.meta.putVersion(Store.formatVersion)
            try scope.meta.putEngine("jejak")
        }
        // A read transaction is committed too: only then do its handles stay open.
        try scope.commit()
        return opened
    }

    /// Begins a transaction; nil where another process has enlarged the map, see ``adoptMapSize()``.
    func begin(isWriter: Bool) throws(StoreError) -> OpaquePointer? {
        var transaction: OpaquePointer?
        var code = mdb_txn_begin(pointer, nil, isWriter ? 0 : UInt32(MDB_RDONLY), &transaction)
        if code == MDB_READERS_FULL {
            clearDeadReaders()
            code = mdb_txn_begin(pointer, nil, UInt32(MDB_RDONLY), &transaction)
        }
        if code == MDB_MAP_RESIZED { return nil }
        guard code == MDB_SUCCESS, let transaction else {
            throw StoreError(code: code, path: path, operation: "begin a transaction in")
        }
        return transaction
    }

    /// Begins a transaction while no other is open in this process.
    private func beginAlone(isWriter: Bool) throws(StoreError) -> OpaquePointer {
        while true {
            if let transaction = try begin(isWriter: isWriter) { return transaction }
            try adoptMapSize()
        }
    }

    /// Frees the slots of readers whose process has died; their pages could not be reused.
    func clearDeadReaders() {
        var dead: Int32 = 0
        _ = mdb_reader_check(pointer, &dead)
    }

    /// Doubles the map; no transaction may be open in this process.
    func grow() throws(StoreError) {
        let code = mdb_env_set_mapsize(pointer, mapSize * 2)
        guard code == MDB_SUCCESS else {
            throw StoreError(code: code, path: path, operation: "enlarge the map of")
        }
    }

    /// Takes over the size to which the writing process has enlarged the map; likewise.
    func adoptMapSize() throws(StoreError) {
        let code = mdb_env_set_mapsize(pointer, 0)
        guard code == MDB_SUCCESS else {
            throw StoreError(code: code, path: path, operation: "enlarge the map of")
        }
    }

    /// Writes everything to disk and waits for it.
    func sync() throws(StoreError) {
        let code = mdb_env_sync(pointer, 1)
        guard code == MDB_SUCCESS else {
            throw StoreError(code: code, path: path, operation: "sync")
        }
    }

    func close() {
        mdb_env_close(pointer)
    }
}
