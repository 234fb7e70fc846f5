internal import Columns

/// Bytes followed by exactly the readable bytes that decoders may count on, so that AddressSanitizer sees the
/// first read beyond them.
final class PaddedBytes {
    let bytes: UnsafeRawBufferPointer
    private let memory: UnsafeMutableRawPointer

    init(_ content: some Collection<UInt8>) {
        let size = content.count + RawMessage.payloadSlack
        memory = .allocate(byteCount: size, alignment: 8)
        let target = UnsafeMutableRawBufferPointer(start: memory, count: size)
        target.copyBytes(from: content)
        for index in content.count..<size { target[index] = 0xA5 }
        bytes = UnsafeRawBufferPointer(rebasing: target[..<content.count])
    }

    deinit { memory.deallocate() }
}

/// Messages as the tape's readers hand them out.
final class PaddedMessages {
    let messages: [RawMessage]
    private let payloads: [PaddedBytes]

    init(_ payloads: [some Collection<UInt8>]) {
        let padded = payloads.map { PaddedBytes($0) }
        self.payloads = padded
        messages = padded.enumerated().map { number, payload in
            RawMessage(
                payload: payload.bytes.baseAddress!, payloadSize: payload.bytes.count, number: UInt64(number),
                receiveTimeNanos: Int64.min, channel: 0, direction: 0)
        }
    }

    func withMessages<Result>(_ body: (UnsafeBufferPointer<RawMessage>) -> Result) -> Result {
        withExtendedLifetime(self) { messages.withUnsafeBufferPointer(body) }
    }
}

/// Columns as the tape's readers hand them out.
final class PaddedColumns {
    private(set) var set = ColumnSet()
    private var columns: [PaddedBytes] = []

    init(_ columns: some Sequence<(id: UInt8, bytes: [UInt8])>) {
        for column in columns {
            let padded = PaddedBytes(column.bytes)
            self.columns.append(padded)
            set[column.id] = padded.bytes
        }
    }
}
