/// The seam through which the tape reaches files: production uses ``SystemDisk``, tests a disk that
/// fails, lies or forgets on demand.
public protocol Disk: Sendable {
    /// Opens a file.
    /// - Throws: ``DiskError``; `isMissing` where a file that must exist does not.
    func open(_ path: String, _ mode: FileMode) throws(DiskError) -> any DiskFile
    /// Creates one directory; no error where it exists already. Returns whether it was created.
    @discardableResult
    func createDirectory(_ path: String) throws(DiskError) -> Bool
    /// The names in a directory, sorted by bytes, without `.` and `..`.
    func list(_ path: String) throws(DiskError) -> [String]
    /// What stands at a path; nil where nothing does.
    func kind(of path: String) throws(DiskError) -> FileKind?
    /// Renames a file, replacing the target.
    func rename(_ path: String, to target: String) throws(DiskError)
    /// Removes a file.
    func remove(_ path: String) throws(DiskError)
    /// Makes created, renamed and removed names in a directory durable.
    func syncDirectory(_ path: String) throws(DiskError)
    /// Takes an exclusive lock on a file, created where absent, which the kernel releases when the process
    /// ends however it ends; nil where another process (or another holder in this one) has it.
    func lock(_ path: String) throws(DiskError) -> (any DiskLock)?
}

/// How a file is opened.
public enum FileMode: Sendable {
    /// An existing file, for reading.
    case read
    /// An existing file, for reading and writing.
    case update
    /// A file that must not exist yet, for reading and writing.
    case create
    /// A file created or emptied, for reading and writing.
    case replace
}

/// What stands at a path.
public enum FileKind: Sendable {
    /// A regular file.
    case file
    /// A directory.
    case directory
    /// A pipe, socket or device.
    case other
}

/// An open file. Not thread-safe: one thread at a time uses it.
public protocol DiskFile: AnyObject, Sendable {
    /// The path by which it was opened.
    var path: String { get }
    /// Bytes in the file, preallocated ones included.
    func size() throws(DiskError) -> Int64
    /// Reads up to `buffer.count` bytes at `offset`; fewer only at the end of the file.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(DiskError) -> Int
    /// Writes all bytes at `offset`, or throws having written some of them.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(DiskError)
    /// Grows the file to `size` bytes of reserved zeros; bytes beyond the old end read as zero.
    func allocate(to size: Int64) throws(DiskError)
    /// Cuts or grows the file to `size` bytes.
    func truncate(to size: Int64) throws(DiskError)
    /// Makes content durable (`fdatasync`). After a throw nothing written since the last success is.
    func syncData() throws(DiskError)
    /// Makes content and metadata durable (`fsync`).
    func sync() throws(DiskError)
    /// Asks the system to forget its clean cached pages, so that the next read comes from the disk.
    func dropCache() throws(DiskError)
    /// Closes the file; further use is a programmer error.
    func close()
}

/// A held lock.
public protocol DiskLock: AnyObject, Sendable {
    /// Gives the lock up.
    func release()
}
