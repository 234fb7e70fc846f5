internal import Glibc

/// Standard output and standard error.
public enum Console {
    /// Opens `/dev/null` for each of standard input, output and error that is closed, before any file takes
    /// its number: what is printed would go into that file.
    public static func openClosedStandardFiles() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
        where fcntl(descriptor, F_GETFD) < 0 && open("/dev/null", O_RDWR) != descriptor {
            exit(3)
        }
    }

    /// Writes a line to standard error.
    public static func error(_ line: String) { _ = writeAll(STDERR_FILENO, Array((line + "\n").utf8)) }

    /// Overwrites the current line of standard error; for progress on a terminal.
    public static func status(_ text: String) {
        _ = writeAll(STDERR_FILENO, Array(("\r\u{1B}[K" + text).utf8))
    }

    /// Whether standard error is a terminal.
    public static var isErrorTerminal: Bool { isatty(STDERR_FILENO) != 0 }

    /// Whether standard output is a terminal.
    public static var isOutputTerminal: Bool { isatty(STDOUT_FILENO) != 0 }

    /// Characters of a line on standard output: of the terminal, else what `COLUMNS` says, else 80.
    public static var width: Int {
        var size = winsize()
        if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return getenv("COLUMNS").flatMap { Int(String(cString: $0)) } ?? 80
    }

    /// Writes a line to standard output at once.
    public static func line(_ line: String) { _ = writeAll(STDOUT_FILENO, Array((line + "\n").utf8)) }

    fileprivate static func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) -> Int32 {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                write(descriptor, $0.baseAddress! + done, bytes.count - done)
            }
            if count >= 0 {
                done += count
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }
}

/// Standard output, collected to large writes.
///
/// A reader that has gone away (`| head`) is no error: ``isClosed`` then tells the caller to stop.
public final class StandardOutput {
    private var buffer: [UInt8] = []
    /// Whether the reader has gone away.
    public private(set) var isClosed = false
    private static let flushSize = 1 << 20

    /// An empty buffer in front of standard output.
    public init() { buffer.reserveCapacity(StandardOutput.flushSize + 4096) }

    /// Adds bytes and a LF.
    public func line(_ bytes: UnsafeRawBufferPointer) throws(DiskError) {
        buffer.append(contentsOf: bytes)
        buffer.append(0x0A)
        if buffer.count >= StandardOutput.flushSize { try flush() }
    }

    /// Adds bytes.
    public func write(_ bytes: [UInt8]) throws(DiskError) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= StandardOutput.flushSize { try flush() }
    }

    /// Adds a line.
    public func line(_ text: String) throws(DiskError) { try write(Array(text.utf8) + [0x0A]) }

    /// Writes what has been collected.
    public func flush() throws(DiskError) {
        defer { buffer.removeAll(keepingCapacity: true) }
        guard !isClosed, !buffer.isEmpty else { return }
        let code = Console.writeAll(STDOUT_FILENO, buffer)
        if code == EPIPE {
            isClosed = true
        } else if code != 0 {
            throw DiskError("write", path: "standard output", code: code)
        }
    }
}
