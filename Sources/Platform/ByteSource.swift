internal import CLinux
internal import Glibc

/// A stream of bytes from front to back: a file, standard input, or one of them decompressed.
public protocol ByteSource: AnyObject {
    /// Reads at least one byte; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int
}

/// Why a source could not be read to its end.
public enum SourceError: Error, CustomStringConvertible, Sendable {
    /// The system refused.
    case disk(DiskError)
    /// The path is a directory.
    case directory(path: String)
    /// A compressed source ends in the middle of a frame.
    case truncated(path: String, format: String)
    /// A compressed source does not decompress.
    case corrupt(path: String, format: String, reason: String)

    /// One line.
    public var description: String {
        switch self {
        case .disk(let error): error.description
        case .directory(let path): "\(path) is a directory; give the files in it"
        case .truncated(let path, let format): "\(path) is cut off: its \(format) data end in mid-frame"
        case .corrupt(let path, let format, let reason): "\(path) is not whole \(format) data: \(reason)"
        }
    }
}

/// A file or standard input.
public final class FileSource: ByteSource {
    private let path: String
    private let descriptor: Int32

    /// Opens a file; `-` is standard input.
    public init(path: String) throws(SourceError) {
        self.path = path == "-" ? "standard input" : path
        if path == "-" {
            descriptor = dup(STDIN_FILENO)
        } else {
            var status = stat()
            if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
                throw .directory(path: path)
            }
            descriptor = clinux_open(path, O_RDONLY | O_CLOEXEC, 0)
        }
        guard descriptor >= 0 else { throw .disk(DiskError("open", path: self.path, code: errno)) }
        _ = clinux_sequential(descriptor)
    }

    deinit { _ = close(descriptor) }

    /// What the system has ready, waiting for at least one byte; 0 at the end.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress!, buffer.count)
            if count >= 0 { return count }
            if errno != EINTR { throw .disk(DiskError("read", path: path, code: errno)) }
        }
    }

    /// Whether a regular file stands at a path.
    public static func isRegular(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Checks that something readable stands at a path, without opening it: opening a pipe would take its
    /// writer's bytes.
    public static func check(_ path: String) throws(SourceError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw .disk(DiskError("open", path: path, code: errno))
        }
        if status.st_mode & S_IFMT == S_IFDIR { throw .directory(path: path) }
        guard access(path, R_OK) == 0 else { throw .disk(DiskError("open", path: path, code: errno)) }
    }

    /// Bytes in the file; nil where it is a pipe or a terminal.
    public var size: Int64? {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int64(status.st_size)
    }
}

/// Bytes that have already been read from a source, put back in front of it.
public final class ReplayedSource: ByteSource {
    private var head: [UInt8]
    private let rest: any ByteSource

    /// `head`, then what `rest` still has.
    public init(head: [UInt8], rest: any ByteSource) {
        self.head = head
        self.rest = rest
    }

    /// The bytes put back, then those of the source.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
        if head.isEmpty { return try rest.read(into: buffer) }
        let count = min(head.count, buffer.count)
        head.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        head.removeFirst(count)
        return count
    }
}
