// Whole bytes and whole columns, beside the varints of hot encoders.
extension ByteSink {
    /// Appends one byte within reserved room.
    @inlinable
    public mutating func appendUnchecked(byte: UInt8) {
        base[count] = byte
        count &+= 1
    }

    /// Appends one byte.
    @inlinable
    public mutating func append(byte: UInt8) {
        reserve(1)
        appendUnchecked(byte: byte)
    }

    /// Appends a varint.
    @inlinable
    public mutating func append(_ value: UInt64) {
        reserve(10)
        appendUnchecked(value)
    }

    /// Appends a zigzag varint.
    @inlinable
    public mutating func appendSigned(_ value: Int64) {
        reserve(10)
        appendSignedUnchecked(value)
    }

    /// Appends bytes as they are.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        reserve(bytes.count)
        UnsafeMutableRawPointer(base + count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    /// The bytes so far, copied out.
    public var array: [UInt8] { Array(bytes) }
}
