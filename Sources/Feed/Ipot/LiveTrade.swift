internal import Columns
internal import Market

/// Decodes the two pipe layouts of trades, chosen line by line.
///
/// - Twenty fields, as the feed sends them (PROTOCOLS §1.5):
///   `B|HHMMSS|0|TICKER|BOARD|SEQ|PRICE|LOT|--|-|--|-|PREV|SELLER|BUYER|CHG|TICK|VWAP|PCT|1`.
///   Field 0 is not a side. Field 14 filled: the buyer was the aggressor; field 13: the seller; both or
///   neither: unknown (rule `side.order@1`). The day is the tape's.
/// - Six fields and more, the older form (PROTOCOLS §0.1): `YYYYMMDD|HHMMSS|TICKER|PRICE|VOL|SIDE[|…]`, side
///   `B` or `S` (rule `side.field@1`), no sequence number and no board: the regular one.
///
/// Lines may end in CR. The text must be followed by `RawMessage.payloadSlack` readable bytes.
struct LiveTrade {
    let scales: (price: DecimalScale, quantity: DecimalScale)

    /// What a line says; the caller adds message number and symbol number.
    struct Fields {
        var price: Int64 = 0
        var quantity: Int64 = 0
        var sequence = Trade.noSequence
        var second: UInt32 = 0
        var side = Side.unknown
        var board = Board.regular
        var symbol = Symbol(uncheckedHigh: 0, low: 0)
        /// The payload's own date as YYYYMMDD; 0 where it has none.
        var date: UInt32 = 0
    }

    /// Reads a line into `fields`; returns what is wrong with it, or nil. About 25 ns for a 20-field line.
    @inline(__always)
    func decode(_ line: UnsafeRawPointer, size: Int, into fields: inout Fields) -> UndecodableReason? {
        var size = size
        if size > 0, line.load(fromByteOffset: size &- 1, as: UInt8.self) == 0x0D { size &-= 1 }
        guard size > 0 else { return .empty }
        let first = Digits.word(line)
        if first & 0xFFFF == 0x7C42 {
            if plainTwentyFields(line, size, &fields) { return nil }
            return twentyFields(line, size, &fields)
        }
        if Digits.pipeIndex(first) == 8, size > 8, line.load(fromByteOffset: 8, as: UInt8.self) == 0x7C,
            let date = Digits.value(first, count: 8)
        {
            // No day is called 0, and in `fields` it means that the line has no date.
            guard date != 0 else { return .date }
            fields.date = UInt32(truncatingIfNeeded: date)
            return sixFields(line, size, &fields)
        }
        return .unknownLayout
    }

    // MARK: Twenty fields

    /// Reads a line in its everyday shape: field 2 is `0`, the regular board, fields of at most eight bytes,
    /// masked brokers, whole numbers. False, with `fields` half written, for every other line; the general
    /// reader then decides, and it would read every line that this one reads alike.
    @inline(__always)
    private func plainTwentyFields(_ line: UnsafeRawPointer, _ size: Int, _ fields: inout Fields) -> Bool {
        guard scales.price.digits == 0, scales.quantity.digits == 0,
            UInt32(littleEndian: (line + 8).loadUnaligned(as: UInt32.self)) & 0xFF_FFFF == 0x7C_307C,
            let second = Digits.secondOfDay(Digits.word(line + 2))
        else { return false }
        var cursor = line + 11
        let name = Digits.word(cursor)
        let nameSize = Digits.pipeIndex(name)
        guard nameSize >= 1, nameSize < 8,
            let symbol = FieldScanner.Field(start: cursor, size: nameSize, word: name).symbol
        else { return false }
        cursor += nameSize &+ 1
        // RG|
        guard UInt32(littleEndian: cursor.loadUnaligned(as: UInt32.self)) & 0xFF_FFFF == 0x7C_4752 else {
            return false
        }
        cursor += 3
        guard let sequence = LiveTrade.plainNumber(&cursor), let price = LiveTrade.plainNumber(&cursor),
            let quantity = LiveTrade.plainNumber(&cursor), price > 0, quantity > 0,
            // --|-|--|-|
            Digits.word(cursor) == 0x7C2D_2D7C_2D7C_2D2D,
            UInt16(littleEndian: (cursor + 8).loadUnaligned(as: UInt16.self)) == 0x7C2D
        else { return false }
        cursor += 10
        guard let previous = LiveTrade.plainField(&cursor), previous.size >= 0,
            let seller = LiveTrade.plainField(&cursor), let buyer = LiveTrade.plainField(&cursor)
        else { return false }
        // All pipes so far stand inside the line if the last one does; four more must follow.
        guard cursor <= line + size, LiveTrade.pipeCount(cursor, line + size) == 4 else { return false }
        let sellerFilled = isFilled(seller)
        let buyerFilled = isFilled(buyer)
        fields.side = sellerFilled == buyerFilled ? .unknown : buyerFilled ? .buy : .sell
        fields.second = second
        fields.symbol = symbol
        fields.board = .regular
        fields.sequence = sequence
        fields.price = Int64(truncatingIfNeeded: price)
        fields.quantity = Int64(truncatingIfNeeded: quantity)
        fields.date = 0
        return true
    }

    /// The field of at most eight bytes that begins here; moves behind its pipe.
    @inline(__always)
    private static func plainField(_ cursor: inout UnsafeRawPointer) -> FieldScanner.Field? {
        let word = Digits.word(cursor)
        let size = Digits.pipeIndex(word)
        if size == 8, (cursor + 8).load(as: UInt8.self) != 0x7C { return nil }
        defer { cursor += size &+ 1 }
        return FieldScanner.Field(start: cursor, size: size, word: word)
    }

    /// The whole number of one to eight figures that begins here; moves behind its pipe.
    @inline(__always)
    private static func plainNumber(_ cursor: inout UnsafeRawPointer) -> UInt64? {
        guard let field = plainField(&cursor), field.size > 0 else { return nil }
        return Digits.value(field.word, count: field.size)
    }

    /// Pipes from `start` up to `end`. Reads up to seven bytes behind the end.
    @inline(__always)
    private static func pipeCount(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Int {
        var cursor = start
        var count = 0
        while cursor < end {
            let marked = Digits.word(cursor) ^ 0x7C7C_7C7C_7C7C_7C7C
            // High bit set exactly in bytes that are zero: no carry passes from byte to byte.
            var zero =
                ~(((marked & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7F7F_7F7F_7F7F_7F7F) | marked | 0x7F7F_7F7F_7F7F_7F7F)
            let left = end - cursor
            if left < 8 { zero &= (1 &<< UInt64(truncatingIfNeeded: left &* 8)) &- 1 }
            count &+= zero.nonzeroBitCount
            cursor += 8
        }
        return count
    }

    @inline(__always)
    private func twentyFields(
        _ line: UnsafeRawPointer, _ size: Int, _ fields: inout Fields
    ) -> UndecodableReason? {
        var scanner = FieldScanner(line, from: 2, size: size)
        let time = scanner.next()
        scanner.skip(1)
        let symbol = scanner.next()
        let board = scanner.next()
        let sequence = scanner.next()
        let price = scanner.next()
        let quantity = scanner.next()
        scanner.skip(5)
        let seller = scanner.next()
        let buyer = scanner.next()
        scanner.skip(4)
        let last = scanner.next()
        guard scanner.isAtEnd, last.size >= 0 else { return .fieldCount }

        guard time.size == 6, let second = Digits.secondOfDay(time.word) else { return .time }
        guard let parsed = symbol.symbol else { return .symbol }
        guard board.size == 2 else { return .board }
        switch board.word & 0xFFFF {
        case 0x4752: fields.board = .regular  // RG
        case 0x4E54: fields.board = .cash  // TN
        case 0x474E: fields.board = .negotiated  // NG
        default: return .board
        }
        guard let number = sequence.whole, number != Trade.noSequence else { return .sequence }
        if let flaw = self.price(price, &fields) ?? self.quantity(quantity, &fields) { return flaw }
        let sellerFilled = isFilled(seller)
        let buyerFilled = isFilled(buyer)
        fields.side = sellerFilled == buyerFilled ? .unknown : buyerFilled ? .buy : .sell
        fields.second = second
        fields.symbol = parsed
        fields.sequence = number
        fields.date = 0
        return nil
    }

    /// An order number stands in the field; `00` and nothing do not count.
    @inline(__always)
    private func isFilled(_ field: FieldScanner.Field) -> Bool {
        field.size > 0 && !(field.size == 2 && field.word & 0xFFFF == 0x3030)
    }

    // MARK: Six fields

    private func sixFields(
        _ line: UnsafeRawPointer, _ size: Int, _ fields: inout Fields
    ) -> UndecodableReason? {
        var scanner = FieldScanner(line, from: 9, size: size)
        let time = scanner.next()
        let symbol = scanner.next()
        let price = scanner.next()
        let quantity = scanner.next()
        let side = scanner.next()
        guard !scanner.overran else { return .fieldCount }

        guard time.size == 6, let second = Digits.secondOfDay(time.word) else { return .time }
        guard let parsed = symbol.symbol else { return .symbol }
        if let flaw = self.price(price, &fields) ?? self.quantity(quantity, &fields) { return flaw }
        if side.size == 1, side.word & 0xFF == 0x42 {
            fields.side = .buy
        } else if side.size == 1, side.word & 0xFF == 0x53 {
            fields.side = .sell
        } else {
            fields.side = .unknown
        }
        fields.second = second
        fields.symbol = parsed
        fields.sequence = Trade.noSequence
        fields.board = .regular
        return nil
    }

    // MARK: Fields

    @inline(__always)
    private func price(_ field: FieldScanner.Field, _ fields: inout Fields) -> UndecodableReason? {
        amount(field, scales.price, &fields.price, .price)
    }

    @inline(__always)
    private func quantity(_ field: FieldScanner.Field, _ fields: inout Fields) -> UndecodableReason? {
        amount(field, scales.quantity, &fields.quantity, .quantity)
    }

    @inline(__always)
    private func amount(
        _ field: FieldScanner.Field, _ scale: DecimalScale, _ value: inout Int64, _ flaw: UndecodableReason
    ) -> UndecodableReason? {
        if _fastPath(scale.digits == 0 && field.size >= 1 && field.size <= 8),
            let plain = Digits.value(field.word, count: field.size)
        {
            value = Int64(truncatingIfNeeded: plain)
            return plain > 0 ? nil : flaw
        }
        do {
            value = try DecimalText.parse(field.bytes, scale)
            return value > 0 ? nil : flaw
        } catch .tooPrecise {
            return .precision
        } catch {
            return flaw
        }
    }
}
