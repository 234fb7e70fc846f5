internal import Glibc

/// `data.mdb`, read page by page without mapping it.
final class PageFile {
    /// Bytes of the file when it was opened.
    let size: UInt64
    private let path: String
    private let directory: String
    private let file: Int32

    init(_ paths: StorePaths) throws(StoreError) {
        path = paths.data
        directory = paths.directory
        file = open(paths.data, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .io(path: paths.data, operation: "open", errno: errno) }
        let end = lseek(file, 0, SEEK_END)
        size = UInt64(max(0, end))
    }

    deinit { close(file) }

    /// Fills a buffer from an offset; false where the file ends before.
    func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(StoreError) -> Bool {
        guard let base = buffer.baseAddress else { return true }
        guard offset < size, UInt64(buffer.count) <= size - offset else { return false }
        var count = 0
        while count < buffer.count {
            let got = pread(file, base + count, buffer.count - count, off_t(offset) + off_t(count))
            if got < 0 {
                if errno == EINTR { continue }
                throw .io(path: path, operation: "read", errno: errno)
            }
            if got == 0 { return false }
            count += got
        }
        return true
    }

    func damaged(_ detail: String) -> StoreError {
        .damaged(path: directory, detail: "data.mdb: \(detail)")
    }
}
