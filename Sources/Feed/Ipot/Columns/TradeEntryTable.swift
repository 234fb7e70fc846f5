internal import Market

/// One symbol on one board in a block: what its lines share.
struct TradeEntry {
    var symbol = Symbol(uncheckedHigh: 0, low: 0)
    var board = Board.regular
    /// Text around the changing fields, ready to copy.
    var head = SIMD32<UInt8>()
    var middle = SIMD32<UInt8>()
    var headSize = 0
    var middleSize = 0
    /// Previous close.
    var previous: Int64 = 0
    var priceForm = DecimalForm()
    var quantityForm = DecimalForm()
    /// Modelled trades in the block.
    var count = 0
    var steps = PriceSteps.ladder
    /// The price before the first trade of the block, as the first tick change tells, in steps.
    var firstStep: Int64 = 0
    /// Side of the first trade.
    var firstSide: UInt8 = 2

    /// The price at a step; nil outside the ladder's table.
    @inline(__always)
    func price(ofStep step: Int64) -> Int64? {
        if steps == .unit { return step }
        guard step >= 0, step < Int64(LadderTable.count) else { return nil }
        return Int64(LadderTable.shared.prices[Int(step)])
    }

    /// Fills `head` or `middle` from at most 32 bytes.
    static func text(_ bytes: [UInt8]) -> SIMD32<UInt8> {
        var text = SIMD32<UInt8>()
        for (index, byte) in bytes.prefix(32).enumerated() { text[index] = byte }
        return text
    }
}

/// How the decimals of a symbol are written: integers of 10^-digits, either in their shortest form or with
/// all figures behind the point.
struct DecimalForm: Equatable {
    var digits: UInt8 = 0
    var isFixed = false

    /// Most figures behind the point.
    static let digitsMax: UInt8 = 15
}

/// The symbols of a block while it is encoded. A number is the symbol's times three plus the board's.
struct TradeEntryTable: ~Copyable {
    private var symbols = SymbolTable()
    private(set) var base: UnsafeMutablePointer<TradeEntry>
    private(set) var count = 0
    private var capacity = 4096

    /// More symbols than any market has; lines of further ones are kept verbatim.
    private static let symbolCountMax = 1 << 15

    init() { base = .allocate(capacity: capacity) }

    deinit { base.deallocate() }

    /// The entry of a symbol and board; `isNew` where it has not been asked for.
    @inline(__always)
    mutating func number(of symbol: Symbol, _ board: Board) -> UInt32? {
        let known = Int(symbols.number(of: symbol))
        if _slowPath(known &* 3 >= count) {
            guard known < TradeEntryTable.symbolCountMax else { return nil }
            append(symbol)
        }
        return UInt32(truncatingIfNeeded: known &* 3 &+ Int(board.rawValue))
    }

    private mutating func append(_ symbol: Symbol) {
        if count + 3 > capacity {
            let larger = UnsafeMutablePointer<TradeEntry>.allocate(capacity: capacity * 2)
            larger.moveInitialize(from: base, count: count)
            base.deallocate()
            base = larger
            capacity *= 2
        }
        for board in [Board.regular, .cash, .negotiated] {
            var entry = TradeEntry()
            entry.symbol = symbol
            entry.board = board
            (base + count).initialize(to: entry)
            count += 1
        }
    }
}
