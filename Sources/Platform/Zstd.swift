internal import CZstd

/// A zstd stream (RFC 8878), decompressed; concatenated frames are one stream.
public final class ZstdSource: ByteSource {
    private let compressed: any ByteSource
    private let path: String
    private let context: OpaquePointer
    private let input: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0
    private var insideFrame = false

    /// Decompresses `compressed`; `path` names it in errors.
    public init(_ compressed: any ByteSource, path: String) {
        self.compressed = compressed
        self.path = path
        context = ZSTD_createDCtx()
        input = .allocate(byteCount: ZSTD_DStreamInSize(), alignment: 16)
    }

    deinit {
        ZSTD_freeDCtx(context)
        input.deallocate()
    }

    /// Decompressed bytes; 0 at the end of the last frame.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
        var output = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
        while output.pos == 0 {
            if start == end {
                start = 0
                end = try compressed.read(into: input)
                if end == 0 {
                    if insideFrame { throw .truncated(path: path, format: "zstd") }
                    return 0
                }
            }
            var chunk = ZSTD_inBuffer(src: input.baseAddress, size: end, pos: start)
            let result = ZSTD_decompressStream(context, &output, &chunk)
            start = chunk.pos
            if ZSTD_isError(result) != 0 {
                throw .corrupt(path: path, format: "zstd", reason: String(cString: ZSTD_getErrorName(result)))
            }
            insideFrame = result != 0
        }
        return output.pos
    }
}
