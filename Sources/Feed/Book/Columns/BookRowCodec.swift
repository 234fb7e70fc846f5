public import Columns
internal import Market

extension CodecID {
    /// Rows of order-book levels (``BookRowCodec``).
    public static let bookRow = CodecID(rawValue: 6)
}

/// Columns of tables of order-book levels (`timestamp,ticker,side,price,lots`), about 2 bytes a row: both sides
/// keep the book that the rows make, and what it does not predict is written.
///
/// Any other message in a block is kept verbatim.
public struct BookRowCodec: BlockCodec {
    static let header: UInt8 = 0
    static let symbols: UInt8 = 1
    static let coded: UInt8 = 2
    static let raw: UInt8 = 3

    private static let version: UInt64 = 1
    /// Rows of further symbols are kept verbatim.
    private static let symbolCountMax = 1 << 15

    /// A codec.
    public init() {}

    /// 6.
    public var id: CodecID { .bookRow }

    /// See ``BlockCodec``.
    public func encode(_ messages: UnsafeBufferPointer<RawMessage>) -> ColumnBlock {
        var returns = 0
        for message in messages where message.bytes.last == 0x0D { returns += 1 }
        let hasReturn = returns * 2 > messages.count
        var table = SymbolTable()
        var rows = messages.map { message -> BookRow? in
            guard let line = BookRowCodec.line(message.bytes, hasReturn) else { return nil }
            return BookRow(line, &table)
        }
        var symbols = table.symbols.map { BookRowSymbol(code: $0.bytes) }
        BookRowForms.settle(&rows, &symbols)
        let text = UnsafeMutableRawPointer.allocate(byteCount: BookRow.textSizeMax, alignment: 64)
        defer { text.deallocate() }
        for (index, message) in messages.enumerated() {
            guard let row = rows[index], let line = BookRowCodec.line(message.bytes, hasReturn) else { continue }
            let size = row.symbol < BookRowCodec.symbolCountMax
                ? row.write(to: text, symbols[Int(row.symbol)]) : 0
            if !line.elementsEqual(UnsafeRawBufferPointer(start: text, count: size)) { rows[index] = nil }
        }
        symbols.removeLast(max(0, symbols.count - BookRowCodec.symbolCountMax))
        return block(messages, rows, symbols, hasReturn)
    }

    private func block(
        _ messages: UnsafeBufferPointer<RawMessage>, _ rows: [BookRow?], _ symbols: [BookRowSymbol],
        _ hasReturn: Bool
    ) -> ColumnBlock {
        let firstMillis = rows.lazy.compactMap { $0?.millis }.first ?? 0
        var model = BookRowModel(symbolCount: symbols.count, firstMillis: firstMillis, writes: true)
        var bits = ModelledBitWriter()
        var exceptions = ExceptionWriter()
        var rowCount = 0
        for (message, row) in zip(messages, rows) {
            if let row {
                let passed = model.pass(row, &bits)
                precondition(passed != nil, "a row does not fit its model")
                exceptions.passModelled()
                rowCount += 1
            } else {
                exceptions.keep(message.bytes)
            }
        }
        var header: [UInt8] = []
        for value in [
            BookRowCodec.version, UInt64(rowCount), UInt64(messages.count - rowCount), UInt64(symbols.count),
            hasReturn ? 1 : 0, UInt64(firstMillis),
        ] { Varint.append(value, to: &header) }
        let (coded, raw) = bits.finish()
        var list = ColumnList()
        list.add(BookRowCodec.header, .raw, header)
        list.add(BookRowCodec.symbols, .strong, BookRowSymbol.column(symbols))
        list.add(BookRowCodec.coded, .raw, coded)
        list.add(BookRowCodec.raw, .raw, raw)
        exceptions.finish(&list)
        return ColumnBlock(codec: id, messageCount: messages.count, seconds: nil, columns: list.columns)
    }

    /// The line without the CR that its block's lines end in; nil where it ends otherwise.
    private static func line(
        _ message: UnsafeRawBufferPointer, _ hasReturn: Bool
    ) -> UnsafeRawBufferPointer? {
        guard hasReturn else { return message }
        return message.last == 0x0D ? message.part(0..<(message.count - 1)) : nil
    }

    /// See ``BlockCodec``.
    public func decode(
        _ columns: ColumnSet, messageCount: Int, emit: (UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        var header = VarintReader(columns[BookRowCodec.header])
        let version = header.next()
        let rowCount = header.next()
        let exceptionCount = header.next()
        let symbolCount = header.next()
        let flags = header.next()
        let firstMillis = header.next()
        guard !header.failed, header.isAtEnd, version == BookRowCodec.version, messageCount >= 0,
            rowCount <= UInt64(messageCount), exceptionCount == UInt64(messageCount) - rowCount, flags <= 1,
            symbolCount <= UInt64(BookRowCodec.symbolCountMax), firstMillis < 10_000_000_000_000,
            let symbols = BookRowSymbol.read(columns[BookRowCodec.symbols], count: Int(symbolCount)),
            rowCount == 0 || symbolCount > 0
        else { return false }
        var model = BookRowModel(
            symbolCount: symbols.count, firstMillis: Int64(firstMillis), writes: false)
        var bits = ModelledBitReader(coded: columns[BookRowCodec.coded], raw: columns[BookRowCodec.raw])
        var exceptions = VerbatimMessages(columns)
        let text = UnsafeMutableRawPointer.allocate(byteCount: BookRow.textSizeMax, alignment: 64)
        defer { text.deallocate() }
        var verbatim = exceptions.next()
        var left = rowCount
        for number in 0..<messageCount {
            if let next = verbatim, next.number == number {
                emit(next.payload)
                verbatim = exceptions.next()
                continue
            }
            guard left > 0, let row = model.pass(BookRow(), &bits) else { return false }
            left -= 1
            var size = row.write(to: text, symbols[Int(row.symbol)])
            if flags == 1 {
                text.storeBytes(of: 0x0D, toByteOffset: size, as: UInt8.self)
                size += 1
            }
            emit(UnsafeRawBufferPointer(start: text, count: size))
        }
        return verbatim == nil && exceptions.isAtEnd
    }
}

/// Finds how each symbol's numbers are written.
enum BookRowForms {
    /// Brings the rows' numbers to their symbol's scale, and finds the form that most of them have. Rows that
    /// cannot be brought there become nil.
    static func settle(_ rows: inout [BookRow?], _ symbols: inout [BookRowSymbol]) {
        settle(&rows, &symbols, \.price, \.price)
        settle(&rows, &symbols, \.lots, \.lots)
    }

    private static func settle(
        _ rows: inout [BookRow?], _ symbols: inout [BookRowSymbol],
        _ number: WritableKeyPath<BookRow, BookRow.DecimalNumber>,
        _ form: WritableKeyPath<BookRowSymbol, DecimalForm>
    ) {
        for row in rows {
            guard let row else { continue }
            let symbol = Int(row.symbol)
            symbols[symbol][keyPath: form].digits = max(
                symbols[symbol][keyPath: form].digits, row[keyPath: number].figures)
        }
        var balance = [Int](repeating: 0, count: symbols.count)
        for index in rows.indices {
            guard var row = rows[index] else { continue }
            let symbol = Int(row.symbol)
            let digits = symbols[symbol][keyPath: form].digits
            let written = row[keyPath: number]
            if written.figures == digits { balance[symbol] += 1 }
            if written.figures == 0 || written.value % 10 != 0 { balance[symbol] -= 1 }
            let fits = row[keyPath: number].scale(to: digits)
            rows[index] = fits ? row : nil
        }
        for symbol in symbols.indices where balance[symbol] > 0 {
            symbols[symbol][keyPath: form].isFixed = true
        }
    }
}
