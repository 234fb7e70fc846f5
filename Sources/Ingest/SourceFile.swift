internal import Platform

/// A file, pipe or standard input as bytes, decompressed where its first bytes say `.gz` or `.zst`.
struct SourceFile {
    /// How users call it.
    let name: String
    private let path: String

    /// The source at a path, `-` for standard input.
    init(path: String) {
        self.path = path
        name = path == "-" ? "standard input" : path
    }

    /// Whether it can be read twice; pipes and terminals cannot.
    var isRepeatable: Bool { path != "-" && FileSource.isRegular(path) }

    /// Opens the source from its beginning, without reading of it.
    func open() throws(SourceError) -> Opened {
        let raw = try CountingSource(FileSource(path: path))
        return Opened(bytes: DetectingSource(raw, path: path, name: name), raw: raw)
    }

    /// An open source.
    struct Opened {
        let bytes: any ByteSource
        let raw: CountingSource
    }
}

/// Finds out at the first read whether a source is compressed.
private final class DetectingSource: ByteSource {
    private let raw: CountingSource
    private let path: String
    private let name: String
    private var detected: (any ByteSource)?

    init(_ raw: CountingSource, path: String, name: String) {
        self.raw = raw
        self.path = path
        self.name = name
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
        if let detected { return try detected.read(into: buffer) }
        let source = try detect()
        detected = source
        return try source.read(into: buffer)
    }

    private func detect() throws(SourceError) -> any ByteSource {
        var head = [UInt8](repeating: 0, count: 4)
        var count = 0
        while count < head.count {
            let result = head.withUnsafeMutableBytes { buffer in
                Result { () throws(SourceError) in
                    try raw.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
                }
            }
            let step = try result.get()
            if step == 0 { break }
            count += step
        }
        let whole = ReplayedSource(head: Array(head[..<count]), rest: raw)
        if count >= 2, head[0] == 0x1F, head[1] == 0x8B { return GzipSource(whole, path: name) }
        if count == 4, head == [0x28, 0xB5, 0x2F, 0xFD] { return ZstdSource(whole, path: name) }
        // A name that promises compressed data is taken at its word.
        for (suffix, format) in [(".gz", "gzip"), (".zst", "zstd")] where path.hasSuffix(suffix) {
            throw .corrupt(path: name, format: format, reason: "it does not begin like a \(suffix) file")
        }
        return whole
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
