internal import Market

/// Decodes Stockbit's order-book text (PROTOCOLS §2.3): `#O|ASII|OFFER|4790;18;183000|4800;21;381300|…`, one
/// whole side a message, levels of `price;orders;shares`. Items without `;` behind the levels (an id, a
/// total and times of no documented form) are passed over.
struct StockbitBook {
    let scales: BookScales

    /// Whether a message begins like one.
    static func isBook(_ text: UnsafeRawBufferPointer) -> Bool {
        text.count > 3 && text[0] == 0x23 && text[1] == 0x4F && text[2] == 0x7C
    }

    /// Reads the text, which begins like a book.
    func read(_ text: UnsafeRawBufferPointer) -> BookReading {
        let end = text.last == 0x0D ? text.count - 1 : text.count
        do throws(BookFlaw) {
            return .update(try update(text.part(3..<end)))
        } catch {
            return .flaw(error.reason)
        }
    }

    private func update(_ text: UnsafeRawBufferPointer) throws(BookFlaw) -> BookUpdate {
        var items = TextParts(text, separator: 0x7C)
        guard let symbol = items.next().flatMap({ Symbol(bytes: $0) }) else { throw BookFlaw(.symbol) }
        guard let side = items.next() else { throw BookFlaw(.fieldCount) }
        guard let isBid = StockbitBook.isBid(side) else { throw BookFlaw(.row) }
        var levels: [BookUpdate.Level] = []
        var isBehind = false
        while let item = items.next() {
            guard item.contains(0x3B) else {
                isBehind = isBehind || !item.isEmpty
                continue
            }
            // A level behind the trailer is none of the side's.
            guard !isBehind else { throw BookFlaw(.fieldCount) }
            levels.append(try level(item, isBid: isBid))
        }
        return BookUpdate(symbol: symbol, change: .sides(bids: isBid, offers: !isBid, levels))
    }

    private func level(
        _ item: UnsafeRawBufferPointer, isBid: Bool
    ) throws(BookFlaw) -> BookUpdate.Level {
        var parts = TextParts(item, separator: 0x3B)
        guard let price = parts.next(), let orders = parts.next(), let shares = parts.next(),
            parts.next() == nil, Digits.longValue(orders) != nil
        else { throw BookFlaw(.fieldCount) }
        let lots = try scales.lots(shares: shares)
        return BookUpdate.Level(
            price: try scales.price(price), bid: isBid ? lots : BookUpdate.Level.unsaid,
            offer: isBid ? BookUpdate.Level.unsaid : lots)
    }

    /// Whether a side's name is that of bids; nil where it names none.
    static func isBid(_ name: UnsafeRawBufferPointer) -> Bool? {
        if name.elementsEqual("BID".utf8) { return true }
        return name.elementsEqual("OFFER".utf8) ? false : nil
    }
}
