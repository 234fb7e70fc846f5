internal import Glibc

/// A failed file operation: what was tried, on which file, where, and the system's reason.
public struct DiskError: Error, CustomStringConvertible, Sendable {
    /// The operation, as a verb: `open`, `write`, `sync`, …
    public let operation: String
    /// The file or directory.
    public let path: String
    /// Byte offset in the file, where the operation has one.
    public let offset: Int64?
    /// The system's `errno`.
    public let code: Int32

    /// An error with its place.
    public init(_ operation: String, path: String, offset: Int64? = nil, code: Int32) {
        self.operation = operation
        self.path = path
        self.offset = offset
        self.code = code
    }

    /// Whether the disk, or the quota, is full.
    public var isFull: Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }

    /// Whether the file or directory does not exist.
    public var isMissing: Bool { code == ENOENT || code == ENOTDIR }

    /// Whether the file system or the permissions forbid writing.
    public var isReadOnly: Bool { code == EROFS || code == EACCES || code == EPERM }

    /// One line: operation, path, offset and reason.
    public var description: String {
        let place = offset.map { " at byte \($0)" } ?? ""
        return "cannot \(operation) \(path)\(place): \(String(cString: strerror(code)))"
    }
}
