/// Messages of one stretch of arrival order, as typed columns: what a sealed day is made of (TAPE "Sealed
/// day: lossless columns"). The tape stores columns under a codec's number and does not know what they mean.
public struct ColumnBlock: Sendable {
    /// How the columns restore the messages.
    public var codec: CodecID
    /// Messages in the block.
    public var messageCount: Int
    /// First and last second of the day (event time) of what the block holds; nil where nothing has one.
    public var seconds: ClosedRange<Int>?
    /// The columns, by rising id; empty ones are left out.
    public var columns: [Column]

    /// A block.
    public init(codec: CodecID, messageCount: Int, seconds: ClosedRange<Int>?, columns: [Column]) {
        self.codec = codec
        self.messageCount = messageCount
        self.seconds = seconds
        self.columns = columns.filter { !$0.bytes.isEmpty }
    }
}

/// One column: bytes whose meaning the codec knows.
public struct Column: Sendable {
    /// Number of the column in its codec, 0 ... 239; the tape itself uses those above.
    public var id: UInt8
    /// How the bytes compress best.
    public var packing: ColumnPacking
    /// The bytes.
    public var bytes: [UInt8]

    /// A column.
    public init(id: UInt8, packing: ColumnPacking, bytes: [UInt8]) {
        self.id = id
        self.packing = packing
        self.bytes = bytes
    }
}

/// How a column is compressed; all are zstd frames with their checksum on.
public enum ColumnPacking: UInt8, Sendable {
    /// As it is: bits without structure.
    case raw = 0
    /// Entropy coding alone; fast both ways, best where bytes are skewed but do not repeat.
    case entropy = 1
    /// Repetitions too, at a low level.
    case fast = 2
    /// Repetitions at a high level, for what is small or repeats much.
    case strong = 3
}

/// Decompressed columns of a block, each followed by ``RawMessage/payloadSlack`` readable bytes.
public struct ColumnSet {
    private var columns: [UnsafeRawBufferPointer?]

    /// No columns.
    public init() { columns = Array(repeating: nil, count: 256) }

    /// The bytes of a column; empty where the block has none.
    public subscript(id: UInt8) -> UnsafeRawBufferPointer {
        get { columns[Int(id)] ?? UnsafeRawBufferPointer(start: nil, count: 0) }
        set { columns[Int(id)] = newValue }
    }
}

/// Restores messages from columns and makes columns of messages, losslessly for any bytes whatever.
public protocol BlockCodec: Sendable {
    /// The number under which blocks are stored.
    var id: CodecID { get }

    /// The columns of messages in arrival order. Every message comes back byte for byte; what the codec
    /// has no model for is kept verbatim inside.
    func encode(_ messages: UnsafeBufferPointer<RawMessage>) -> ColumnBlock

    /// Restores the payloads in arrival order. `emit` gets each, valid for the call.
    /// - Returns: False where the columns do not belong together: damage that their hashes did not show.
    func decode(
        _ columns: ColumnSet, messageCount: Int, emit: (UnsafeRawBufferPointer) -> Void
    ) -> Bool
}

/// The codecs that sealed days are written and read with. The tape asks; it does not know layouts itself.
public protocol CodecCatalog: Sendable {
    /// The codec of a stored block; nil where this program has none of that number.
    func codec(_ id: CodecID) -> (any BlockCodec)?

    /// The codec that suits messages best.
    func choose(_ messages: UnsafeBufferPointer<RawMessage>) -> any BlockCodec

    /// The hour of the day (0 ... 23) that a message names; nil where it names none. Blocks are cut where it
    /// rises.
    func hour(of message: RawMessage) -> Int?
}
