public import Platform

/// Why the tape could not do what it was asked; each names the file and what to do.
public enum TapeError: Error, CustomStringConvertible, Sendable {
    /// The system refused a file operation.
    case disk(DiskError)
    /// The disk is full; everything acknowledged is safe.
    case diskFull(DiskError)
    /// The tape, or its directory, may not be written.
    case readOnly(DiskError)
    /// Another process writes this stream.
    case locked(stream: StreamName, path: String, holder: String?)
    /// A stream name that cannot name a directory.
    case badStreamName(String)
    /// No tape at this path.
    case noTape(path: String)
    /// No such stream on the tape.
    case noStream(StreamName, root: String)
    /// A file that is not what its name says, or of a later format version.
    case notATape(path: String, detail: String)
    /// An import contradicts what the stream was created with.
    case streamMismatch(StreamName, detail: String)
    /// A payload larger than a frame holds.
    case payloadTooLarge(size: Int, limit: Int)
    /// The day was removed by retention; only its seal and tombstone are left.
    case retired(Tombstone)
    /// An earlier write or sync failed; this writer takes no more.
    case failed(path: String)

    /// One line.
    public var description: String {
        switch self {
        case .disk(let error): return error.description
        case .diskFull(let error):
            return "disk full: \(error); what was acknowledged is safe, free some space and run again"
        case .readOnly(let error): return "the tape cannot be written: \(error)"
        case .locked(let stream, let path, let holder):
            let who = holder.map { "process \($0)" } ?? "another process"
            return "stream \(stream) is being written by \(who) (lock \(path)); wait for it to end"
        case .badStreamName(let name):
            return "'\(name)' is no stream name: expected 1 to 64 of a-z 0-9 . _ - beginning with a letter"
        case .noTape(let path): return "no tape at \(path); import something first or give --tape"
        case .noStream(let stream, let root): return "no stream \(stream) on the tape \(root)"
        case .notATape(let path, let detail): return "\(path) is not a file of this tape: \(detail)"
        case .streamMismatch(let stream, let detail): return "stream \(stream) \(detail)"
        case .payloadTooLarge(let size, let limit):
            return "a payload of \(size) bytes is larger than the \(limit) bytes that a frame holds"
        case .retired(let tombstone): return tombstone.explanation
        case .failed(let path):
            return "an earlier write to \(path) failed; run again, which recovers the stream first"
        }
    }

    /// A disk error, told apart by what the user can do about it.
    static func from(_ error: DiskError) -> TapeError {
        if error.isFull { return .diskFull(error) }
        if error.isReadOnly { return .readOnly(error) }
        return .disk(error)
    }
}

/// Runs a disk operation and turns its error into the tape's.
func onDisk<Result: ~Copyable>(_ body: () throws(DiskError) -> Result) throws(TapeError) -> Result {
    do {
        return try body()
    } catch {
        throw TapeError.from(error)
    }
}
