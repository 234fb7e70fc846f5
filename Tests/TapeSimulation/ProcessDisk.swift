internal import Platform
internal import TestSupport

/// The disk as one simulated process sees it: every call is put to the ``FaultPlan`` first. A process that is
/// dead changes nothing more; its code unwinds through errors. Everything runs on one thread.
final class ProcessDisk: Disk, @unchecked Sendable {
    let base: FaultyDisk
    let plan: FaultPlan
    /// Whether the process has ended.
    var isDead = false

    init(_ base: FaultyDisk, _ plan: FaultPlan) {
        self.base = base
        self.plan = plan
    }

    /// Performs a call as the plan decides; `lied` is what a call returns that only says it worked.
    func perform<Result>(
        _ call: FaultyDisk.Call, _ path: String, lied: Result? = nil,
        _ body: () throws(DiskError) -> Result
    ) throws(DiskError) -> Result {
        switch plan.verdict(call, path, self) {
        case .works: return try body()
        case .lies: if let lied { return lied } else { return try body() }
        case .fails(let code): throw DiskError(call.rawValue, path: path, code: code)
        }
    }

    func open(_ path: String, _ mode: FileMode) throws(DiskError) -> any DiskFile {
        try perform(.open, path) { () throws(DiskError) -> any DiskFile in
            ProcessFile(self, try base.open(path, mode))
        }
    }

    func createDirectory(_ path: String) throws(DiskError) -> Bool {
        try perform(.createDirectory, path) { () throws(DiskError) in try base.createDirectory(path) }
    }

    func list(_ path: String) throws(DiskError) -> [String] {
        try perform(.list, path) { () throws(DiskError) in try base.list(path) }
    }

    func kind(of path: String) throws(DiskError) -> FileKind? {
        try perform(.kind, path) { () throws(DiskError) in try base.kind(of: path) }
    }

    func rename(_ path: String, to target: String) throws(DiskError) {
        try perform(.rename, path) { () throws(DiskError) in try base.rename(path, to: target) }
    }

    func remove(_ path: String) throws(DiskError) {
        try perform(.remove, path) { () throws(DiskError) in try base.remove(path) }
    }

    func syncDirectory(_ path: String) throws(DiskError) {
        try perform(.syncDirectory, path, lied: ()) { () throws(DiskError) in try base.syncDirectory(path) }
    }

    func lock(_ path: String) throws(DiskError) -> (any DiskLock)? {
        try perform(.lock, path) { () throws(DiskError) in try base.lock(path) }
    }
}

/// A file that a simulated process has open.
private final class ProcessFile: DiskFile, @unchecked Sendable {
    let path: String
    private let disk: ProcessDisk
    private let base: any DiskFile

    init(_ disk: ProcessDisk, _ base: any DiskFile) {
        self.disk = disk
        self.base = base
        path = base.path
    }

    func size() throws(DiskError) -> Int64 { try base.size() }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(DiskError) -> Int {
        try disk.perform(.read, path) { () throws(DiskError) in try base.read(into: buffer, at: offset) }
    }

    /// A write that fails, or in which the process dies, has written some of its bytes.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(DiskError) {
        let couldWrite = !disk.isDead && !disk.plan.isMachineDead
        do throws(DiskError) {
            try disk.perform(.write, path) { () throws(DiskError) in try base.write(bytes, at: offset) }
        } catch {
            if couldWrite {
                let count = disk.plan.random.below(bytes.count + 1)
                try? base.write(UnsafeRawBufferPointer(rebasing: bytes[..<count]), at: offset)
            }
            throw error
        }
        disk.plan.hash.add(UInt64(offset))
        disk.plan.hash.add(UInt64(bytes.count))
    }

    func allocate(to size: Int64) throws(DiskError) {
        try disk.perform(.allocate, path) { () throws(DiskError) in try base.allocate(to: size) }
    }

    func truncate(to size: Int64) throws(DiskError) {
        try disk.perform(.truncate, path) { () throws(DiskError) in try base.truncate(to: size) }
    }

    func syncData() throws(DiskError) {
        try sync(.syncData) { () throws(DiskError) in try base.syncData() }
    }

    func sync() throws(DiskError) { try sync(.sync) { () throws(DiskError) in try base.sync() } }

    func dropCache() throws(DiskError) {
        try disk.perform(.dropCache, path, lied: ()) { () throws(DiskError) in try base.dropCache() }
    }

    func close() { base.close() }

    /// A sync that fails leaves the pages clean and the bytes off the disk; one in which the process dies leaves
    /// them as they were.
    private func sync(_ call: FaultyDisk.Call, _ body: () throws(DiskError) -> Void) throws(DiskError) {
        do throws(DiskError) {
            try disk.perform(call, path, lied: (), body)
        } catch {
            if !disk.isDead, !disk.plan.isMachineDead {
                disk.base.arm(FaultyDisk.Fault(call, nth: 1, code: error.code))
                try? body()
                disk.base.arm(nil)
            }
            throw error
        }
    }
}
