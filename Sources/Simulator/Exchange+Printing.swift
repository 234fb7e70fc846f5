import Market

extension Exchange {
    /// A trade of the regular board; an order number of 0 is written `00`.
    @inline(__always)
    mutating func printRegular(
        _ symbol: Int, price: Int64, lots: Int64, buyOrder: UInt32, sellOrder: UInt32, buyer: Int,
        seller: Int
    ) {
        let book = books + symbol
        let turnover = price &* lots
        book.pointee.value &+= turnover
        book.pointee.lots &+= lots
        ledger.record(symbol: symbol, buyer: buyer, seller: seller, lots: lots, value: turnover &* 100)
        if book.pointee.trades == 0 {
            book.pointee.open = price
            book.pointee.high = price
            book.pointee.low = price
        }
        book.pointee.high = max(book.pointee.high, price)
        book.pointee.low = min(book.pointee.low, price)
        book.pointee.trades &+= 1
        book.pointee.close = price
        writeLine(
            symbol, board: .regular, price: price, lots: lots, buyOrder: buyOrder, sellOrder: sellOrder,
            average: book.pointee.value / book.pointee.lots)
    }

    /// A trade beside the order book: cash market in the morning only, else negotiated.
    mutating func printOffBook(_ symbol: Int, isMorning: Bool) {
        let book = books + symbol
        guard book.pointee.trades > 0 else { return }
        if isMorning && random.below(4) == 0 {
            let lots = Int64(random.within(1...200))
            let price = book.pointee.close
            book.pointee.cashValue += price * lots
            book.pointee.cashLots += lots
            orderNumber &+= 1
            let buys = random.below(2) == 0
            writeLine(
                symbol, board: .cash, price: price, lots: lots, buyOrder: buys ? 0 : orderNumber,
                sellOrder: buys ? orderNumber : 0, average: book.pointee.cashValue / book.pointee.cashLots)
        } else {
            // Two members agree on any price and size; no order rests, so no order is named.
            let lots = Int64(random.within(1...40)) * Int64(random.within(50...2500))
            let average = book.pointee.value / book.pointee.lots
            let price = max(1, average + average * random.bell() / 200)
            book.pointee.negotiatedValue += price * lots
            book.pointee.negotiatedLots += lots
            writeLine(
                symbol, board: .negotiated, price: price, lots: lots, buyOrder: 0, sellOrder: 0,
                average: book.pointee.negotiatedValue / book.pointee.negotiatedLots)
        }
    }

    /// One line of twenty fields (PROTOCOLS §1.5).
    ///
    /// Field 16 is the change against the symbol's trade before, whatever its board; for the first
    /// trade of a day, against the previous close, as lines of the real sample show whose average
    /// equals their price.
    @inline(__always)
    private mutating func writeLine(
        _ symbol: Int, board: Board, price: Int64, lots: Int64, buyOrder: UInt32, sellOrder: UInt32,
        average: Int64
    ) {
        let book = books + symbol
        sequence &+= 1
        let previousClose = book.pointee.previousClose
        let change = price &- previousClose

        // 20 fields, none longer than 20 bytes, and 19 bars.
        var place = tape.reserve(512)
        UnsafeMutableRawPointer(place).storeBytes(of: clockField.littleEndian, as: UInt64.self)
        let code = codeFields + symbol &* Exchange.codeFieldSize
        (place + 8).update(from: code + 1, count: Exchange.codeFieldSize &- 1)
        place += 8 &+ Int(code[0])
        if board != .regular {
            place[-3] = board == .cash ? 0x54 : 0x4E
            place[-2] = board == .cash ? 0x4E : 0x47
        }
        // The real feed writes a leading zero, and at least six digits.
        var zeros = max(1, 6 &- Decimal.digits(of: UInt64(bitPattern: sequence)))
        while zeros > 0 {
            place[0] = 0x30
            place += 1
            zeros &-= 1
        }
        place = Exchange.field(sequence, to: place)
        place = Exchange.field(price, to: place)
        place = Exchange.field(lots, to: place)
        place = Exchange.text("--|-|--|-|", to: place)
        place = Exchange.field(previousClose, to: place)
        place = Exchange.orderField(buyOrder, to: place)
        place = Exchange.orderField(sellOrder, to: place)
        place = Exchange.field(change, to: place)
        place = Exchange.field(price &- book.pointee.lastPrice, to: place)
        place = Exchange.field(average, to: place)
        place = Exchange.field(100 &* change / previousClose, to: place)
        tape.commit(Exchange.text("1\n", to: place))
        book.pointee.lastPrice = price
    }

    @inline(__always)
    private static func field(
        _ value: Int64, to place: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        let end = Decimal.write(value, to: place)
        end[0] = 0x7C
        return end + 1
    }

    @inline(__always)
    private static func orderField(
        _ number: UInt32, to place: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        number == 0 ? text("00|", to: place) : field(Int64(number), to: place)
    }

    @inline(__always)
    private static func text(
        _ text: StaticString, to place: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        place.update(from: text.utf8Start, count: text.utf8CodeUnitCount)
        return place + text.utf8CodeUnitCount
    }
}
