internal import CLMDB
internal import Glibc

/// One consistent view of the store, in which the tables are read and, inside
/// ``Store/write(_:)``, changed; all changes become visible together.
///
/// Valid only inside the body it is given to and only on that thread; use after the body has
/// returned is a programming error and stops the process.
public final class StoreTransaction {
    /// The store's directory, for messages.
    let path: String
    let handles: [MDB_dbi]
    /// Where keys are put together.
    let keyMemory: UnsafeMutableRawPointer
    /// One bit per table whose keys do not come in ascending order behind the last one.
    var notAppending: UInt32 = 0
    /// The first error of LMDB; after it nothing can be read, written or committed.
    private(set) var failure: StoreError?
    private var transaction: OpaquePointer?

    init(path: String, transaction: OpaquePointer, handles: [MDB_dbi]) {
        self.path = path
        self.transaction = transaction
        self.handles = handles
        keyMemory = .allocate(byteCount: KeyBuffer.sizeMax, alignment: 8)
    }

    deinit { keyMemory.deallocate() }

    /// Candles, packed per symbol and hour.
    public var candles: CandleTable { CandleTable(access: TableAccess(transaction: self, table: .candles)) }
    /// Digests of a projection's rows per day and symbol.
    public var symbolDigests: SymbolDigestTable {
        SymbolDigestTable(access: TableAccess(transaction: self, table: .symbolDigests))
    }
    /// Digests of a projection's rows per day.
    public var dayDigests: DayDigestTable {
        DayDigestTable(access: TableAccess(transaction: self, table: .dayDigests))
    }
    /// How far each projection has folded each stream and day.
    public var checkpoints: CheckpointTable {
        CheckpointTable(access: TableAccess(transaction: self, table: .checkpoints))
    }
    /// Captured ranges of exchange sequence numbers per stream and day.
    public var coverage: CoverageTable {
        CoverageTable(access: TableAccess(transaction: self, table: .coverage))
    }
    /// Messages that could not be decoded, in chunks.
    public var undecodable: UndecodableTable {
        UndecodableTable(access: TableAccess(transaction: self, table: .undecodable))
    }
    /// Rows of projections that pack nothing of their own.
    public var rows: RowTable { RowTable(access: TableAccess(transaction: self, table: .rows)) }
    /// What the store says about itself.
    var meta: MetaTable { MetaTable(access: TableAccess(transaction: self, table: .meta)) }

    var pointer: OpaquePointer {
        guard let transaction else { preconditionFailure("a store transaction was used after its end") }
        return transaction
    }

    func assertOpen() {
        precondition(transaction != nil, "a store transaction was used after its end")
    }

    /// Throws the first failure again.
    func check() throws(StoreError) {
        assertOpen()
        if let failure { throw failure }
    }

    /// Keeps a result of LMDB as the transaction's failure.
    func fail(_ code: Int32, _ operation: String) -> StoreError {
        let error = StoreError(code: code, path: path, operation: operation)
        if failure == nil { failure = error }
        return error
    }

    func abort() {
        guard let open = transaction else { return }
        transaction = nil
        mdb_txn_abort(open)
    }

    /// LMDB frees the transaction whether or not the commit succeeds.
    func commit() throws(StoreError) {
        let open = pointer
        transaction = nil
        let code = mdb_txn_commit(open)
        guard code == MDB_SUCCESS else {
            throw StoreError(code: code, path: path, operation: "commit to")
        }
    }
}

extension StoreError {
    /// The meaning of a result of LMDB other than success.
    init(code: Int32, path: String, operation: String) {
        switch code {
        case MDB_MAP_FULL: self = .mapFull(path: path)
        case MDB_READERS_FULL: self = .tooManyReaders(path: path)
        case EACCES where operation != "open": self = .readOnly(path: path)
        case Int32.min..<0:
            let reason = String(cString: mdb_strerror(code))
            self = .damaged(path: path, detail: "cannot \(operation) it: \(reason)")
        default: self = .io(path: path, operation: operation, errno: code)
        }
    }
}
