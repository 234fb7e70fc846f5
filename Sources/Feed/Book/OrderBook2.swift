internal import Market

/// Decodes the feed's order book (PROTOCOLS §1.7), JSON that stands as text in an envelope or frame:
///
/// - `{"subcmd":"INIT","BUY":[[price,lots],…],"SELL":[…],"headinfo":"C|U|CODE|RG|…"}`: the whole book;
/// - `{"subcmd":"UPDATE","board":"RG","recinfo":"C|U|CODE|RG|…|;|bid|offer|P|price|bidLots|offerLots|…|X|…"}`:
///   levels, each with its lots on both sides: the side that is 0 is none there.
///
/// Only books of the regular board are updates; those of others are ignored.
struct OrderBook2 {
    let scales: BookScales

    /// Reads the JSON. `code` is the instrument that the envelope or frame names, if it does; else the
    /// header's, and where both are they have to agree.
    func read(_ json: UnsafeRawBufferPointer, code: UnsafeRawBufferPointer?) -> BookReading {
        var found = Found()
        var scanner = JSONScanner(json)
        scanner.skipBlank()
        let isWhole = scanner.object { key, scanner in found.visit(key, &scanner, scales) }
        if let flaw = found.flaw { return .flaw(flaw.reason) }
        guard isWhole, scanner.isAtEnd() else { return .flaw(.json) }
        do throws(BookFlaw) {
            return try reading(found, code)
        } catch {
            return .flaw(error.reason)
        }
    }

    private func reading(_ found: Found, _ code: UnsafeRawBufferPointer?) throws(BookFlaw) -> BookReading {
        guard let command = found.command, let record = found.record, !record.hasEscapes else {
            throw BookFlaw(.envelope)
        }
        var fields = TextParts(record.raw, separator: 0x7C)
        _ = fields.next()
        _ = fields.next()
        guard let named = fields.next(), let symbol = Symbol(bytes: code ?? named),
            code == nil || named.elementsEqual(code!)
        else { throw BookFlaw(.symbol) }
        guard let board = fields.next(), board.count == 2 else { throw BookFlaw(.board) }
        if let given = found.board, !given.raw.elementsEqual(board) { throw BookFlaw(.board) }
        switch (board[0], board[1]) {
        case (0x52, 0x47): break  // RG
        case (0x54, 0x4E), (0x4E, 0x47): return .ignored  // TN, NG
        default: throw BookFlaw(.board)
        }
        if command.equals("INIT") {
            guard found.hasBuy, found.hasSell else { throw BookFlaw(.envelope) }
            return .update(BookUpdate(symbol: symbol, change: .whole(found.levels)))
        }
        guard command.equals("UPDATE") else { throw BookFlaw(.envelope) }
        return .update(BookUpdate(symbol: symbol, change: .levels(try changes(&fields))))
    }

    /// The triples behind `;|bid|offer|P`, up to `X`.
    private func changes(_ fields: inout TextParts) throws(BookFlaw) -> [BookUpdate.Level] {
        while true {
            guard let field = fields.next() else { throw BookFlaw(.fieldCount) }
            if OrderBook2.isMark(field, 0x3B) { break }
        }
        _ = fields.next()
        _ = fields.next()
        guard let mark = fields.next(), OrderBook2.isMark(mark, 0x50) else { throw BookFlaw(.fieldCount) }
        var levels: [BookUpdate.Level] = []
        while true {
            guard let price = fields.next() else { throw BookFlaw(.fieldCount) }
            if OrderBook2.isMark(price, 0x58) { return levels }
            guard let bid = fields.next(), let offer = fields.next() else { throw BookFlaw(.fieldCount) }
            levels.append(
                BookUpdate.Level(
                    price: try scales.price(price), bid: try scales.lots(bid),
                    offer: try scales.lots(offer)))
        }
    }

    private static func isMark(_ field: UnsafeRawBufferPointer, _ byte: UInt8) -> Bool {
        field.count == 1 && field[0] == byte
    }

    private struct Found {
        var command: JSONScanner.Text?
        var board: JSONScanner.Text?
        var record: JSONScanner.Text?
        var levels: [BookUpdate.Level] = []
        var hasBuy = false
        var hasSell = false
        var flaw: BookFlaw?

        mutating func visit(
            _ key: JSONScanner.Text, _ scanner: inout JSONScanner, _ scales: BookScales
        ) -> Bool {
            let isText = scanner.byte == 0x22
            if isText, key.equals("subcmd") {
                command = scanner.string()
                return command != nil
            }
            if isText, key.equals("board") {
                board = scanner.string()
                return board != nil
            }
            if isText, key.equals("recinfo") || key.equals("headinfo") {
                record = scanner.string()
                return record != nil
            }
            if key.equals("BUY") {
                hasBuy = true
                return side(&scanner, scales, isBid: true)
            }
            if key.equals("SELL") {
                hasSell = true
                return side(&scanner, scales, isBid: false)
            }
            return scanner.value()
        }

        private mutating func side(
            _ scanner: inout JSONScanner, _ scales: BookScales, isBid: Bool
        ) -> Bool {
            scanner.array { scanner in
                var values: [Int64] = []
                let isPair = scanner.array { scanner in
                    guard let text = scanner.number(), values.count < 2 else { return false }
                    do throws(BookFlaw) {
                        values.append(values.isEmpty ? try scales.price(text) : try scales.lots(text))
                    } catch {
                        flaw = error
                        return false
                    }
                    return true
                }
                guard isPair, values.count == 2 else { return false }
                levels.append(
                    BookUpdate.Level(
                        price: values[0], bid: isBid ? values[1] : BookUpdate.Level.unsaid,
                        offer: isBid ? BookUpdate.Level.unsaid : values[1]))
                return true
            }
        }
    }
}
