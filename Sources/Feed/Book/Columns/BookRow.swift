internal import Columns
internal import Market

/// A row of the table `timestamp,ticker,side,price,lots` in a block: its numbers in units of its symbol's forms.
struct BookRow {
    var millis: Int64 = 0
    var symbol: UInt32 = 0
    var isOffer = false
    var price = DecimalNumber()
    var lots = DecimalNumber()

    /// A decimal: its figures as one integer, and how many stand behind the point.
    struct DecimalNumber {
        var value: Int64 = 0
        var figures: UInt8 = 0

        /// Brings the number to more figures behind the point; false where it would become too large.
        mutating func scale(to digits: UInt8) -> Bool {
            let (scaled, isTooLarge) = value.multipliedReportingOverflow(
                by: DecimalFigures.powers[Int(digits - figures)])
            value = scaled
            figures = digits
            return !isTooLarge && scaled <= BookRow.valueMax
        }
    }

    /// Sums and differences of two such values fit 64 bits.
    static let valueMax: Int64 = 1 << 61
    /// Longest text that ``write(to:_:)`` makes.
    static let textSizeMax = 256

    /// Reads a line; nil where it is no such row. Symbols get their numbers from `symbols`.
    init?(_ line: UnsafeRawBufferPointer, _ symbols: inout SymbolTable) {
        guard BookTable.isLevelRow(line), let millis = Digits.longValue(line.part(0..<13)) else { return nil }
        self.millis = Int64(millis)
        var columns = TextParts(line.part(14..<line.count), separator: 0x2C)
        guard let code = columns.next(), let symbol = Symbol(bytes: code), let side = columns.next(),
            let isBid = StockbitBook.isBid(side), let price = columns.next().flatMap(BookRow.number),
            let lots = columns.next().flatMap(BookRow.number), columns.next() == nil
        else { return nil }
        isOffer = !isBid
        self.price = price
        self.lots = lots
        self.symbol = symbols.number(of: symbol)
    }

    init() {}

    private static func number(_ text: UnsafeRawBufferPointer) -> DecimalNumber? {
        guard let base = text.baseAddress,
            let figures = DecimalFigures(
                FieldScanner.Field(start: base, size: text.count, word: Digits.word(base)))
        else { return nil }
        return DecimalNumber(value: figures.value, figures: figures.figures)
    }

    /// Writes the line to memory of ``textSizeMax`` bytes; returns its size.
    func write(to memory: UnsafeMutableRawPointer, _ symbol: BookRowSymbol) -> Int {
        var place = DigitWriter.write(UInt64(millis), width: 13, to: memory)
        place.storeBytes(of: 0x2C, as: UInt8.self)
        place += 1
        symbol.code.withUnsafeBytes { place.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
        place += symbol.code.count
        // ,BID, and ,OFFER,
        let side: UInt64 = isOffer ? 0x2C_5245_4646_4F2C : 0x2C_4449_422C
        place.storeBytes(of: side.littleEndian, as: UInt64.self)
        place = symbol.price.write(price.value, to: place + (isOffer ? 7 : 5))
        place.storeBytes(of: 0x2C, as: UInt8.self)
        place = symbol.lots.write(lots.value, to: place + 1)
        return place - memory
    }
}

/// A symbol of a block of book rows: its code and how its numbers are written.
struct BookRowSymbol {
    var code: [UInt8]
    var price = DecimalForm()
    var lots = DecimalForm()

    /// The column: per symbol a varint of the code's size, the code, and two bytes of forms.
    static func column(_ symbols: [BookRowSymbol]) -> [UInt8] {
        var bytes: [UInt8] = []
        for symbol in symbols {
            Varint.append(UInt64(symbol.code.count), to: &bytes)
            bytes += symbol.code
            bytes += [symbol.price, symbol.lots].map { $0.digits << 1 | ($0.isFixed ? 1 : 0) }
        }
        return bytes
    }

    /// Reads the column; nil where it is damaged.
    static func read(_ column: UnsafeRawBufferPointer, count: Int) -> [BookRowSymbol]? {
        guard count <= column.count else { return nil }
        var symbols: [BookRowSymbol] = []
        var reader = VarintReader(column)
        for _ in 0..<count {
            let size = reader.next()
            guard !reader.failed, size >= 1, size <= UInt64(Symbol.sizeMax),
                let code = reader.bytes(Int(size)), let forms = reader.bytes(2),
                forms.allSatisfy({ $0 >> 1 <= DecimalForm.digitsMax })
            else { return nil }
            symbols.append(
                BookRowSymbol(
                    code: Array(code), price: DecimalForm(digits: forms[0] >> 1, isFixed: forms[0] & 1 == 1),
                    lots: DecimalForm(digits: forms[1] >> 1, isFixed: forms[1] & 1 == 1)))
        }
        return reader.isAtEnd ? symbols : nil
    }
}
