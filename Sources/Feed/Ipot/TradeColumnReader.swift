public import Columns
public import Market

/// Reads the trades of a block from its hot columns alone, symbol by symbol: what projections fold, with no
/// text made (PERFORMANCE §5). Works for both layouts. One thread at a time.
///
/// ```swift
/// while reader.nextSymbol() {
///     while let stretch = reader.nextStretch() { … }
/// }
/// guard reader.isIntact else { … }
/// ```
///
/// Messages that the block keeps verbatim come apart, in ``outline``; the caller decodes those like any.
public struct TradeColumnReader: ~Copyable {
    /// Trades of one symbol, board and minute, in arrival order; a busy minute may come in several stretches.
    /// The buffers are valid until the next stretch is asked for.
    public struct Stretch {
        /// Minute of the WIB day, 0 ... 1,439.
        public let minute: Int
        /// Prices in the stream's scale.
        public let prices: UnsafeBufferPointer<Int64>
        /// Quantities in the stream's scale.
        public let quantities: UnsafeBufferPointer<Int64>
        /// Sides, as the raw values of ``Side``.
        public let sides: UnsafeBufferPointer<UInt8>
    }

    /// What the block holds, and what it keeps verbatim.
    public let outline: TradeBlockOutline
    /// The symbol whose stretches come.
    public private(set) var symbol = Symbol(uncheckedHigh: 0, low: 0)
    /// The board of all its trades; a symbol's boards follow one another.
    public private(set) var board = Board.regular
    /// Whether all columns fitted; to be asked behind the last symbol.
    public var isIntact: Bool {
        !isDamaged
            && (outline.tradeCount == 0 || (minutes.isAtEnd && counts.isAtEnd && cursor?.isAtEnd == true))
    }

    /// Trades that are read at once: prices, quantities and sides stay in the first-level cache.
    private static let chunkSize = 1024

    private let scales: (price: DecimalScale, quantity: DecimalScale)
    private var entries: [TradeEntry]
    private var cursor: HotCursor?
    private var minutes: VarintReader
    private var counts: VarintReader
    private var next = 0
    /// The symbol's trades that have not been read, those read but not handed out, and those of the minute.
    private var left = 0
    private var ready = 0
    private var leftInMinute = 0
    /// Where in the chunk the next stretch begins.
    private var place = 0
    private var minute: Int64 = 0
    private var factors: (price: Int64, quantity: Int64) = (1, 1)
    private var isDamaged = false
    private let prices: UnsafeMutablePointer<Int64>
    private let quantities: UnsafeMutablePointer<Int64>
    private let sides: UnsafeMutablePointer<UInt8>

    /// A reader for a block of ``TwentyFieldCodec`` or ``SixFieldCodec``, of which only the columns below
    /// ``hotColumnLimit`` need to be there.
    ///
    /// - Throws: ``TradeColumnError/damaged`` where the columns do not belong together;
    ///   ``TradeColumnError/scale`` where numbers have more digits than the stream's scale, or leave 64 bits
    ///   in it: the text decoder then says line by line which.
    public init(
        _ columns: ColumnSet, codec: CodecID, messageCount: Int, priceScale: DecimalScale,
        quantityScale: DecimalScale
    ) throws(TradeColumnError) {
        guard let outline = TradeBlockOutline(columns, codec: codec, messageCount: messageCount),
            let header = TradeBlockHeader(columns, messageCount: messageCount),
            let entries = EntryColumns.decode(columns, header)
        else { throw .damaged }
        let cursor = HotCursor(columns, entries: entries)
        guard cursor != nil || header.tradeCount == 0 else { throw .damaged }
        for entry in entries {
            guard entry.priceForm.digits <= priceScale.digits,
                entry.quantityForm.digits <= quantityScale.digits
            else { throw .scale }
        }
        self.outline = outline
        self.entries = entries
        self.cursor = cursor
        scales = (priceScale, quantityScale)
        minutes = VarintReader(columns[TradeColumnID.minuteSteps])
        counts = VarintReader(columns[TradeColumnID.minuteCounts])
        prices = .allocate(capacity: TradeColumnReader.chunkSize)
        quantities = .allocate(capacity: TradeColumnReader.chunkSize)
        sides = .allocate(capacity: TradeColumnReader.chunkSize)
    }

    deinit {
        prices.deallocate()
        quantities.deallocate()
        sides.deallocate()
    }

    /// Columns with lower ids are all that this reader needs.
    public static let hotColumnLimit: UInt8 = 32

    /// Goes to the next symbol and board; false behind the last one, and where a column is damaged.
    public mutating func nextSymbol() -> Bool {
        while left + ready > 0, !isDamaged { _ = nextStretch() }
        guard next < entries.count, !isDamaged else { return false }
        cursor?.begin(entries[next])
        symbol = entries[next].symbol
        board = entries[next].board
        left = entries[next].count
        factors = (
            DecimalFigures.powers[Int(scales.price.digits - entries[next].priceForm.digits)],
            DecimalFigures.powers[Int(scales.quantity.digits - entries[next].quantityForm.digits)]
        )
        minute = 0
        leftInMinute = 0
        next += 1
        return true
    }

    /// The symbol's next trades; nil behind its last ones, and where a column is damaged.
    public mutating func nextStretch() -> Stretch? {
        if ready == 0 {
            guard left > 0, !isDamaged else { return nil }
            fill()
            if isDamaged { return nil }
        }
        if leftInMinute == 0 {
            minute = minute &+ minutes.nextSigned()
            let count = counts.next()
            guard minute >= 0, minute < 1440, count >= 1, count <= UInt64(left &+ ready), !minutes.failed,
                !counts.failed
            else {
                isDamaged = true
                return nil
            }
            leftInMinute = Int(truncatingIfNeeded: count)
        }
        let count = min(leftInMinute, ready)
        defer {
            leftInMinute &-= count
            ready &-= count
            place &+= count
        }
        return Stretch(
            minute: Int(truncatingIfNeeded: minute),
            prices: UnsafeBufferPointer(start: prices + place, count: count),
            quantities: UnsafeBufferPointer(start: quantities + place, count: count),
            sides: UnsafeBufferPointer(start: sides + place, count: count))
    }

    /// Reads the symbol's next trades.
    private mutating func fill() {
        let count = min(left, TradeColumnReader.chunkSize)
        left -= count
        ready = count
        place = 0
        cursor?.readSteps(count, prices, sides)
        cursor?.price(count, prices)
        cursor?.readQuantities(count, quantities)
        if cursor?.failed != false { isDamaged = true }
        if factors.price != 1 { scale(prices, count, factors.price) }
        if factors.quantity != 1 { scale(quantities, count, factors.quantity) }
    }

    private mutating func scale(_ values: UnsafeMutablePointer<Int64>, _ count: Int, _ factor: Int64) {
        var isTooLarge = false
        for index in 0..<count {
            let (product, overflow) = values[index].multipliedReportingOverflow(by: factor)
            values[index] = product
            isTooLarge = isTooLarge || overflow
        }
        if isTooLarge { isDamaged = true }
    }
}

/// Why the hot columns of a block give no trades.
public enum TradeColumnError: Error, Equatable {
    /// The columns do not belong together.
    case damaged
    /// Numbers have more digits than the stream's scale.
    case scale
}
