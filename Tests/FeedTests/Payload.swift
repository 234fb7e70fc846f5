import Columns

/// Runs `body` on a copy of the bytes, followed by the readable bytes that decoders may count on.
///
/// What stands behind the payload must not matter, so tests fill it with what would do harm.
func withPayload<Result>(
    _ bytes: [UInt8], behind: UInt8 = 0x7C, _ body: (UnsafeRawBufferPointer) throws -> Result
) rethrows -> Result {
    let memory = UnsafeMutableRawBufferPointer.allocate(
        byteCount: bytes.count + RawMessage.payloadSlack, alignment: 1)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: behind)
    memory.copyBytes(from: bytes)
    return try body(UnsafeRawBufferPointer(rebasing: memory[..<bytes.count]))
}

/// Bytes as text for messages of failing tests.
func readable(_ bytes: [UInt8]) -> String {
    bytes.map { (0x20..<0x7F).contains($0) ? String(UnicodeScalar($0)) : "<\($0)>" }.joined()
}
