internal import Columns

/// Values that are nearly always what was predicted: per miss a varint of how many were right before it, and
/// the zigzag difference.
struct MissWriter: ~Copyable {
    private var sink = ByteSink(capacity: 1024)
    private var hits: UInt64 = 0

    @inline(__always)
    mutating func add(_ difference: Int64) {
        if _fastPath(difference == 0) {
            hits &+= 1
            return
        }
        sink.reserve(20)
        sink.appendUnchecked(hits)
        sink.appendSignedUnchecked(difference)
        hits = 0
    }

    var bytes: [UInt8] { sink.array }
}

/// Reads what ``MissWriter`` wrote.
struct MissReader {
    private var reader: VarintReader
    private var hits: UInt64 = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        reader = VarintReader(bytes)
        hits = reader.isAtEnd ? UInt64.max : reader.next()
    }

    /// Whether something was not readable.
    var failed: Bool { reader.failed }

    /// The next difference.
    @inline(__always)
    mutating func next() -> Int64 {
        if _fastPath(hits > 0) {
            hits &-= 1
            return 0
        }
        return nextMiss()
    }

    private mutating func nextMiss() -> Int64 {
        let difference = reader.nextSigned()
        hits = reader.isAtEnd || reader.failed ? UInt64.max : reader.next()
        return difference
    }
}
