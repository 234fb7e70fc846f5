internal import Market

/// The line of twenty fields (PROTOCOLS §1.5). Change and percentage follow from price and previous close;
/// the empty order field follows from the side.
struct TwentyFieldLayout: TradeLayout {
    static let hasOrders = true
    static let hasExtras = false

    var constants = TradeConstants()

    @inline(__always)
    mutating func read(
        _ line: UnsafeRawPointer, _ size: Int, _ entries: inout TradeEntryTable, _ record: inout TradeRecord
    ) -> Bool {
        guard size >= 2, Digits.word(line) & 0xFFFF == 0x7C42,
            UInt32(littleEndian: (line + 8).loadUnaligned(as: UInt32.self)) & 0xFF_FFFF == 0x7C_307C,
            let second = Digits.secondOfDay(Digits.word(line + 2))
        else { return false }
        var fields = NumberFields(line, from: 11, size: size)
        guard let code = fields.field(), let symbol = code.symbol, let boardField = fields.field(),
            boardField.size == 2, let board = Board(letters: boardField.word),
            let sequence = fields.field(), let number = sequence.whole, number != Trade.noSequence,
            let price = fields.number(), let quantity = fields.number(), price > 0, quantity > 0,
            // --|-|--|-|
            fields.skip(0x7C2D_2D7C_2D7C_2D2D, 8), fields.skip(0x7C2D, 2),
            let previous = fields.number(), let seller = fields.field(), let buyer = fields.field(),
            fields.field() != nil, let tick = fields.signed(), let vwap = fields.signed(),
            let entry = entries.number(of: symbol, board)
        else { return false }
        let sellerIsFilled = !(seller.size == 2 && seller.word & 0xFFFF == 0x3030)
        let buyerIsFilled = !(buyer.size == 2 && buyer.word & 0xFFFF == 0x3030)
        record.side = sellerIsFilled == buyerIsFilled ? 2 : buyerIsFilled ? 0 : 1
        record.order = 0
        if record.side != 2 {
            guard let order = (buyerIsFilled ? buyer : seller).whole, order < OrderModel.numberLimit else {
                return false
            }
            record.order = order
        }
        let known = entries.base + Int(entry)
        if known.pointee.headSize == 0 {
            known.pointee.previous = previous
            fill(&known.pointee)
        }
        guard known.pointee.previous == previous else { return false }
        record.price = price
        record.quantity = quantity
        record.sequence = number
        record.sequenceWidth = UInt8(truncatingIfNeeded: min(sequence.size, 255))
        record.vwap = vwap
        record.tick = tick
        record.second = second
        record.entry = entry
        return true
    }

    mutating func settle(
        _ records: UnsafeMutableBufferPointer<TradeRecord>, _ entries: inout TradeEntryTable
    ) {
        // The widths seen with each number of figures are few: count those, then try the rules on them.
        var seen = [Int](repeating: 0, count: 32 * 32)
        for record in records where record.entry != TradeRecord.none {
            let digits = DigitWriter.digits(of: record.sequence)
            seen[digits * 32 + min(Int(record.sequenceWidth), 31)] += 1
        }
        func matches(_ rule: SequenceWidthRule) -> Int {
            (1...20).reduce(0) { $0 + seen[$1 * 32 + min(rule.width(digits: $1), 31)] }
        }
        var best = matches(constants.widthRule)
        for rule in SequenceWidthRule.candidates where matches(rule) > best {
            best = matches(rule)
            constants.widthRule = rule
        }
    }

    func fill(_ entry: inout TradeEntry) {
        let board = ["RG", "TN", "NG"][Int(entry.board.rawValue)]
        let head = Array("|0|".utf8) + entry.symbol.bytes + Array("|\(board)|".utf8)
        let middle = Array("|--|-|--|-|\(entry.previous)|".utf8)
        entry.head = TradeEntry.text(head)
        entry.headSize = min(head.count, 32)
        entry.middle = TradeEntry.text(middle)
        entry.middleSize = min(middle.count, 32)
    }

    @inline(__always)
    func write(
        _ record: borrowing TradeRecord, _ entry: UnsafePointer<TradeEntry>, _ clock: UInt64,
        to place: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        place.storeBytes(of: (clock &<< 16 | 0x7C42).littleEndian, as: UInt64.self)
        var place = place + 8
        place.storeBytes(of: entry.pointee.head, as: SIMD32<UInt8>.self)
        place += entry.pointee.headSize
        let sequence = record.sequence
        let width = constants.widthRule.width(digits: DigitWriter.digits(of: sequence))
        place = bar(DigitWriter.write(sequence, width: width, to: place))
        place = bar(DigitWriter.write(record.price, to: place))
        place = DigitWriter.write(record.quantity, to: place)
        place.storeBytes(of: entry.pointee.middle, as: SIMD32<UInt8>.self)
        place += entry.pointee.middleSize
        if record.side == 1 { place = bar(DigitWriter.write(record.order, to: place)) }
        place.storeBytes(of: (0x7C_3030 as UInt32).littleEndian, as: UInt32.self)
        place += 3
        if record.side == 0 {
            place = bar(DigitWriter.write(record.order, to: place))
        } else if record.side == 2 {
            place.storeBytes(of: (0x7C_3030 as UInt32).littleEndian, as: UInt32.self)
            place += 3
        }
        let previous = entry.pointee.previous
        let change = record.price &- previous
        place = bar(DigitWriter.write(change, to: place))
        place = bar(DigitWriter.write(record.tick, to: place))
        place = bar(DigitWriter.write(record.vwap, to: place))
        // Truncated towards zero; a previous close of 0 has no percentage.
        let percentage = previous == 0 ? 0 : change &* 100 / previous
        place = bar(DigitWriter.write(percentage, to: place))
        place.storeBytes(of: 0x31, as: UInt8.self)
        return place + 1
    }

    @inline(__always)
    private func bar(_ place: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        place.storeBytes(of: 0x7C, as: UInt8.self)
        return place + 1
    }
}

extension Board {
    /// A board by its two letters, first one lowest.
    @inline(__always)
    init?(letters: UInt64) {
        switch letters & 0xFFFF {
        case 0x4752: self = .regular  // RG
        case 0x4E54: self = .cash  // TN
        case 0x474E: self = .negotiated  // NG
        default: return nil
        }
    }
}
