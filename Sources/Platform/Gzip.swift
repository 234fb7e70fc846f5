internal import CZlib

/// A gzip stream (RFC 1952), decompressed; concatenated members are one stream.
public final class GzipSource: ByteSource {
    private let compressed: any ByteSource
    private let path: String
    private let input: UnsafeMutableRawBufferPointer
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var ended = true
    private var first = true

    /// Decompresses `compressed`; `path` names it in errors.
    public init(_ compressed: any ByteSource, path: String) {
        self.compressed = compressed
        self.path = path
        input = .allocate(byteCount: 1 << 17, alignment: 16)
        stream.initialize(to: z_stream())
        // 15 bits of window, + 16: a gzip header and trailer, whose CRC-32 zlib checks.
        let code = inflateInit2_(stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(code == Z_OK, "zlib cannot start")
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        input.deallocate()
    }

    /// Decompressed bytes; 0 at the end of the last member.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
        stream.pointee.next_out = buffer.baseAddress!.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(min(buffer.count, 1 << 30))
        let room = stream.pointee.avail_out
        while stream.pointee.avail_out == room {
            if stream.pointee.avail_in == 0 {
                let count = try compressed.read(into: input)
                if count == 0 {
                    if ended && !first { return 0 }
                    throw .truncated(path: path, format: "gzip")
                }
                stream.pointee.next_in = input.baseAddress!.assumingMemoryBound(to: UInt8.self)
                stream.pointee.avail_in = UInt32(count)
            }
            if ended && !first { inflateReset(stream) }
            (first, ended) = (false, false)
            let code = inflate(stream, Z_NO_FLUSH)
            if code == Z_STREAM_END {
                ended = true
            } else if code != Z_OK && code != Z_BUF_ERROR {
                let reason = stream.pointee.msg.map { String(cString: $0) } ?? "code \(code)"
                throw .corrupt(path: path, format: "gzip", reason: reason)
            }
        }
        return Int(room - stream.pointee.avail_out)
    }
}
