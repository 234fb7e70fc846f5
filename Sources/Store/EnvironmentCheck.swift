internal import Glibc

/// Reads an environment's pages without LMDB and proves that LMDB can walk them.
///
/// LMDB 0.9.24 trusts its file: a wrong page number is a SIGBUS, a wrong flag an abort (RELIABILITY
/// §0.2). This reads with `pread`, believes nothing, and compares all that is written twice: page
/// numbers, node sizes, key order, separators, and each table's counts of pages and entries.
///
/// Layouts are those of LMDB 0.9's `mdb.c` (data version 1, 64-bit, little-endian):
///
///     page header   0 u64 page number  8 u16 pad  10 u16 flags
///                  12 u16 lower  14 u16 upper, or 12 u32 overflow pages
///     meta         16 u32 magic  20 u32 version  24 u64 address  32 u64 map size
///                  40 free pages  88 main table  136 u64 last page  144 u64 transaction
///     table (48)    0 u32 pad  4 u16 flags  6 u16 depth  8 u64 branch pages  16 u64 leaf pages
///                  24 u64 overflow pages  32 u64 entries  40 u64 root
///     node          0 u32 size, or low bits of child  4 u16 flags, or high bits of child
///                   6 u16 key size  8 key, then value
struct EnvironmentCheck {
    private let paths: StorePaths
    private let file: PageFile
    private let meta: EnvironmentMeta

    /// Reads both meta pages only.
    ///
    /// - Throws: ``StoreError/damaged(path:detail:)`` where LMDB would not open the file or trip over
    ///   its first pages.
    init(_ paths: StorePaths) throws(StoreError) {
        self.paths = paths
        file = try PageFile(paths)
        meta = try EnvironmentMeta.newest(file)
    }

    /// Reads everything.
    func run() throws(StoreError) {
        let walk = TreeWalk(file: file, meta: meta)
        try walk.run(meta.free, .free, named: "the list of free pages") {
            (_, value) throws(StoreError) in
            try walk.pages.addFree(value, file)
        }
        var tables: [String: TableRecord] = [:]
        try walk.run(meta.main, .tables, named: "the list of tables") { (key, value) throws(StoreError) in
            tables[String(decoding: key, as: UTF8.self)] = TableRecord(value)
        }
        // A writer that was killed before its first commit.
        if tables.isEmpty { return }
        for table in Table.allCases {
            guard let record = tables.removeValue(forKey: table.name) else {
                throw file.damaged("the table \(table.name) is missing")
            }
            var version: UInt32?
            try walk.run(record, .values, named: "the table \(table.name)") {
                (key, value) throws(StoreError) in
                guard let payload = SealedValue.open(value, key: key) else {
                    throw file.damaged("\(table.describe(key)): the checksum does not match")
                }
                if table == .meta, key.starts(with: MetaTable.versionName.utf8), payload.count == 4 {
                    version = UInt32(littleEndian: payload.loadUnaligned(as: UInt32.self))
                }
            }
            guard table == .meta else { continue }
            guard let version else { throw file.damaged("it has no format version") }
            guard version == Store.formatVersion else {
                throw .outdated(path: paths.directory, found: version, expected: Store.formatVersion)
            }
        }
        if let name = tables.keys.min() { throw file.damaged("it has an unknown table \"\(name)\"") }
    }
}
