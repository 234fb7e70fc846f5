internal import Glibc

/// Why the store cannot serve.
///
/// The store is disposable: whatever it holds can be folded again from the tape. A caller that may
/// rebuild calls ``Store/remove(at:)`` after ``missing(path:)``, ``outdated(path:found:expected:)`` or
/// ``damaged(path:detail:)`` and replays; every other case leaves the store as it was.
public enum StoreError: Error, Equatable, CustomStringConvertible {
    /// There is no store at the path.
    case missing(path: String)
    /// The store was written in another format version.
    case outdated(path: String, found: UInt32, expected: UInt32)
    /// The store's files are not what was written; `detail` says which table and key, or which page.
    case damaged(path: String, detail: String)
    /// Another process, or this one, has the store open; `pid` is nil where it is not known.
    case busy(path: String, pid: Int32?)
    /// A write to a store or in a transaction that was opened for reading.
    case readOnly(path: String)
    /// All reader slots (126) are taken by living transactions.
    case tooManyReaders(path: String)
    /// A market, stream or projection name that cannot be part of a key: 1 ... 100 bytes of UTF-8
    /// without control characters are allowed.
    case invalidName(String)
    /// The memory map is too small. Seen only inside a body of ``Store/write(_:)``, which enlarges
    /// the map and runs the body again; let it pass.
    case mapFull(path: String)
    /// The operating system refused; `operation` says what was tried, `errno` why.
    case io(path: String, operation: String, errno: Int32)

    /// One line that names the file and says what to do.
    public var description: String {
        switch self {
        case .missing(let path):
            "no store at \(path): run `jejak replay` to build it from the tape"
        case .outdated(let path, let found, let expected):
            "the store at \(path) has format version \(found), this program expects \(expected): "
                + "run `jejak replay` to rebuild it from the tape"
        case .damaged(let path, let detail):
            "the store at \(path) is damaged (\(detail)): run `jejak replay` to rebuild it from the tape"
        case .busy(let path, let pid?):
            "the store at \(path) is in use by process \(pid): stop it or choose another --store"
        case .busy(let path, nil):
            "the store at \(path) is in use by another process: stop it or choose another --store"
        case .readOnly(let path):
            "the store at \(path) was opened for reading only"
        case .tooManyReaders(let path):
            "the store at \(path) has no free reader slot: close readers and try again"
        case .invalidName(let name):
            "\"\(name)\" cannot be a name in the store: expected 1 to 100 bytes without control characters"
        case .mapFull(let path):
            "the memory map of the store at \(path) is full"
        case .io(let path, let operation, let errno):
            "cannot \(operation) \(path): \(String(cString: strerror(errno)))"
        }
    }
}
