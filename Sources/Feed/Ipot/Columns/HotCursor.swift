internal import Columns

/// Reads tokens and quantities front to back, a stretch of trades at a time.
///
/// Its owner has checked that the columns hold a token and a byte for each trade of each entry.
struct HotCursor {
    private var tokens: UnsafePointer<UInt8>
    private var quantityBytes: UnsafePointer<UInt8>
    private var tokenEscapes: VarintReader
    private var quantityEscapes: VarintReader
    private var isUpper = false
    private var step: Int64 = 0
    private var side: UInt8 = 0
    private var steps = PriceSteps.unit
    /// Whether something did not fit.
    private(set) var failed = false

    init?(_ columns: ColumnSet, entries: [TradeEntry]) {
        var tradeCount = 0
        var tokenBytes = 0
        for entry in entries {
            tradeCount += entry.count
            tokenBytes += (entry.count + 1) / 2
        }
        let tokens = columns[TradeColumnID.tokens]
        let quantities = columns[TradeColumnID.quantities]
        guard tokens.count == tokenBytes, quantities.count == tradeCount,
            let tokenBase = tokens.baseAddress, let quantityBase = quantities.baseAddress
        else { return nil }
        self.tokens = tokenBase.assumingMemoryBound(to: UInt8.self)
        quantityBytes = quantityBase.assumingMemoryBound(to: UInt8.self)
        tokenEscapes = VarintReader(columns[TradeColumnID.tokenEscapes])
        quantityEscapes = VarintReader(columns[TradeColumnID.quantityEscapes])
    }

    /// Whether all escapes were used up.
    var isAtEnd: Bool { tokenEscapes.isAtEnd && quantityEscapes.isAtEnd }

    /// Begins the trades of the next entry.
    mutating func begin(_ entry: borrowing TradeEntry) {
        if isUpper { tokens += 1 }
        isUpper = false
        step = entry.firstStep
        side = entry.firstSide
        steps = entry.steps
    }

    /// Reads steps and sides of the next `count` trades of the entry.
    mutating func readSteps(
        _ count: Int, _ target: UnsafeMutablePointer<Int64>, _ sides: UnsafeMutablePointer<UInt8>
    ) {
        let pairs = TokenTable.shared.pairs
        var index = 0
        if isUpper, count > 0 { readOne(&index, target, sides) }
        var source = tokens
        var step = step
        var side = side
        while index &+ 2 <= count {
            let pair = pairs[Int(side) &<< 8 | Int(source.pointee)]
            if _slowPath(pair == TokenTable.noPair) {
                (tokens, self.step, self.side) = (source, step, side)
                readOne(&index, target, sides)
                readOne(&index, target, sides)
                (source, step, side) = (tokens, self.step, self.side)
                continue
            }
            source += 1
            step = step &+ Int64(Int8(truncatingIfNeeded: pair))
            target[index] = step
            step = step &+ Int64(Int8(truncatingIfNeeded: pair &>> 8))
            target[index &+ 1] = step
            sides[index] = UInt8(truncatingIfNeeded: pair &>> 16)
            side = UInt8(truncatingIfNeeded: pair &>> 24)
            sides[index &+ 1] = side
            index &+= 2
        }
        (tokens, self.step, self.side) = (source, step, side)
        if index < count { readOne(&index, target, sides) }
        if tokenEscapes.failed { failed = true }
    }

    /// Reads one token, which may be an escape.
    private mutating func readOne(
        _ index: inout Int, _ target: UnsafeMutablePointer<Int64>,
        _ sides: UnsafeMutablePointer<UInt8>
    ) {
        let byte = tokens.pointee
        let token = isUpper ? byte &>> 4 : byte & 15
        tokens += isUpper ? 1 : 0
        isUpper.toggle()
        if token == PriceTokens.escape {
            let value = tokenEscapes.next()
            side = min(UInt8(value & 3), 2)
            step = step &+ (Int64(bitPattern: value &>> 3) ^ (0 &- Int64(bitPattern: (value &>> 2) & 1)))
        } else {
            let entry = PriceTokens.effect(side: side, token: token)
            step = step &+ Int64(entry.step)
            side = entry.side
        }
        target[index] = step
        sides[index] = side
        index &+= 1
    }

    /// Turns steps into prices, in place.
    mutating func price(_ count: Int, _ values: UnsafeMutablePointer<Int64>) {
        guard steps == .ladder else { return }
        let prices = LadderTable.shared.prices
        var isOutside = false
        for index in 0..<count {
            let step = values[index]
            if _slowPath(UInt64(bitPattern: step) >= UInt64(LadderTable.count)) {
                isOutside = true
                values[index] = 0
            } else {
                values[index] = Int64(prices[Int(truncatingIfNeeded: step)])
            }
        }
        if isOutside { failed = true }
    }

    /// Reads the next `count` quantities.
    mutating func readQuantities(_ count: Int, _ target: UnsafeMutablePointer<Int64>) {
        let source = quantityBytes
        for index in 0..<count {
            let byte = source[index]
            if _slowPath(byte == HotColumns.quantityEscape) {
                target[index] = Int64(truncatingIfNeeded: quantityEscapes.next())
            } else {
                target[index] = Int64(byte)
            }
        }
        quantityBytes = source + count
        if quantityEscapes.failed { failed = true }
    }
}
