internal import Glibc

/// The few file operations the store needs beside LMDB, with the failing call in the error.
enum Files {
    /// Size and time of the last change, by which a file is recognised.
    struct State: Equatable {
        var size: UInt64
        var seconds: Int64
        var nanos: Int64
    }

    /// nil where there is no such file.
    static func state(_ path: String) throws(StoreError) -> State? {
        var info = stat()
        guard stat(path, &info) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw .io(path: path, operation: "examine", errno: errno)
        }
        return State(
            size: UInt64(info.st_size), seconds: Int64(info.st_mtim.tv_sec),
            nanos: Int64(info.st_mtim.tv_nsec))
    }

    /// Creates a directory and those above it.
    static func createDirectory(_ path: String) throws(StoreError) {
        if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw .io(path: path, operation: "create the directory", errno: errno)
        }
        try createDirectory(String(path[..<slash]))
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
            throw .io(path: path, operation: "create the directory", errno: errno)
        }
    }

    /// The path without links and dots; nil where it does not exist.
    static func resolve(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// The first 4 KiB of a small file; nil where there is none.
    static func contents(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress! + count, $0.count - count) }
            if got < 0 && errno == EINTR { continue }
            if got <= 0 { break }
            count += got
        }
        return Array(bytes[..<count])
    }

    /// Writes a file so that after a crash the old one, none or the new one is there, whole.
    static func replace(_ path: String, with bytes: [UInt8], in directory: String) throws(StoreError) {
        let temporary = path + ".new"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw .io(path: temporary, operation: "create", errno: errno) }
        let written = write(file, bytes, bytes.count)
        let writeError = written < 0 ? errno : ENOSPC
        let isWhole = written == bytes.count
        let synced = isWhole ? fsync(file) : 0
        let syncError = errno
        close(file)
        guard isWhole else { throw .io(path: temporary, operation: "write", errno: writeError) }
        guard synced == 0 else { throw .io(path: temporary, operation: "sync", errno: syncError) }
        guard rename(temporary, path) == 0 else {
            throw .io(path: path, operation: "rename to", errno: errno)
        }
        try syncDirectory(directory)
    }

    /// Removes a file; false where there was none.
    @discardableResult
    static func remove(_ path: String) throws(StoreError) -> Bool {
        if unlink(path) == 0 { return true }
        if errno == ENOENT || errno == ENOTDIR { return false }
        throw .io(path: path, operation: "remove", errno: errno)
    }

    /// Makes renames and removals in a directory durable.
    static func syncDirectory(_ path: String) throws(StoreError) {
        let file = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { throw .io(path: path, operation: "open", errno: errno) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw .io(path: path, operation: "sync", errno: errno) }
    }

    /// The identity of the machine's current run, 36 characters; a power cut gives another one.
    static func bootIdentity() -> String {
        let bytes = contents("/proc/sys/kernel/random/boot_id") ?? []
        return String(decoding: bytes.prefix(36), as: UTF8.self)
    }
}
