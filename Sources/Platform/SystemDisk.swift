internal import CLinux
internal import Glibc

/// The real file system.
public struct SystemDisk: Disk {
    /// The real file system; has no state.
    public init() {}

    /// Opens a file by `open(2)`, closed on exec.
    public func open(_ path: String, _ mode: FileMode) throws(DiskError) -> any DiskFile {
        let flags: Int32 =
            switch mode {
            case .read: O_RDONLY
            case .update: O_RDWR
            case .create: O_RDWR | O_CREAT | O_EXCL
            case .replace: O_RDWR | O_CREAT | O_TRUNC
            }
        let descriptor = clinux_open(path, flags | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw DiskError("open", path: path, code: errno) }
        return SystemFile(path: path, descriptor: descriptor)
    }

    /// Creates one directory by `mkdir(2)`, mode 0755.
    @discardableResult
    public func createDirectory(_ path: String) throws(DiskError) -> Bool {
        if mkdir(path, 0o755) == 0 { return true }
        if errno == EEXIST { return false }
        throw DiskError("create directory", path: path, code: errno)
    }

    /// The names in a directory, by `readdir(3)`.
    public func list(_ path: String) throws(DiskError) -> [String] {
        guard let directory = opendir(path) else { throw DiskError("list", path: path, code: errno) }
        defer { closedir(directory) }
        var names: [[UInt8]] = []
        while true {
            errno = 0  // at the end `readdir` leaves it alone; a failure must not pass for the end
            guard let entry = readdir(directory) else {
                guard errno == 0 else { throw DiskError("list", path: path, code: errno) }
                break
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: UInt8.self, capacity: 256) { bytes in
                    Array(UnsafeBufferPointer(start: bytes, count: strlen(bytes)))
                }
            }
            if name != Array(".".utf8), name != Array("..".utf8) { names.append(name) }
        }
        names.sort { $0.lexicographicallyPrecedes($1) }
        return names.map { String(decoding: $0, as: UTF8.self) }
    }

    /// What stands at a path; links are followed.
    public func kind(of path: String) throws(DiskError) -> FileKind? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw DiskError("look at", path: path, code: errno)
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .directory
        default: return .other
        }
    }

    /// Renames by `rename(2)`.
    public func rename(_ path: String, to target: String) throws(DiskError) {
        guard Glibc.rename(path, target) == 0 else { throw DiskError("rename", path: path, code: errno) }
    }

    /// Removes a file by `unlink(2)`.
    public func remove(_ path: String) throws(DiskError) {
        guard unlink(path) == 0 else { throw DiskError("remove", path: path, code: errno) }
    }

    /// Syncs a directory by `fsync(2)`.
    public func syncDirectory(_ path: String) throws(DiskError) {
        let descriptor = clinux_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw DiskError("open directory", path: path, code: errno) }
        defer { _ = Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw DiskError("sync directory", path: path, code: errno) }
    }

    /// Locks by `flock(2)` and writes the process number into the file.
    public func lock(_ path: String) throws(DiskError) -> (any DiskLock)? {
        let descriptor = clinux_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw DiskError("open", path: path, code: errno) }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            if code == EINTR { continue }
            _ = Glibc.close(descriptor)
            if code == EWOULDBLOCK { return nil }
            throw DiskError("lock", path: path, code: code)
        }
        // The number tells the next one who holds it; the lock itself is the kernel's.
        let text = Array("\(getpid())\n".utf8)
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, text, text.count, 0) }
        return SystemLock(descriptor: descriptor)
    }
}

private final class SystemLock: DiskLock {
    private let descriptor: Int32

    init(descriptor: Int32) { self.descriptor = descriptor }

    func release() { _ = Glibc.close(descriptor) }
}

private final class SystemFile: DiskFile {
    let path: String
    private let descriptor: Int32

    init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    func size() throws(DiskError) -> Int64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw error("look at") }
        return Int64(status.st_size)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(DiskError) -> Int {
        var done = 0
        while done < buffer.count {
            let count = pread(
                descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset) + done)
            if count > 0 {
                done += count
            } else if count == 0 {
                break
            } else if errno != EINTR {
                throw error("read", at: offset + Int64(done))
            }
        }
        return done
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(DiskError) {
        var done = 0
        while done < bytes.count {
            let count = pwrite(
                descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset) + done)
            if count >= 0 {
                done += count
            } else if errno != EINTR {
                throw error("write", at: offset + Int64(done))
            }
        }
    }

    func allocate(to size: Int64) throws(DiskError) {
        let old = try self.size()
        guard size > old else { return }
        while clinux_allocate(descriptor, old, size - old) != 0 {
            // A file system without fallocate grows sparsely; the zeros are the same.
            if errno == EOPNOTSUPP { return try truncate(to: size) }
            if errno != EINTR { throw error("reserve", at: old) }
        }
    }

    func truncate(to size: Int64) throws(DiskError) {
        while ftruncate(descriptor, off_t(size)) != 0 {
            if errno != EINTR { throw error("truncate", at: size) }
        }
    }

    // A sync is never repeated after an error: the kernel has already forgotten which pages failed.
    func syncData() throws(DiskError) {
        guard fdatasync(descriptor) == 0 else { throw error("sync") }
    }

    func sync() throws(DiskError) {
        guard fsync(descriptor) == 0 else { throw error("sync") }
    }

    func dropCache() throws(DiskError) {
        let code = clinux_drop_cache(descriptor)
        guard code == 0 else { throw DiskError("drop cache of", path: path, code: code) }
    }

    func close() { _ = Glibc.close(descriptor) }

    private func error(_ operation: String, at offset: Int64? = nil) -> DiskError {
        DiskError(operation, path: path, offset: offset, code: errno)
    }
}
