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

/// Whole buffers in and out of zstd frames (RFC 8878), each with the content checksum on: without it most bit
/// flips decode to wrong bytes silently. One thread at a time.
public final class ZstdCodec {
    /// How much work goes into a frame.
    public enum Effort: Sendable {
        /// No matches, only entropy coding: fast both ways; best where bytes are skewed but do not repeat.
        case entropy
        /// A low level.
        case fast
        /// A high level, for what is small or repeats much.
        case strong
    }

    private let compressor: OpaquePointer
    private let decompressor: OpaquePointer

    /// A codec with its own working memory.
    public init() {
        compressor = ZSTD_createCCtx()
        decompressor = ZSTD_createDCtx()
    }

    deinit {
        ZSTD_freeCCtx(compressor)
        ZSTD_freeDCtx(decompressor)
    }

    /// A frame that holds `bytes`.
    public func compress(_ bytes: UnsafeRawBufferPointer, _ effort: Effort) -> [UInt8] {
        ZSTD_CCtx_reset(compressor, ZSTD_reset_session_and_parameters)
        ZSTD_CCtx_setParameter(compressor, ZSTD_c_checksumFlag, 1)
        switch effort {
        case .entropy:
            // A tiny hash table and long matches leave nearly all bytes to the literals' Huffman code.
            ZSTD_CCtx_setParameter(compressor, ZSTD_c_compressionLevel, 1)
            ZSTD_CCtx_setParameter(compressor, ZSTD_c_strategy, Int32(ZSTD_fast.rawValue))
            ZSTD_CCtx_setParameter(compressor, ZSTD_c_minMatch, 7)
            ZSTD_CCtx_setParameter(compressor, ZSTD_c_hashLog, 6)
        case .fast: ZSTD_CCtx_setParameter(compressor, ZSTD_c_compressionLevel, 3)
        case .strong: ZSTD_CCtx_setParameter(compressor, ZSTD_c_compressionLevel, 19)
        }
        let bound = ZSTD_compressBound(bytes.count)
        return [UInt8](unsafeUninitializedCapacity: bound) { target, count in
            let size = ZSTD_compress2(compressor, target.baseAddress, bound, bytes.baseAddress, bytes.count)
            precondition(ZSTD_isError(size) == 0, "zstd cannot compress into its own bound")
            count = size
        }
    }

    /// How many bytes a frame says that it holds; nil where it says nothing or is none.
    public static func contentSize(of frame: UnsafeRawBufferPointer) -> Int? {
        let size = ZSTD_getFrameContentSize(frame.baseAddress, frame.count)
        // The two highest values are zstd's own: unknown, and not a frame.
        return size < UInt64.max - 1 ? Int(exactly: size) : nil
    }

    /// Decompresses a frame that holds exactly `target.count` bytes; false where it is damaged or holds
    /// another number of bytes.
    public func decompress(_ frame: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer)
        -> Bool
    {
        ZSTD_decompressDCtx(decompressor, target.baseAddress, target.count, frame.baseAddress, frame.count)
            == target.count
    }
}
