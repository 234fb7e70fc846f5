internal import Columns
internal import Market
internal import Platform

/// Writes a day's messages as columns into a new file: blocks of one trading hour, each independent of the
/// others.
struct SealedWriter {
    let tape: Tape
    let stream: StreamName
    let day: TradingDay
    let scales: StreamScales

    /// A block is also cut here, so that its memory has a bound.
    private static let blockMessagesMax = Int(SealedIndex.blockMessagesMax)
    private static let blockBytesMax = 128 << 20

    /// Writes all messages of `cursor` to `path` and makes the file durable.
    /// - Throws: ``TapeError``; damage on the tape is one: what cannot be read cannot be sealed.
    func write(_ cursor: DayCursor, to path: String) throws(TapeError) -> SealedIndex {
        let file = try onDisk { () throws(DiskError) in try tape.disk.open(path, .replace) }
        defer { file.close() }
        var output = Output(file: file)
        try output.append(SealedFile.header)
        var sha = SHA256()
        var blocks: [SealedIndex.Block] = []
        let collector = BlockCollector()
        var hour = -1
        while let messages = try cursor.next() {
            for message in messages {
                let its = tape.codecs.hour(of: message) ?? hour
                if collector.count > 0,
                    its > hour || collector.count >= SealedWriter.blockMessagesMax
                        || collector.size >= SealedWriter.blockBytesMax
                {
                    blocks.append(try block(collector, &output, &sha))
                }
                hour = max(hour, its)
                collector.append(message)
            }
        }
        if let damage = cursor.damages.first(where: { !$0.isHalfMark }) {
            throw .notATape(path: damage.path, detail: "\(damage); a damaged day is not sealed")
        }
        if collector.count > 0 { blocks.append(try block(collector, &output, &sha)) }
        let index = SealedIndex(
            stream: stream, day: day, scales: scales,
            messageCount: blocks.reduce(0) { $0 + UInt64($1.messageCount) }, rawHash: sha.current(),
            blocks: blocks)
        let bytes = index.encoded()
        let offset = UInt64(output.size)
        try output.append(bytes)
        try output.append(SealedFile.trailer(indexOffset: offset, index: bytes))
        try output.flush()
        try onDisk { () throws(DiskError) in try file.sync() }
        return index
    }

    private func block(
        _ collector: BlockCollector, _ output: inout Output, _ sha: inout SHA256
    ) throws(TapeError) -> SealedIndex.Block {
        let messages = collector.messages
        defer { collector.removeAll() }
        sha.update(collector.bytesWithNewlines)
        let block = tape.codecs.choose(messages).encode(messages)
        precondition(block.messageCount == messages.count, "a codec lost messages")
        let columns = block.columns + MetadataColumns.encode(messages)
        return SealedIndex.Block(
            firstNumber: messages[0].number, messageCount: UInt32(messages.count),
            codec: block.codec.rawValue,
            firstSecond: block.seconds.map { UInt32($0.lowerBound) } ?? SealedIndex.noSecond,
            lastSecond: block.seconds.map { UInt32($0.upperBound) } ?? SealedIndex.noSecond,
            payloadSize: UInt64(collector.size),
            columns: try columns.map { (column) throws(TapeError) in
                try output.append(column)
            })
    }

    /// The file being written, in large pieces.
    private struct Output {
        let file: any DiskFile
        private var buffer: [UInt8] = []
        private var flushed: Int64 = 0
        private let zstd = ZstdCodec()

        init(file: any DiskFile) { self.file = file }

        var size: Int64 { flushed + Int64(buffer.count) }

        mutating func append(_ bytes: [UInt8]) throws(TapeError) {
            buffer += bytes
            if buffer.count > 4 << 20 { try flush() }
        }

        mutating func append(_ column: Column) throws(TapeError) -> SealedIndex.StoredColumn {
            let effort: ZstdCodec.Effort =
                switch column.packing {
                case .raw, .entropy: .entropy
                case .fast: .fast
                case .strong: .strong
                }
            let frame = column.bytes.withUnsafeBytes { zstd.compress($0, effort) }
            let offset = UInt64(size)
            try append(frame)
            return SealedIndex.StoredColumn(
                id: column.id, packing: column.packing.rawValue, offset: offset,
                storedSize: UInt32(frame.count), rawSize: UInt32(column.bytes.count),
                hash: SHA256.hash(of: frame))
        }

        mutating func flush() throws(TapeError) {
            let (bytes, offset, file) = (buffer, flushed, file)
            let result = bytes.withUnsafeBytes { raw in
                Result { () throws(DiskError) in try file.write(raw, at: offset) }
            }
            try onDisk { () throws(DiskError) in try result.get() }
            flushed += Int64(buffer.count)
            buffer.removeAll(keepingCapacity: true)
        }
    }
}

/// Copies of the messages of the block that is being collected, each followed by a LF.
final class BlockCollector {
    private var bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    private var used = 0
    private var entries: [Entry] = []
    private var views: UnsafeMutableBufferPointer<RawMessage> = .allocate(capacity: 0)
    /// Bytes of the payloads.
    private(set) var size = 0

    private struct Entry {
        let offset: Int
        let size: Int
        let number: UInt64
        let receiveTimeNanos: Int64
        let channel: UInt16
        let direction: UInt8
    }

    deinit {
        bytes.deallocate()
        views.deallocate()
    }

    var count: Int { entries.count }

    func append(_ message: RawMessage) {
        let needed = used + message.payloadSize + 1 + RawMessage.payloadSlack
        if needed > bytes.count { grow(needed) }
        let target = bytes.baseAddress! + used
        target.copyMemory(from: message.payload, byteCount: message.payloadSize)
        target.storeBytes(of: 0x0A, toByteOffset: message.payloadSize, as: UInt8.self)
        entries.append(
            Entry(
                offset: used, size: message.payloadSize, number: message.number,
                receiveTimeNanos: message.receiveTimeNanos, channel: message.channel,
                direction: message.direction))
        used += message.payloadSize + 1
        size += message.payloadSize
    }

    /// The messages; valid until the collector changes.
    var messages: UnsafeBufferPointer<RawMessage> {
        if views.count < entries.count {
            views.deallocate()
            views = .allocate(capacity: entries.count)
        }
        for (index, entry) in entries.enumerated() {
            views.initializeElement(
                at: index,
                to: RawMessage(
                    payload: UnsafeRawPointer(bytes.baseAddress! + entry.offset), payloadSize: entry.size,
                    number: entry.number, receiveTimeNanos: entry.receiveTimeNanos, channel: entry.channel,
                    direction: entry.direction))
        }
        return UnsafeBufferPointer(rebasing: views[..<entries.count])
    }

    /// All payloads, each with its LF.
    var bytesWithNewlines: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[..<used]) }

    func removeAll() {
        used = 0
        size = 0
        entries.removeAll(keepingCapacity: true)
    }

    private func grow(_ needed: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: needed * 2, alignment: 64)
        larger.initializeMemory(as: UInt8.self, repeating: 0)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<used]))
        bytes.deallocate()
        bytes = larger
    }
}
