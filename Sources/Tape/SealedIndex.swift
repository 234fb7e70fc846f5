internal import Columns
internal import Market
internal import Platform

/// The index of a sealed day: what stands where in `day.tape`, with a hash of every compressed column kept
/// outside the column (`tape/FORMAT.md`, "Sealed day").
struct SealedIndex: Equatable {
    /// A compressed column.
    struct StoredColumn: Equatable {
        var id: UInt8
        var packing: UInt8
        var offset: UInt64
        var storedSize: UInt32
        var rawSize: UInt32
        /// SHA-256 of the stored bytes.
        var hash: [UInt8]
    }

    /// A block of consecutive messages.
    struct Block: Equatable {
        var firstNumber: UInt64
        var messageCount: UInt32
        var codec: UInt16
        /// First and last second of the day in the block; 0xFFFF_FFFF where nothing has a time.
        var firstSecond: UInt32
        var lastSecond: UInt32
        /// Bytes of the payloads.
        var payloadSize: UInt64
        var columns: [StoredColumn]
    }

    var stream: StreamName
    var day: TradingDay
    var scales: StreamScales
    var messageCount: UInt64
    /// SHA-256 over every payload followed by a LF, in tape order: what `jejak cat | sha256sum` prints.
    var rawHash: [UInt8]
    var blocks: [Block]

    static let noSecond = UInt32.max

    /// Merkle root over the blocks (RFC 6962 §2.1): leaves are the blocks' index entries, which hold the
    /// hashes of their columns.
    var root: [UInt8] {
        var level = blocks.map { SHA256.hash(of: [0] + SealedIndex.entry($0)) }
        guard !level.isEmpty else { return SHA256.hash(of: []) }
        while level.count > 1 {
            level = stride(from: 0, to: level.count, by: 2).map { left in
                left + 1 < level.count ? SHA256.hash(of: [1] + level[left] + level[left + 1]) : level[left]
            }
        }
        return level[0]
    }

    func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(little: UInt32(bitPattern: day.daysSinceEpoch))
        bytes.append(scales.price.digits)
        bytes.append(scales.quantity.digits)
        bytes.append(UInt8(stream.text.utf8.count))
        bytes += Array(stream.text.utf8)
        bytes.append(little: messageCount)
        bytes += rawHash
        bytes.append(little: UInt32(blocks.count))
        for block in blocks { bytes += SealedIndex.entry(block) }
        return bytes
    }

    /// The index in `bytes`; nil where they are none. Nothing here is trusted before the caller has compared
    /// a checksum, but no input makes it trap.
    static func decode(_ bytes: UnsafeRawBufferPointer) -> SealedIndex? {
        var reader = LittleReader(bytes)
        let day = TradingDay(daysSinceEpoch: Int32(bitPattern: reader.next(UInt32.self)))
        let price = DecimalScale(digits: Int(reader.next(UInt8.self)))
        let quantity = DecimalScale(digits: Int(reader.next(UInt8.self)))
        let name = reader.bytes(Int(reader.next(UInt8.self)))
        let messages = reader.next(UInt64.self)
        let rawHash = reader.bytes(SHA256.size)
        let count = reader.next(UInt32.self)
        guard let price, let quantity, let stream = try? StreamName(String(decoding: name, as: UTF8.self))
        else {
            return nil
        }
        var blocks: [Block] = []
        for _ in 0..<count {
            guard !reader.failed else { return nil }
            var block = Block(
                firstNumber: reader.next(UInt64.self), messageCount: reader.next(UInt32.self),
                codec: reader.next(UInt16.self), firstSecond: reader.next(UInt32.self),
                lastSecond: reader.next(UInt32.self), payloadSize: reader.next(UInt64.self), columns: [])
            for _ in 0..<reader.next(UInt8.self) {
                block.columns.append(
                    StoredColumn(
                        id: reader.next(UInt8.self), packing: reader.next(UInt8.self),
                        offset: reader.next(UInt64.self), storedSize: reader.next(UInt32.self),
                        rawSize: reader.next(UInt32.self), hash: reader.bytes(SHA256.size)))
            }
            blocks.append(block)
        }
        guard !reader.failed, reader.isAtEnd else { return nil }
        return SealedIndex(
            stream: stream, day: day, scales: StreamScales(price: price, quantity: quantity),
            messageCount: messages, rawHash: rawHash, blocks: blocks)
    }

    /// Whether what the index says can be: consecutive blocks within their limits, columns in front of the
    /// index. Readers count on it and allocate by it.
    /// - Parameter offset: Where the index begins in the file.
    func isPossible(indexOffset offset: UInt64) -> Bool {
        var next: UInt64 = 0
        for block in blocks {
            guard block.firstNumber == next, block.messageCount > 0,
                block.messageCount <= SealedIndex.blockMessagesMax,
                block.payloadSize <= SealedIndex.blockPayloadSizeMax
            else { return false }
            next += UInt64(block.messageCount)
            for column in block.columns {
                guard column.offset >= UInt64(SealedFile.headerSize), column.offset <= offset,
                    UInt64(column.storedSize) <= offset - column.offset,
                    column.rawSize <= SealedIndex.columnSizeMax
                else { return false }
            }
        }
        return next == messageCount
    }

    /// Messages in a block at most.
    static let blockMessagesMax: UInt32 = 1 << 20
    /// Bytes of a block's payloads at most: a block ends with the message that fills 128 MiB.
    static let blockPayloadSizeMax: UInt64 = (128 << 20) + UInt64(Frame.payloadSizeMax)
    /// Bytes of a decompressed column at most.
    static let columnSizeMax: UInt32 = 512 << 20

    private static func entry(_ block: Block) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(little: block.firstNumber)
        bytes.append(little: block.messageCount)
        bytes.append(little: block.codec)
        bytes.append(little: block.firstSecond)
        bytes.append(little: block.lastSecond)
        bytes.append(little: block.payloadSize)
        bytes.append(UInt8(block.columns.count))
        for column in block.columns {
            bytes.append(column.id)
            bytes.append(column.packing)
            bytes.append(little: column.offset)
            bytes.append(little: column.storedSize)
            bytes.append(little: column.rawSize)
            bytes += column.hash
        }
        return bytes
    }
}

extension [UInt8] {
    /// Appends an integer, lowest byte first.
    mutating func append(little value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}

/// Reads little-endian integers from front to back; what is not there reads as zero and sets ``failed``.
struct LittleReader {
    private let buffer: UnsafeRawBufferPointer
    private var offset = 0
    private(set) var failed = false

    init(_ buffer: UnsafeRawBufferPointer) { self.buffer = buffer }

    var isAtEnd: Bool { offset == buffer.count }

    mutating func next<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type) -> Value {
        let size = MemoryLayout<Value>.size
        guard offset + size <= buffer.count else {
            failed = true
            return 0
        }
        defer { offset += size }
        return Value(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: Value.self))
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        guard offset + count <= buffer.count else {
            failed = true
            return []
        }
        defer { offset += count }
        return Array(buffer[offset..<(offset + count)])
    }
}

extension SHA256 {
    /// The hash of an array.
    static func hash(of bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBytes { hash($0) } }
}
