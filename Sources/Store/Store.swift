internal import CLMDB
internal import Glibc

/// The read models: an LMDB environment of checksummed values that can be replayed from the tape.
///
/// One process writes, any number read; a reader sees the state at the beginning of its body, and
/// readers and the writer never wait for each other. Every function may be called from any thread.
/// Nothing written is durable before ``sync()`` or ``close()``; after a crash of the process it is
/// still there, after a power cut the store counts as damaged unless it was synced last.
///
/// Not for network file systems, and not to be used in a forked child (lmdb.h, "Caveats").
public final class Store: @unchecked Sendable {
    /// Version of the tables' layout; another one found means ``StoreError/outdated(path:found:expected:)``.
    public static let formatVersion: UInt32 = 2

    /// What a store is opened for.
    public enum Access: Sendable {
        /// Only ``Store/read(_:)``; beside a writing process too.
        case readOnly
        /// Also ``Store/write(_:)``; for one process at a time.
        case readWrite
    }

    /// The store's directory, without links.
    public let path: String
    /// What the store was opened for.
    public let access: Access

    private let environment: Environment
    private let paths: StorePaths
    /// Held while a writer is open, so that only one process writes.
    private var lock: WriterLock?
    private let gate = TransactionGate()
    /// Held during a write, a sync and the close.
    private let writer = RecursionCheckedLock()
    /// Whether there is something that no stamp covers.
    private var isDirty: Bool
    /// Set when the disk refused a sync: what the page cache shows may never reach the disk.
    private var failure: StoreError?
    private var isClosed = false
    private var readersCheckedSeconds = 0

    /// Seconds after which a writer again frees the slots of dead readers.
    private static let readerCheckInterval = 30

    /// Opens a store; for ``Access/readWrite`` creates the directory and the environment where they
    /// do not exist.
    ///
    /// A store that was not closed cleanly and that no living process writes is checked first: in
    /// the run of the machine in which it was written by `checker`, and where there is none by
    /// ``verify(at:)``; after a restart of the machine it counts as damaged.
    ///
    /// - Parameters:
    ///   - initialMapSize: Bytes of the memory map of a writer, a multiple of 4096; doubled as needed.
    ///     It is address space, not memory or disk.
    ///   - checker: Called at most once; see ``StoreChecker``.
    /// - Throws: ``StoreError/missing(path:)`` for a reader, ``StoreError/outdated(path:found:expected:)``
    ///   and ``StoreError/damaged(path:detail:)`` where the caller should remove and replay,
    ///   ``StoreError/busy(path:pid:)`` where another process writes or this one has it open,
    ///   ``StoreError/io(path:operation:errno:)``.
    public static func open(
        at path: String, access: Access, initialMapSize: Int = 1 << 30, checker: StoreChecker? = nil
    ) throws(StoreError) -> Store {
        if access == .readWrite { try Files.createDirectory(path) }
        guard let resolved = Files.resolve(path) else { throw .missing(path: path) }
        guard OpenStores.enter(resolved) else { throw .busy(path: path, pid: getpid()) }
        do throws(StoreError) {
            return try Store(resolved, access: access, initialMapSize: initialMapSize, checker: checker)
        } catch {
            OpenStores.leave(resolved)
            throw error
        }
    }

    private init(
        _ path: String, access: Access, initialMapSize: Int, checker: StoreChecker?
    ) throws(StoreError) {
        let paths = StorePaths(directory: path)
        let lock = access == .readWrite ? try WriterLock(paths) : nil
        let health = try StoreHealth.examine(
            paths, previousBoot: lock?.previousBoot, isWriter: access == .readWrite, checker: checker)
        if health == .missing && access == .readOnly { throw .missing(path: path) }
        if health == .missing { try CleanStamp.remove(paths) }
        lock?.noteBoot()
        var environment = try Environment(
            path: path, isWriter: access == .readWrite, mapSize: initialMapSize)
        var isFresh = false
        do throws(StoreError) {
            if let version = try environment.formatVersion() {
                guard version == Store.formatVersion else {
                    throw .outdated(path: path, found: version, expected: Store.formatVersion)
                }
            } else if access == .readWrite {
                isFresh = true
                try CleanStamp.remove(paths)
            } else {
                throw .missing(path: path)
            }
            try environment.openTables(creating: isFresh)
        } catch {
            environment.close()
            throw error
        }
        self.path = path
        self.access = access
        self.paths = paths
        self.lock = lock
        self.environment = environment
        isDirty = access == .readWrite && (isFresh || health == .checked)
    }

    deinit {
        if !isClosed {
            environment.close()
            OpenStores.leave(path)
        }
    }

    /// Syncs, stamps the store as clean and closes it; waits for the bodies that are running. A
    /// second call does nothing; any other use afterwards stops the process.
    ///
    /// - Throws: ``StoreError/io(path:operation:errno:)`` where the disk refused; the store is closed
    ///   all the same and in doubt when it is opened next.
    public func close() throws(StoreError) {
        writer.lock()
        defer { writer.unlock() }
        guard !isClosed else { return }
        var problem: StoreError?
        do throws(StoreError) { try settle() } catch { problem = error }
        gate.exclusively {
            isClosed = true
            environment.close()
        }
        lock = nil
        OpenStores.leave(path)
        if let problem { throw problem }
    }

    /// Waits until everything written is on the disk and stamps the store as clean; does nothing
    /// where nothing was written since the last time, or in a reader.
    ///
    /// - Throws: ``StoreError/io(path:operation:errno:)``. After a refused sync the store takes no
    ///   more writes and counts as damaged when it is opened next, because the page cache may show
    ///   what the disk never got (RELIABILITY §0.1).
    public func sync() throws(StoreError) {
        writer.lock()
        defer { writer.unlock() }
        precondition(!isClosed, "the store is closed")
        try settle()
    }

    /// Runs `body` in a transaction that changes the store, and commits what it did.
    ///
    /// `body` runs on the calling thread, with all other writers waiting. Where the memory map is
    /// full, also at the commit, the changes are dropped, the map is doubled and `body` runs again
    /// from the start: it must not keep what it did outside the transaction. Bodies do not nest, and
    /// must not run inside ``read(_:)`` of the same thread; both stop the process. A commit costs no
    /// sync; the first one after ``sync()`` removes the stamp, which costs one of the directory.
    ///
    /// - Throws: what `body` throws, and ``StoreError``; in both cases nothing is changed. A
    ///   ``StoreError`` of a table ends the transaction even if `body` catches it, unless it is
    ///   about a name or a checksum.
    @discardableResult
    public func write<R>(_ body: (StoreTransaction) throws -> R) throws -> R {
        writer.lock()
        defer { writer.unlock() }
        precondition(!isClosed, "the store is closed")
        precondition(!gate.isInside, "a write inside a transaction of the same thread")
        if access == .readOnly { throw StoreError.readOnly(path: path) }
        if let failure { throw failure }
        if !isDirty {
            try CleanStamp.remove(paths)
            isDirty = true
        }
        freeDeadReaders()
        while true {
            if let result = try attempt(body) { return result }
            let grown = gate.exclusively { Result { () throws(StoreError) in try environment.grow() } }
            try grown.get()
        }
    }

    /// Runs `body` on the state that the last committed write left.
    ///
    /// Later writes stay invisible to it, and the pages it sees cannot be reused meanwhile: keep it
    /// short where a writer is busy. Bodies may nest, also inside ``write(_:)``, whose changes they do
    /// not see.
    ///
    /// - Throws: what `body` throws, and ``StoreError``.
    public func read<R>(_ body: (StoreTransaction) throws -> R) throws -> R {
        while true {
            gate.enter()
            if let transaction = try beginReading() {
                defer {
                    transaction.abort()
                    gate.leave()
                }
                return try body(transaction)
            }
            gate.leave()
            let adopted = gate.exclusively {
                Result { () throws(StoreError) in try environment.adoptMapSize() }
            }
            try adopted.get()
        }
    }

    /// Deletes the environment, so that it can be built again; the directory stays. Does nothing
    /// where there is none.
    ///
    /// A process that still reads keeps the old state until it closes.
    /// - Throws: ``StoreError/busy(path:pid:)`` where a living process writes or this one has it open,
    ///   ``StoreError/io(path:operation:errno:)``.
    public static func remove(at path: String) throws(StoreError) {
        guard let resolved = Files.resolve(path) else { return }
        guard OpenStores.enter(resolved) else { throw .busy(path: path, pid: getpid()) }
        defer { OpenStores.leave(resolved) }
        let paths = StorePaths(directory: resolved)
        let lock = try WriterLock(paths)
        try Files.remove(paths.stamp)
        try Files.remove(paths.stamp + ".new")
        try Files.remove(paths.data)
        try Files.remove(paths.readers)
        // Last: until here a stop leaves a store that still counts as damaged or missing.
        try Files.remove(paths.failed)
        try Files.syncDirectory(resolved)
        withExtendedLifetime(lock) {}
    }

    /// Reads the whole environment without LMDB and checks every page, every table's order and
    /// counts, and every value's checksum.
    ///
    /// Damage of any kind becomes an error, never a signal: pages are read, not mapped. Meaningful
    /// only while no process writes.
    /// - Throws: ``StoreError/missing(path:)``, ``StoreError/outdated(path:found:expected:)``,
    ///   ``StoreError/damaged(path:detail:)`` at the first finding, ``StoreError/io(path:operation:errno:)``.
    /// - Complexity: O(file size); about 2 GB/s from the page cache.
    public static func verify(at path: String) throws(StoreError) {
        let paths = StorePaths(directory: path)
        guard try Files.state(paths.data) != nil else { throw .missing(path: path) }
        if try Files.state(paths.failed) != nil { throw StoreHealth.failedSync(path) }
        try EnvironmentCheck(paths).run()
    }

    /// One run of a writer's body; nil where the map is full.
    private func attempt<R>(_ body: (StoreTransaction) throws -> R) throws -> R? {
        gate.enter()
        defer { gate.leave() }
        guard let pointer = try environment.begin(isWriter: true) else { return nil }
        let transaction = StoreTransaction(path: path, transaction: pointer, handles: environment.handles)
        defer { transaction.abort() }
        let result: R
        do {
            result = try body(transaction)
        } catch {
            if case .mapFull? = transaction.failure { return nil }
            throw error
        }
        if case .mapFull? = transaction.failure { return nil }
        if let failure = transaction.failure { throw failure }
        do throws(StoreError) {
            try transaction.commit()
        } catch .mapFull {
            return nil
        }
        return result
    }

    /// nil where the map must be moved first. Leaves the gate where it throws.
    private func beginReading() throws(StoreError) -> StoreTransaction? {
        precondition(!isClosed, "the store is closed")
        do throws(StoreError) {
            guard let pointer = try environment.begin(isWriter: false) else { return nil }
            return StoreTransaction(path: path, transaction: pointer, handles: environment.handles)
        } catch {
            gate.leave()
            throw error
        }
    }

    /// Syncs and stamps what is dirty; with the writer's lock held.
    private func settle() throws(StoreError) {
        guard access == .readWrite, isDirty else { return }
        if let failure { throw failure }
        do throws(StoreError) {
            try environment.sync()
        } catch {
            failure = error
            // The note itself may not reach the disk; the missing stamp does the rest.
            try? Files.replace(paths.failed, with: [], in: path)
            throw error
        }
        try CleanStamp.write(paths)
        isDirty = false
    }

    private func freeDeadReaders() {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        guard now.tv_sec - readersCheckedSeconds >= Store.readerCheckInterval else { return }
        readersCheckedSeconds = now.tv_sec
        environment.clearDeadReaders()
    }
}
