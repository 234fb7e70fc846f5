internal import Glibc

/// Files that live as long as one command.
public enum TemporaryFile {
    /// Copies a source to a new file in the directory for temporary files.
    /// - Returns: The file's path; the caller removes it.
    public static func copy(of source: any ByteSource) throws(SourceError) -> String {
        let directory = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(directory)/jejak-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        let path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        guard descriptor >= 0 else { throw .disk(DiskError("create", path: path, code: errno)) }
        defer { _ = close(descriptor) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            let count = try source.read(into: buffer)
            if count == 0 { return path }
            var done = 0
            while done < count {
                let step = write(descriptor, buffer.baseAddress! + done, count - done)
                if step >= 0 {
                    done += step
                } else if errno != EINTR {
                    let code = errno
                    remove(path)
                    throw .disk(DiskError("write", path: path, code: code))
                }
            }
        }
    }

    /// Removes a file; no error where it is gone.
    public static func remove(_ path: String) { unlink(path) }
}
