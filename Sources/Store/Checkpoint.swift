/// How far a projection has folded one stream of one day, and what it met on the way.
public struct Checkpoint: Equatable, Sendable {
    /// Number of the first message that has not been folded.
    public var nextMessageNumber: UInt64
    /// The tape's chain value before that message.
    public var chain: UInt32
    /// Messages read.
    public var messages: UInt64
    /// Trades found in them.
    public var trades: UInt64
    /// Trades folded into rows.
    public var folded: UInt64
    /// Messages that could not be decoded.
    public var undecodable: UInt64
    /// Trades seen before with the same content.
    public var duplicates: UInt64
    /// Trades seen before with other content.
    public var conflicts: UInt64
    /// Trades that belong to another day.
    public var stale: UInt64
    /// Trades of a board that the projection leaves out.
    public var otherBoard: UInt64
    /// Messages that carry no trade.
    public var other: UInt64
    /// Decimal places of prices.
    public var priceDigits: UInt8
    /// Decimal places of quantities.
    public var quantityDigits: UInt8
    /// Quantity units of one lot.
    public var lotSize: UInt32
    /// The projection's parameters, as the caller writes them; at most 4 GiB of UTF-8.
    public var parameters: String

    /// A checkpoint; what is left out is zero or empty.
    public init(
        nextMessageNumber: UInt64 = 0, chain: UInt32 = 0, messages: UInt64 = 0, trades: UInt64 = 0,
        folded: UInt64 = 0, undecodable: UInt64 = 0, duplicates: UInt64 = 0, conflicts: UInt64 = 0,
        stale: UInt64 = 0, otherBoard: UInt64 = 0, other: UInt64 = 0, priceDigits: UInt8 = 0,
        quantityDigits: UInt8 = 0, lotSize: UInt32 = 0, parameters: String = ""
    ) {
        self.nextMessageNumber = nextMessageNumber
        self.chain = chain
        self.messages = messages
        self.trades = trades
        self.folded = folded
        self.undecodable = undecodable
        self.duplicates = duplicates
        self.conflicts = conflicts
        self.stale = stale
        self.otherBoard = otherBoard
        self.other = other
        self.priceDigits = priceDigits
        self.quantityDigits = quantityDigits
        self.lotSize = lotSize
        self.parameters = parameters
    }
}

extension Checkpoint {
    /// Version of the encoding, its first byte.
    private static let version: UInt8 = 1
    /// Bytes before the parameters.
    private static let headerSize = 95

    /// The stored form, numbers little-endian:
    ///
    ///      0  1  version, 1
    ///      1  8  next message number
    ///      9  8  messages      17  8  trades      25  8  folded      33  8  undecodable
    ///     41  8  duplicates    49  8  conflicts   57  8  stale       65  8  other board
    ///     73  8  other
    ///     81  4  chain         85  4  lot size
    ///     89  1  price digits  90  1  quantity digits
    ///     91  4  bytes of parameters
    ///     95  n  parameters, UTF-8
    func encoded() -> [UInt8] {
        let text = Array(parameters.utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Checkpoint.headerSize + text.count)
        func append(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        append(Checkpoint.version)
        for number in [
            nextMessageNumber, messages, trades, folded, undecodable, duplicates, conflicts, stale,
            otherBoard, other,
        ] {
            append(number)
        }
        append(chain)
        append(lotSize)
        append(priceDigits)
        append(quantityDigits)
        append(UInt32(text.count))
        return bytes + text
    }

    /// Reads the stored form; nil where the bytes are none.
    init?(encoded bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= Checkpoint.headerSize, bytes[0] == Checkpoint.version else { return nil }
        var offset = 1
        func next<Number: FixedWidthInteger>(_ type: Number.Type) -> Number {
            defer { offset += MemoryLayout<Number>.size }
            return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
        }
        self.init()
        nextMessageNumber = next(UInt64.self)
        messages = next(UInt64.self)
        trades = next(UInt64.self)
        folded = next(UInt64.self)
        undecodable = next(UInt64.self)
        duplicates = next(UInt64.self)
        conflicts = next(UInt64.self)
        stale = next(UInt64.self)
        otherBoard = next(UInt64.self)
        other = next(UInt64.self)
        chain = next(UInt32.self)
        lotSize = next(UInt32.self)
        priceDigits = next(UInt8.self)
        quantityDigits = next(UInt8.self)
        let size = Int(next(UInt32.self))
        guard bytes.count == Checkpoint.headerSize + size,
            let text = String(validating: bytes[Checkpoint.headerSize...], as: UTF8.self)
        else { return nil }
        parameters = text
    }
}
