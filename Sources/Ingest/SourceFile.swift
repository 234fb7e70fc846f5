internal import Platform

/// A file or standard input as bytes, decompressed where its first bytes say `.gz` or `.zst`.
struct SourceFile {
    /// How users call it.
    let name: String
    private let path: String

    /// The source at a path, `-` for standard input.
    init(path: String) {
        self.path = path
        name = path == "-" ? "standard input" : path
    }

    var isStandardInput: Bool { path == "-" }

    /// Opens the source from its beginning.
    /// - Returns: The bytes; the raw size and a way to ask how much of it has been read, where it is a file.
    func open() throws(SourceError) -> Opened {
        let raw = try CountingSource(FileSource(path: path))
        var head = [UInt8](repeating: 0, count: 4)
        var count = 0
        while count < head.count {
            var step = 0
            let result = head.withUnsafeMutableBytes { buffer in
                Result { () throws(SourceError) in
                    try raw.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
                }
            }
            step = try result.get()
            if step == 0 { break }
            count += step
        }
        let whole = ReplayedSource(head: Array(head[..<count]), rest: raw)
        // A name that promises compressed data is taken at its word.
        if path.hasSuffix(".gz"), count < 2 || head[0] != 0x1F || head[1] != 0x8B {
            throw .corrupt(path: name, format: "gzip", reason: "it does not begin like a .gz file")
        }
        if path.hasSuffix(".zst"), count < 4 || head != [0x28, 0xB5, 0x2F, 0xFD] {
            throw .corrupt(path: name, format: "zstd", reason: "it does not begin like a .zst file")
        }
        let source: any ByteSource =
            if count >= 2, head[0] == 0x1F, head[1] == 0x8B {
                GzipSource(whole, path: name)
            } else if count == 4, head == [0x28, 0xB5, 0x2F, 0xFD] {
                ZstdSource(whole, path: name)
            } else {
                whole
            }
        return Opened(bytes: source, raw: raw)
    }

    /// An open source.
    struct Opened {
        let bytes: any ByteSource
        let raw: CountingSource
    }
}

/// Counts what has been read of a file, for progress lines.
final class CountingSource: ByteSource {
    /// Bytes in the file; nil for a pipe.
    let size: Int64?
    private let file: FileSource
    private(set) var readCount: Int64 = 0

    init(_ file: FileSource) {
        self.file = file
        size = file.size
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
        let count = try file.read(into: buffer)
        readCount += Int64(count)
        return count
    }
}
