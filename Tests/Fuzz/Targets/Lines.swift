/// Payloads joined by LF, the form in which targets take messages.
enum Lines {
    static func join(_ lines: some Sequence<[UInt8]>) -> [UInt8] { Array(lines.joined(separator: [0x0A])) }

    static func split(_ bytes: UnsafeRawBufferPointer) -> [Slice<UnsafeRawBufferPointer>] {
        bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    }
}
