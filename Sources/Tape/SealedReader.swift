public import Columns
public import Market
internal import Platform

/// Reads a sealed day: whole messages in arrival order, or single columns of a block for projections that
/// fold them directly. One thread at a time.
public final class SealedReader {
    /// The stream.
    public let stream: StreamName
    /// The trading day.
    public let day: TradingDay
    let index: SealedIndex
    private let file: any DiskFile
    private let codecs: any CodecCatalog
    private let zstd = ZstdCodec()
    private var stored = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var buffers: [UInt8: UnsafeMutableRawBufferPointer] = [:]

    /// Opens a day's `day.tape`.
    /// - Throws: ``TapeError/notATape(path:detail:)`` where its frame or index is damaged or of another day.
    init(tape: Tape, stream: StreamName, day: TradingDay, path: String) throws(TapeError) {
        self.stream = stream
        self.day = day
        codecs = tape.codecs
        let file = try onDisk { () throws(DiskError) in try tape.disk.open(path, .read) }
        do throws(TapeError) {
            index = try SealedFile.readIndex(file)
            guard index.stream == stream, index.day == day else {
                throw .notATape(path: path, detail: "it holds \(index.stream) of \(index.day)")
            }
        } catch {
            file.close()
            throw error
        }
        self.file = file
    }

    /// The sealed part of a day; nil where it is not sealed.
    static func openIfSealed(
        tape: Tape, stream: StreamName, day: TradingDay
    ) throws(TapeError) -> SealedReader? {
        let path = "\(tape.path(of: stream, on: day))/\(SealedFile.name)"
        guard try onDisk({ () throws(DiskError) in try tape.disk.kind(of: path) }) != nil else { return nil }
        return try SealedReader(tape: tape, stream: stream, day: day, path: path)
    }

    /// What can be read of a day's `day.tape`, whose frame or index may be damaged; nil where nothing proves an
    /// index.
    static func openDamaged(
        tape: Tape, stream: StreamName, day: TradingDay
    ) throws(TapeError) -> SealedReader? {
        do throws(TapeError) {
            return try openIfSealed(tape: tape, stream: stream, day: day)
        } catch {
            guard case .notATape = error else { throw error }
        }
        let path = "\(tape.path(of: stream, on: day))/\(SealedFile.name)"
        let file = try onDisk { () throws(DiskError) in try tape.disk.open(path, .read) }
        do throws(TapeError) {
            let seal = try? DaySeal.load(tape: tape, stream: stream, day: day)
            if let index = try SealedFile.recoverIndex(file, root: seal?.root),
                index.stream == stream, index.day == day
            {
                return SealedReader(index: index, file: file, codecs: tape.codecs)
            }
        } catch {
            file.close()
            throw error
        }
        file.close()
        return nil
    }

    private init(index: SealedIndex, file: any DiskFile, codecs: any CodecCatalog) {
        (stream, day) = (index.stream, index.day)
        (self.index, self.file, self.codecs) = (index, file, codecs)
    }

    /// Opens the same sealed day again, for another thread.
    /// - Parameter root: The ``root`` of the first reader.
    /// - Returns: Nil where `day.tape` has been replaced since, or removed.
    public static func reopen(
        tape: Tape, stream: StreamName, day: TradingDay, root: [UInt8]
    ) throws(TapeError) -> SealedReader? {
        let reader = try openIfSealed(tape: tape, stream: stream, day: day)
        return reader?.root == root ? reader : nil
    }

    deinit {
        file.close()
        stored.deallocate()
        for buffer in buffers.values { buffer.deallocate() }
    }

    /// The Merkle root over the blocks, which names what is sealed.
    public var root: [UInt8] { index.root }

    /// How many messages are sealed.
    public var messageCount: UInt64 { index.messageCount }

    /// How many blocks there are.
    public var blockCount: Int { index.blocks.count }

    /// What a block holds, as the index tells.
    public struct BlockFacts: Sendable {
        /// How its columns restore messages.
        public let codec: CodecID
        /// Number of its first message.
        public let firstNumber: UInt64
        /// Messages in it.
        public let messageCount: Int
        /// First and last second of the day in it; nil where nothing has a time.
        public let seconds: ClosedRange<Int>?
        /// Whether any message has a receive time.
        public let hasReceiveTimes: Bool
        /// Whether any message came over a channel, was sent by us, or stands for one that is lost.
        public let hasOrigins: Bool
    }

    /// What a block holds, without reading it.
    public func block(_ number: Int) -> BlockFacts {
        let block = index.blocks[number]
        let isTimeless = block.firstSecond == SealedIndex.noSecond || block.firstSecond > block.lastSecond
        return BlockFacts(
            codec: CodecID(rawValue: block.codec), firstNumber: block.firstNumber,
            messageCount: Int(block.messageCount),
            seconds: isTimeless ? nil : Int(block.firstSecond)...Int(block.lastSecond),
            hasReceiveTimes: block.columns.contains { $0.id == MetadataColumns.receiveTimes },
            hasOrigins: block.columns.contains { $0.id == MetadataColumns.origins })
    }

    /// Bytes of a block's columns, all or those wanted, as they are stored and decompressed.
    public func columnSizes(ofBlock number: Int, wanted: Set<UInt8>? = nil) -> (stored: Int, raw: Int) {
        var sizes = (stored: 0, raw: 0)
        for column in index.blocks[number].columns where wanted?.contains(column.id) ?? true {
            sizes.stored += Int(column.storedSize)
            sizes.raw += Int(column.rawSize)
        }
        return sizes
    }

    /// Scales with which the messages were written.
    public var scales: StreamScales { index.scales }

    /// Reads, checks and decompresses columns of a block, all or those wanted; valid until the next call.
    /// - Returns: The columns; damage where one does not have its hash or does not decompress.
    public func columns(
        ofBlock number: Int, wanted: Set<UInt8>? = nil
    ) throws(TapeError) -> Result<ColumnSet, TapeDamage> {
        var set = ColumnSet()
        for column in index.blocks[number].columns where wanted?.contains(column.id) ?? true {
            guard let bytes = try read(column) else {
                return .failure(
                    damage(
                        inBlock: number, at: Int64(clamping: column.offset), size: Int64(column.storedSize)))
            }
            set[column.id] = bytes
        }
        return .success(set)
    }

    /// Restores the messages of a block into `arena`.
    func messages(ofBlock number: Int, into arena: MessageArena) throws(TapeError) -> TapeDamage? {
        let block = index.blocks[number]
        let set: ColumnSet
        switch try columns(ofBlock: number) {
        case .success(let columns): set = columns
        case .failure(let damage): return damage
        }
        guard let codec = codecs.codec(CodecID(rawValue: block.codec)) else {
            throw .notATape(path: file.path, detail: "its codec \(block.codec) is not known to this program")
        }
        arena.begin(payloadSize: Int(block.payloadSize), messageCount: Int(block.messageCount))
        var metadata = MetadataColumns.Reader(set)
        var next = block.firstNumber
        let isWhole = codec.decode(set, messageCount: Int(block.messageCount)) { payload in
            let (time, channel, direction) = metadata.next()
            arena.append(
                payload, number: next, receiveTimeNanos: time, channel: channel, direction: direction)
            next += 1
        }
        guard isWhole, metadata.isComplete, arena.isComplete else {
            return damage(inBlock: number, at: Int64(clamping: block.columns.first?.offset ?? 0), size: 0)
        }
        return nil
    }

    /// Damage that costs a whole block.
    func damage(inBlock number: Int, at offset: Int64, size: Int64) -> TapeDamage {
        let block = index.blocks[number]
        return TapeDamage(
            kind: .block, stream: stream, day: day, path: file.path, offset: offset, size: size,
            lost: block.firstNumber..<(block.firstNumber + UInt64(block.messageCount)))
    }

    private func read(_ column: SealedIndex.StoredColumn) throws(TapeError) -> UnsafeRawBufferPointer? {
        let size = Int(column.storedSize)
        if stored.count < size {
            stored.deallocate()
            stored = .allocate(byteCount: size * 2, alignment: 64)
        }
        let frame = UnsafeMutableRawBufferPointer(rebasing: stored[..<size])
        let count = try onDisk { () throws(DiskError) in
            try file.read(into: frame, at: Int64(clamping: column.offset))
        }
        guard count == size, SHA256.hash(UnsafeRawBufferPointer(frame)) == column.hash else { return nil }
        let raw = Int(column.rawSize)
        // Before memory is taken for it.
        guard ZstdCodec.contentSize(of: UnsafeRawBufferPointer(frame)) == raw else { return nil }
        let target = buffer(column.id, size: raw)
        guard zstd.decompress(UnsafeRawBufferPointer(frame), into: target) else { return nil }
        return UnsafeRawBufferPointer(target)
    }

    private func buffer(_ id: UInt8, size: Int) -> UnsafeMutableRawBufferPointer {
        let needed = size + RawMessage.payloadSlack
        if buffers[id].map({ $0.count < needed }) ?? true {
            buffers[id]?.deallocate()
            let fresh = UnsafeMutableRawBufferPointer.allocate(byteCount: needed + needed / 4, alignment: 64)
            fresh.initializeMemory(as: UInt8.self, repeating: 0)
            buffers[id] = fresh
        }
        return UnsafeMutableRawBufferPointer(rebasing: buffers[id]![..<size])
    }
}

/// The messages of one block in memory, payloads one behind the other.
final class MessageArena {
    private var bytes = UnsafeMutableRawBufferPointer.allocate(
        byteCount: RawMessage.payloadSlack, alignment: 64)
    private(set) var messages: UnsafeMutableBufferPointer<RawMessage> = .allocate(capacity: 0)
    private(set) var count = 0
    private var used = 0
    private var expectedSize = 0
    private var expectedCount = 0
    private var overflowed = false

    deinit {
        bytes.deallocate()
        messages.deallocate()
    }

    /// Makes room for exactly what a block is said to hold.
    func begin(payloadSize: Int, messageCount: Int) {
        if bytes.count < payloadSize + RawMessage.payloadSlack {
            bytes.deallocate()
            bytes = .allocate(byteCount: payloadSize + RawMessage.payloadSlack, alignment: 64)
            bytes.initializeMemory(as: UInt8.self, repeating: 0)
        }
        if messages.count < messageCount {
            messages.deallocate()
            messages = .allocate(capacity: messageCount)
        }
        (count, used, expectedSize, expectedCount, overflowed) = (0, 0, payloadSize, messageCount, false)
    }

    /// Whether as much has come as was announced.
    var isComplete: Bool { !overflowed && used == expectedSize && count == expectedCount }

    func append(
        _ payload: UnsafeRawBufferPointer, number: UInt64, receiveTimeNanos: Int64, channel: UInt16,
        direction: UInt8
    ) {
        guard used + payload.count <= expectedSize, count < expectedCount else {
            overflowed = true
            return
        }
        let target = bytes.baseAddress! + used
        if let base = payload.baseAddress { target.copyMemory(from: base, byteCount: payload.count) }
        messages.initializeElement(
            at: count,
            to: RawMessage(
                payload: target, payloadSize: payload.count, number: number,
                receiveTimeNanos: receiveTimeNanos,
                channel: channel, direction: direction))
        used += payload.count
        count += 1
    }
}
