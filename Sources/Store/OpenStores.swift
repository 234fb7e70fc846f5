internal import Synchronization

/// The directories that this process has open: LMDB's locks break where a process opens an
/// environment twice (lmdb.h, "Caveats").
enum OpenStores {
    private static let paths = Mutex<Set<String>>([])

    /// False where the directory is open already.
    static func enter(_ resolvedPath: String) -> Bool {
        paths.withLock { $0.insert(resolvedPath).inserted }
    }

    static func leave(_ resolvedPath: String) {
        paths.withLock { _ = $0.remove(resolvedPath) }
    }
}
