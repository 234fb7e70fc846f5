internal import Market

/// What a modelled line says, as the columns keep it. One cache line each.
struct TradeRecord {
    /// Price and quantity in units of their symbol's ``DecimalForm``.
    var price: Int64 = 0
    var quantity: Int64 = 0
    /// The exchange's number of the trade; 0 in layouts without.
    var sequence: UInt64 = 0
    /// The resting order's number; 0 where the side is unknown.
    var order: UInt64 = 0
    var vwap: Int64 = 0
    var tick: Int64 = 0
    var second: UInt32 = 0
    /// Index in the ``TradeEntryTable``; ``none`` for lines kept verbatim.
    var entry: UInt32 = TradeRecord.none
    /// ``Side`` by its number.
    var side: UInt8 = 2
    /// Figures of the sequence number as it was written, leading zeros included.
    var sequenceWidth: UInt8 = 0
    /// Figures behind the point as they were written.
    var priceFigures: UInt8 = 0
    var quantityFigures: UInt8 = 0

    static let none = UInt32.max
    /// Prices are below this, so that a move and a side fit one escape of 64 bits.
    static let priceLimit: Int64 = 1 << 60
}

/// One layout of trade lines: how a line is read and written. The columns below are the same for all.
///
/// Reading may accept what writing would not restore: the encoder writes every line again and compares.
protocol TradeLayout {
    /// Whether lines carry sequence, order number, average and tick change.
    static var hasOrders: Bool { get }
    /// Whether text may follow the modelled fields.
    static var hasExtras: Bool { get }

    /// What holds for all lines of a block.
    var constants: TradeConstants { get set }

    /// Reads a line without its CR.
    mutating func read(
        _ line: UnsafeRawPointer, _ size: Int, _ entries: inout TradeEntryTable, _ record: inout TradeRecord
    ) -> Bool

    /// Called once all lines are read and before any is written: settles constants and forms.
    mutating func settle(_ records: UnsafeMutableBufferPointer<TradeRecord>, _ entries: inout TradeEntryTable)

    /// The parts of a line that are the same for all of a symbol.
    func fill(_ entry: inout TradeEntry)

    /// Writes a line of at most ``TradeLine/sizeMax`` bytes without CR and extras.
    func write(
        _ record: borrowing TradeRecord, _ entry: UnsafePointer<TradeEntry>, _ clock: UInt64,
        to place: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer
}

/// What holds for all modelled lines of a block.
struct TradeConstants: Equatable {
    /// Lines end in CR.
    var endsInCarriageReturn = false
    /// How many figures a sequence number is written with.
    var widthRule = SequenceWidthRule.realFeed
    /// The lines' own date as YYYYMMDD; 0 where they have none.
    var date: UInt32 = 0
}

/// How sequence numbers are padded with zeros.
struct SequenceWidthRule: Equatable {
    let rawValue: UInt8

    /// A leading zero, and at least six figures: what the real feed writes.
    static let realFeed = SequenceWidthRule(rawValue: 0)
    /// Other numbers are the least width; 1 is no padding.
    static let candidates = [realFeed] + (1...10).map { SequenceWidthRule(rawValue: $0) }

    @inline(__always)
    func width(digits: Int) -> Int { rawValue == 0 ? max(6, digits &+ 1) : max(Int(rawValue), digits) }
}

enum TradeLine {
    /// Room for the longest line a layout writes, with what stores may write behind it.
    static let sizeMax = 512
}
