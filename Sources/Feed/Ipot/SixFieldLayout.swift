internal import Market

/// The line of six fields and more (PROTOCOLS §0.1): `YYYYMMDD|HHMMSS|TICKER|PRICE|VOL|SIDE[|…]`. What follows
/// the side is kept as it is.
struct SixFieldLayout: TradeLayout {
    static let hasOrders = false
    static let hasExtras = true

    var constants = TradeConstants()

    @inline(__always)
    mutating func read(
        _ line: UnsafeRawPointer, _ size: Int, _ entries: inout TradeEntryTable, _ record: inout TradeRecord
    ) -> Bool {
        guard size > 20, (line + 8).load(as: UInt8.self) == 0x7C, (line + 15).load(as: UInt8.self) == 0x7C,
            let number = Digits.value(Digits.word(line), count: 8),
            let second = Digits.secondOfDay(Digits.word(line + 9))
        else { return false }
        let date = UInt32(truncatingIfNeeded: number)
        var fields = NumberFields(line, from: 16, size: size)
        guard let code = fields.field(), let symbol = code.symbol,
            let priceField = fields.field(), let price = DecimalFigures(priceField), price.value > 0,
            let quantityField = fields.field(), let quantity = DecimalFigures(quantityField),
            quantity.value > 0, fields.place < line + size
        else { return false }
        switch fields.place.load(as: UInt8.self) {
        case 0x42: record.side = 0
        case 0x53: record.side = 1
        default: return false
        }
        if constants.date == 0 { constants.date = date }
        guard constants.date == date, let entry = entries.number(of: symbol, .regular) else { return false }
        let known = entries.base + Int(entry)
        if known.pointee.headSize == 0 { fill(&known.pointee) }
        record.price = price.value
        record.priceFigures = price.figures
        record.quantity = quantity.value
        record.quantityFigures = quantity.figures
        record.second = second
        record.entry = entry
        return true
    }

    mutating func settle(
        _ records: UnsafeMutableBufferPointer<TradeRecord>, _ entries: inout TradeEntryTable
    ) {
        DecimalFigures.settle(records, entries, value: \.price, figures: \.priceFigures, form: \.priceForm)
        DecimalFigures.settle(
            records, entries, value: \.quantity, figures: \.quantityFigures, form: \.quantityForm)
    }

    func fill(_ entry: inout TradeEntry) {
        let head = Array("|".utf8) + entry.symbol.bytes + Array("|".utf8)
        entry.head = TradeEntry.text(head)
        entry.headSize = head.count
    }

    @inline(__always)
    func write(
        _ record: borrowing TradeRecord, _ entry: UnsafePointer<TradeEntry>, _ clock: UInt64,
        to place: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        let date = DigitWriter.figures(constants.date) | 0x3030_3030_3030_3030
        place.storeBytes(of: date.littleEndian, as: UInt64.self)
        (place + 8).storeBytes(of: (clock &<< 8 | 0x7C).littleEndian, as: UInt64.self)
        var place = place + 15
        place.storeBytes(of: entry.pointee.head, as: SIMD32<UInt8>.self)
        place += entry.pointee.headSize
        place = entry.pointee.priceForm.write(record.price, to: place)
        place.storeBytes(of: 0x7C, as: UInt8.self)
        place = entry.pointee.quantityForm.write(record.quantity, to: place + 1)
        let side: UInt8 = record.side == 0 ? 0x42 : 0x53
        place.storeBytes(of: (UInt16(side) &<< 8 | 0x7C).littleEndian, as: UInt16.self)
        return place + 2
    }
}
