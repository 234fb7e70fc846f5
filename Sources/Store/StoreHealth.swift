internal import Glibc

/// What can be said of an environment's files before LMDB opens them.
enum StoreHealth {
    /// There is none.
    case missing
    /// It is as its last writer left it, or a living process is writing it.
    case trusted
    /// It was in doubt and has been checked.
    case checked

    /// Decides, or throws ``StoreError/damaged(path:detail:)``.
    ///
    /// - A stamp that matches: everything reached the disk and nobody touched it since.
    /// - No such stamp, but a living writer: its page cache is the truth.
    /// - No stamp, last written before the machine restarted: unsynced pages may be of any age, which
    ///   no checksum of single values can tell. Damaged.
    /// - Otherwise the writer was killed, which LMDB's copy-on-write survives, or somebody else
    ///   touched the file: checked.
    static func examine(
        _ paths: StorePaths, previousBoot: String?, isWriter: Bool, checker: StoreChecker?
    ) throws(StoreError) -> StoreHealth {
        guard try Files.state(paths.data) != nil else { return .missing }
        if try Files.state(paths.failed) != nil { throw failedSync(paths.directory) }
        _ = try EnvironmentCheck(paths)
        if try CleanStamp.matches(paths) { return .trusted }
        if !isWriter && WriterLock.isHeld(paths) { return .trusted }
        let hasStamp = try Files.state(paths.stamp) != nil
        let boot = previousBoot ?? WriterLock.note(paths).boot
        guard hasStamp || boot == Files.bootIdentity() else {
            // The writer may have begun after the lock was tested.
            if !isWriter && WriterLock.isHeld(paths) { return .trusted }
            throw .damaged(
                path: paths.directory, detail: "the machine stopped while it was being written")
        }
        do throws(StoreError) {
            if let checker {
                guard checker(paths.directory) else {
                    throw .damaged(
                        path: paths.directory, detail: "it was not closed cleanly and fails its check")
                }
            } else {
                try Store.verify(at: paths.directory)
            }
        } catch {
            if !isWriter && WriterLock.isHeld(paths) { return .trusted }
            throw error
        }
        return .checked
    }

    static func failedSync(_ path: String) -> StoreError {
        .damaged(path: path, detail: "the disk refused a sync of it")
    }
}
