internal import Platform

/// What a command answers on standard output; knows whether some of it is out already, so that until then the
/// answer can be made again.
final class AnswerOutput {
    private let output = StandardOutput()
    private var buffer: [UInt8] = []
    private static let flushSize = 1 << 20

    /// Whether something has been written, and cannot be taken back.
    private(set) var hasStarted = false

    /// Whether the reader has gone away.
    var isClosed: Bool { output.isClosed }

    func write(_ bytes: [UInt8]) throws {
        buffer += bytes
        if buffer.count >= AnswerOutput.flushSize { try flush() }
    }

    func line(_ text: String) throws { try write(Array(text.utf8) + [0x0A]) }

    func flush() throws {
        guard !buffer.isEmpty else { return }
        hasStarted = true
        defer { buffer.removeAll(keepingCapacity: true) }
        try output.write(buffer)
        try output.flush()
    }

    /// Takes back what has not been written.
    func discard() { buffer.removeAll(keepingCapacity: true) }
}
