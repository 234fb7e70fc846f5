internal import Columns
internal import Market
internal import Platform

/// Writes messages with their old numbers, and gaps where there are none, into new segments. Each is called
/// `N.log.new` until a plan renames it.
final class SalvageWriter {
    private(set) var nextNumber: UInt64
    private(set) var chain: UInt32
    /// First numbers of the segments.
    private(set) var segments: [UInt64] = []
    /// Bytes in the last one.
    private(set) var offset: Int64 = 0

    private let tape: Tape
    private let stream: StreamName
    private let day: TradingDay
    private let scales: StreamScales
    private let segmentSizeMax: Int64
    private var file: (any DiskFile)?
    private let buffer = GroupBuffer(capacity: 1 << 20)
    private var bufferStart: Int64 = 0

    /// - Parameters:
    ///   - nextNumber: Number of the first message.
    ///   - chain: Checksum of the frame before it; 0 where there is none.
    init(
        tape: Tape, stream: StreamName, day: TradingDay, scales: StreamScales, nextNumber: UInt64,
        chain: UInt32,
        segmentSizeMax: Int64
    ) {
        self.tape = tape
        self.stream = stream
        self.day = day
        self.scales = scales
        self.nextNumber = nextNumber
        self.chain = chain
        self.segmentSizeMax = segmentSizeMax
    }

    deinit { file?.close() }

    /// Writes a message under its number, behind a gap if there is one.
    func append(_ message: RawMessage, reason: (Range<UInt64>) -> String) throws(TapeError) {
        guard message.number >= nextNumber else { return }
        try fill(to: message.number, reason: reason)
        try write(message)
    }

    /// Writes a gap up to a number.
    func fill(to end: UInt64, reason: (Range<UInt64>) -> String) throws(TapeError) {
        guard nextNumber < end else { return }
        let text = Array(reason(nextNumber..<end).utf8)
        try write(gap: text)
        while nextNumber < end { try write(gap: []) }
    }

    /// Makes everything durable.
    func finish() throws(TapeError) {
        try flush()
        if let file {
            defer { file.close() }
            self.file = nil
            try onDisk { () throws(DiskError) in try file.sync() }
        }
    }

    private func write(gap text: [UInt8]) throws(TapeError) {
        let bytes = text + [UInt8](repeating: 0, count: RawMessage.payloadSlack)
        let result = bytes.withUnsafeBytes { raw in
            Result { () throws(TapeError) in
                try write(
                    RawMessage(
                        payload: raw.baseAddress!, payloadSize: text.count, number: nextNumber,
                        receiveTimeNanos: Timestamp.none.nanos, channel: 0, direction: RawMessage.gapDirection
                    ))
            }
        }
        try result.get()
    }

    private func write(_ message: RawMessage) throws(TapeError) {
        let size = Frame.paddedSize(payloadSize: message.payloadSize)
        let isFull = offset + Int64(size) > segmentSizeMax && offset > Int64(SegmentHeader.size)
        if segments.isEmpty || isFull { try beginSegment() }
        chain = Frame.encode(message, chain: chain, at: buffer.extend(by: size))
        offset += Int64(size)
        nextNumber = message.number + 1
        if buffer.count >= 1 << 20 { try flush() }
    }

    private func beginSegment() throws(TapeError) {
        try finish()
        let header = SegmentHeader(
            day: day, firstNumber: nextNumber, createdNanos: tape.clock.wallNanos(), scales: scales,
            previousChain: chain, stream: stream)
        let (bytes, seed) = header.encoded()
        let path = "\(tape.path(of: stream, on: day))/\(SegmentFile.name(firstNumber: nextNumber)).new"
        file = try onDisk { () throws(DiskError) in try tape.disk.open(path, .replace) }
        bytes.withUnsafeBytes {
            buffer.extend(by: bytes.count).copyMemory(from: $0.baseAddress!, byteCount: $0.count)
        }
        segments.append(nextNumber)
        (chain, offset, bufferStart) = (seed, Int64(bytes.count), 0)
    }

    private func flush() throws(TapeError) {
        guard let file, buffer.count > 0 else { return }
        try onDisk { () throws(DiskError) in try file.write(buffer.bytes, at: bufferStart) }
        bufferStart += Int64(buffer.count)
        buffer.reset()
    }
}
