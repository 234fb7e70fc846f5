/// The state that the newer of the two meta pages describes.
struct EnvironmentMeta {
    let pageSize: Int
    let mapSize: UInt64
    let free: TableRecord
    let main: TableRecord
    let lastPage: UInt64
    let transaction: UInt64

    private static let headerSize = 152
    private static let metaFlag: UInt16 = 0x08
    private static let magic: UInt32 = 0xBEEF_C0DE
    private static let dataVersion: UInt32 = 1
    /// Free-page keys are integers; other bits would change how LMDB opens the file.
    private static let freeFlags: UInt16 = 0x08
    /// Where LMDB's address space ends; a greater map cannot be opened.
    private static let mapSizeMax: UInt64 = 1 << 46

    /// Reads both pages and compares them.
    ///
    /// A commit writes the page of its number's parity, so the numbers differ by one, except in a new
    /// environment, where both are zero.
    static func newest(_ file: PageFile) throws(StoreError) -> EnvironmentMeta {
        guard file.size > 0 else { throw file.damaged("the file is empty") }
        let first = try EnvironmentMeta(file, page: 0, offset: 0)
        guard file.size >= 2 * UInt64(first.pageSize) else {
            throw file.damaged("the file is shorter than two pages")
        }
        let second = try EnvironmentMeta(file, page: 1, offset: UInt64(first.pageSize))
        guard first.pageSize == second.pageSize else {
            throw file.damaged("the meta pages have different page sizes")
        }
        let newest = first.transaction >= second.transaction ? first : second
        let oldest = first.transaction >= second.transaction ? second : first
        guard newest.transaction - oldest.transaction == 1 || newest.transaction == 0,
            newest.transaction & 1 == (first.transaction >= second.transaction ? 0 : 1)
        else { throw file.damaged("the meta pages do not follow each other") }
        let pages = newest.mapSize / UInt64(newest.pageSize)
        guard newest.lastPage >= 1, newest.lastPage < pages else {
            throw file.damaged("the last page lies outside the map")
        }
        let filePages = file.size / UInt64(newest.pageSize)
        for root in [newest.free.root, newest.main.root] where root != TableRecord.noPage {
            guard root >= 2, root < filePages, root <= newest.lastPage else {
                throw file.damaged("it ends at page \(filePages), before the root page \(root)")
            }
        }
        // The last pages of a healthy file may never have been written, because they were free
        // already at the commit that allocated them. Pages in use cannot outnumber the file's.
        let used = [newest.free, newest.main].reduce(UInt64(2)) {
            $0 &+ $1.branchPages &+ $1.leafPages &+ $1.overflowPages
        }
        guard used <= filePages else {
            throw file.damaged("it has \(filePages) pages, fewer than the \(used) in use")
        }
        return newest
    }

    private init(_ file: PageFile, page: UInt64, offset: UInt64) throws(StoreError) {
        let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: EnvironmentMeta.headerSize, alignment: 8)
        defer { memory.deallocate() }
        guard try file.read(memory, at: offset) else {
            throw file.damaged("the file is shorter than two pages")
        }
        let bytes = UnsafeRawBufferPointer(memory)
        guard bytes.load(as: UInt64.self) == page,
            bytes.load(fromByteOffset: 10, as: UInt16.self) == EnvironmentMeta.metaFlag,
            bytes.load(fromByteOffset: 16, as: UInt32.self) == EnvironmentMeta.magic,
            bytes.load(fromByteOffset: 20, as: UInt32.self) == EnvironmentMeta.dataVersion
        else { throw file.damaged("page \(page) is no meta page of LMDB") }
        mapSize = bytes.load(fromByteOffset: 32, as: UInt64.self)
        free = TableRecord(UnsafeRawBufferPointer(rebasing: bytes[40...]))
        main = TableRecord(UnsafeRawBufferPointer(rebasing: bytes[88...]))
        lastPage = bytes.load(fromByteOffset: 136, as: UInt64.self)
        transaction = bytes.load(fromByteOffset: 144, as: UInt64.self)
        pageSize = Int(free.pad)
        guard pageSize >= 512, pageSize <= 65_536, pageSize & (pageSize - 1) == 0 else {
            throw file.damaged("meta page \(page) has the page size \(pageSize)")
        }
        guard free.flags == EnvironmentMeta.freeFlags, main.flags == 0 else {
            throw file.damaged("meta page \(page) has unknown flags")
        }
        guard mapSize >= 2 * UInt64(pageSize), mapSize <= EnvironmentMeta.mapSizeMax else {
            throw file.damaged("meta page \(page) has a map of \(mapSize) bytes")
        }
    }
}
