/// Cuts an input into numbers and byte strings; behind its end everything is zero or empty.
struct FuzzInput {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { offset >= bytes.count }

    mutating func byte() -> UInt8 {
        guard offset < bytes.count else { return 0 }
        defer { offset += 1 }
        return bytes[offset]
    }

    /// An integer, lowest byte first.
    mutating func number<Value: FixedWidthInteger>(_ type: Value.Type) -> Value {
        var value: Value = 0
        for index in 0..<(Value.bitWidth / 8) {
            value |= Value(truncatingIfNeeded: byte()) << Value(index * 8)
        }
        return value
    }

    /// A string of bytes behind its size, which takes three bytes; shorter at the end of the input.
    mutating func chunk() -> UnsafeRawBufferPointer {
        let size = Int(number(UInt16.self)) | Int(byte()) << 16
        let end = min(offset + size, bytes.count)
        defer { offset = end }
        return UnsafeRawBufferPointer(rebasing: bytes[min(offset, end)..<end])
    }

    /// All that is left.
    mutating func rest() -> UnsafeRawBufferPointer {
        defer { offset = bytes.count }
        return UnsafeRawBufferPointer(rebasing: bytes[min(offset, bytes.count)...])
    }
}

/// Writes what ``FuzzInput`` reads: how seeds are made.
struct FuzzOutput {
    private(set) var bytes: [UInt8] = []

    mutating func number<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func chunk(_ chunk: [UInt8]) {
        number(UInt16(truncatingIfNeeded: chunk.count))
        number(UInt8(truncatingIfNeeded: chunk.count >> 16))
        bytes += chunk
    }
}
