/// Which pages have been met, in use or free; no page may be met twice.
struct PageMap {
    private let lastPage: UInt64
    private var met: [Bool]
    /// Free pages behind the file's end, which were never written.
    private var metBeyond: Set<UInt64> = []

    init(filePages: UInt64, lastPage: UInt64) {
        self.lastPage = lastPage
        met = [Bool](repeating: false, count: Int(min(filePages, lastPage &+ 1)))
        for page in 0..<min(2, met.count) { met[page] = true }
    }

    /// Notes pages in use.
    mutating func addUsed(_ first: UInt64, count: UInt64, _ file: PageFile) throws(StoreError) {
        guard first < UInt64(met.count), count <= UInt64(met.count) - first else {
            throw file.damaged("page \(first) lies behind the end")
        }
        for page in Int(first)..<Int(first + count) {
            guard !met[page] else { throw file.damaged("page \(page) is used twice") }
            met[page] = true
        }
    }

    /// Notes a record of free pages: their number, then their numbers, descending, eight bytes each.
    mutating func addFree(_ record: UnsafeRawBufferPointer, _ file: PageFile) throws(StoreError) {
        guard record.count >= 8 else { throw file.damaged("a list of free pages is cut") }
        let count = record.loadUnaligned(as: UInt64.self)
        guard count <= UInt64(record.count / 8 - 1) else {
            throw file.damaged("a list of free pages is cut")
        }
        var previous = UInt64.max
        for index in 0..<Int(count) {
            let page = record.loadUnaligned(fromByteOffset: 8 * (index + 1), as: UInt64.self)
            guard page < previous, page >= 2, page <= lastPage else {
                throw file.damaged("a list of free pages is out of order")
            }
            previous = page
            if page < UInt64(met.count) {
                guard !met[Int(page)] else { throw file.damaged("page \(page) is free and in use") }
                met[Int(page)] = true
            } else if !metBeyond.insert(page).inserted {
                throw file.damaged("page \(page) is free twice")
            }
        }
    }
}
