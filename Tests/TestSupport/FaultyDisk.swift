internal import Glibc
package import Platform

/// A disk in memory that fails, forgets and is cut off on demand. It promises what POSIX promises and no
/// more: content is durable after a sync of the file, a name after a sync of its directory.
package final class FaultyDisk: Disk, @unchecked Sendable {
    enum Node {
        case directory
        case file(Inode)
    }

    enum NameChange {
        case link(String, Node)
        case unlink(String)
        case rename(String, String, Node)
    }

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    let lies: Lies
    /// Names as processes see them.
    var names: [String: Node] = ["/": .directory]
    /// Names that a power cut leaves.
    var durableNames: [String: Node] = ["/": .directory]
    /// What lies between the two, by directory.
    var nameChanges: [String: [NameChange]] = [:]
    var holders: [String: ObjectIdentifier] = [:]
    var generation = 0
    /// Files that are open.
    package internal(set) var openCount = 0
    /// The most files that were open at a time.
    package internal(set) var openCountMax = 0
    private var armed: Fault?
    private var matched = 0
    private var fired = false
    private var calls: [Call: Int] = [:]

    /// Largest reserve that it grants; a smaller one keeps simulated files, and so a test, small.
    package let reserveSizeMax: Int

    /// An empty disk.
    package init(lies: Lies = [], reserveSizeMax: Int = .max) {
        self.lies = lies
        self.reserveSizeMax = reserveSizeMax
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    // MARK: Faults

    /// Makes a coming call fail; calls are counted from here.
    package func arm(_ fault: Fault?) { locked { (armed, matched, fired) = (fault, 0, false) } }

    /// Whether the fault has happened.
    package var hasFired: Bool { locked { fired } }

    /// How many calls of a kind there were; nil: that change something.
    package func count(_ call: Call?) -> Int {
        locked {
            if let call { return calls[call] ?? 0 }
            return calls.reduce(0) { $0 + ($1.key.isChange ? $1.value : 0) }
        }
    }

    func check(_ call: Call, _ path: String) throws(DiskError) {
        calls[call, default: 0] += 1
        guard let armed, armed.call.map({ $0 == call }) ?? call.isChange else { return }
        matched += 1
        guard matched == armed.nth || (matched > armed.nth && armed.isForEver) else { return }
        fired = true
        throw DiskError(call.rawValue, path: path, code: armed.code)
    }

    func locked<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body()
    }

    // MARK: Disk

    package func open(_ path: String, _ mode: FileMode) throws(DiskError) -> any DiskFile {
        try locked { () throws(DiskError) in
            try check(.open, path)
            if case .file(let inode)? = names[path] {
                if case .create = mode { throw DiskError("open", path: path, code: EEXIST) }
                if case .replace = mode { inode.resize(to: 0) }
                return FaultyFile(self, inode, path)
            }
            switch mode {
            case .read, .update: throw DiskError("open", path: path, code: ENOENT)
            case .create, .replace: break
            }
            let inode = Inode()
            try link(path, .file(inode))
            return FaultyFile(self, inode, path)
        }
    }

    @discardableResult
    package func createDirectory(_ path: String) throws(DiskError) -> Bool {
        try locked { () throws(DiskError) in
            if names[path] != nil { return false }
            try check(.createDirectory, path)
            try link(path, .directory)
            return true
        }
    }

    package func list(_ path: String) throws(DiskError) -> [String] {
        try locked { () throws(DiskError) in
            try check(.list, path)
            guard case .directory? = names[path] else { throw DiskError("list", path: path, code: ENOENT) }
            let stem = path == "/" ? path : path + "/"
            return names.keys.filter {
                $0.hasPrefix(stem) && !$0.utf8.dropFirst(stem.utf8.count).contains(0x2F)
            }
            .filter { $0 != "/" }
            .map { String($0.dropFirst(stem.utf8.count)) }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        }
    }

    package func kind(of path: String) throws(DiskError) -> FileKind? {
        try locked { () throws(DiskError) in
            try check(.kind, path)
            switch names[path] {
            case .directory: return .directory
            case .file: return .file
            case nil: return nil
            }
        }
    }

    package func rename(_ path: String, to target: String) throws(DiskError) {
        try locked { () throws(DiskError) in
            try check(.rename, path)
            guard let node = names.removeValue(forKey: path) else {
                throw DiskError("rename", path: path, code: ENOENT)
            }
            names[target] = node
            nameChanges[FaultyDisk.parent(target), default: []].append(.rename(path, target, node))
        }
    }

    package func remove(_ path: String) throws(DiskError) {
        try locked { () throws(DiskError) in
            try check(.remove, path)
            guard names.removeValue(forKey: path) != nil else {
                throw DiskError("remove", path: path, code: ENOENT)
            }
            nameChanges[FaultyDisk.parent(path), default: []].append(.unlink(path))
        }
    }

    package func syncDirectory(_ path: String) throws(DiskError) {
        try locked { () throws(DiskError) in
            try check(.syncDirectory, path)
            if lies.contains(.ignoresDirectorySync) { return }
            for change in nameChanges.removeValue(forKey: path) ?? [] {
                FaultyDisk.apply(change, to: &durableNames)
            }
        }
    }

    package func lock(_ path: String) throws(DiskError) -> (any DiskLock)? {
        try locked { () throws(DiskError) in
            try check(.lock, path)
            if names[path] == nil { try link(path, .file(Inode())) }
            guard holders[path] == nil else { return nil }
            let lock = FaultyLock(self, path)
            holders[path] = ObjectIdentifier(lock)
            return lock
        }
    }

    private func link(_ path: String, _ node: Node) throws(DiskError) {
        guard case .directory? = names[FaultyDisk.parent(path)] else {
            throw DiskError("create", path: path, code: ENOENT)
        }
        names[path] = node
        nameChanges[FaultyDisk.parent(path), default: []].append(.link(path, node))
    }

    static func parent(_ path: String) -> String {
        let end = path.utf8.lastIndex(of: 0x2F) ?? path.startIndex
        return end == path.startIndex ? "/" : String(path[..<end])
    }

    static func apply(_ change: NameChange, to names: inout [String: Node]) {
        switch change {
        case .link(let path, let node): names[path] = node
        case .unlink(let path): names[path] = nil
        case .rename(let path, let target, let node):
            names[path] = nil
            names[target] = node
        }
    }
}
