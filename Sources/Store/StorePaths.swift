/// The files of a store's directory.
struct StorePaths {
    let directory: String

    /// LMDB's pages.
    var data: String { directory + "/data.mdb" }
    /// LMDB's reader table.
    var readers: String { directory + "/lock.mdb" }
    /// Held by the one writing process.
    var writer: String { directory + "/writer.lock" }
    /// Says that everything written has reached the disk; see ``CleanStamp``.
    var stamp: String { directory + "/clean" }
    /// Left behind where a sync failed: the page cache and the disk may differ from then on.
    var failed: String { directory + "/failed" }
}
