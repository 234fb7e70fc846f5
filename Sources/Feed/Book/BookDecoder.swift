internal import Market

/// Decodes order books of every layout, for ``MessageDecoder`` and ``PayloadInspector``.
struct BookDecoder {
    private let orderBook2: OrderBook2
    private let stockbit: StockbitBook
    private let table: BookTable
    private let instruments: [Symbol]

    /// A decoder for a stream with these scales. `instruments`: those of sources whose rows name none, by the
    /// messages' channel, from 1.
    init(price: DecimalScale, quantity: DecimalScale, instruments: [Symbol]) {
        let scales = BookScales(price: price, quantity: quantity)
        orderBook2 = OrderBook2(scales: scales)
        stockbit = StockbitBook(scales: scales)
        table = BookTable(scales: scales)
        self.instruments = instruments
    }

    /// Whether a message that is no JSON begins like a book.
    static func isBook(_ text: UnsafeRawBufferPointer) -> Bool {
        BookTable.isLevelRow(text) || BookTable.isSideRow(text) || StockbitBook.isBook(text)
            || StockbitFrame.isBook(text)
    }

    /// Reads a message that ``isBook(_:)``.
    func read(text: UnsafeRawBufferPointer, channel: UInt16) -> BookReading {
        if StockbitBook.isBook(text) { return stockbit.read(text) }
        if StockbitFrame.isBook(text) {
            return StockbitFrame.body(text).map { stockbit.read($0) } ?? .flaw(.envelope)
        }
        let isNamed = channel > 0 && Int(channel) <= instruments.count
        return table.read(text, symbol: isNamed ? instruments[Int(channel) - 1] : nil)
    }

    /// Reads the JSON of the feed's book as it stands in an envelope or frame.
    func read(
        orderBook2 text: JSONScanner.Text, code: JSONScanner.Text?, using scratch: inout [UInt8]
    ) -> BookReading {
        let code = code.flatMap { $0.hasEscapes ? nil : $0.raw }
        return text.withText(using: &scratch) { base, size in
            orderBook2.read(UnsafeRawBufferPointer(start: base, count: size), code: code)
        } ?? .flaw(.json)
    }
}

extension EventBlock {
    /// Keeps what a book message says; returns what is wrong with it, or nil.
    func take(
        _ reading: BookReading, _ message: (number: UInt64, receiveTimeNanos: Int64), on day: TradingDay
    ) -> UndecodableReason? {
        switch reading {
        case .flaw(let reason): return reason
        case .ignored: return nil
        case .update(let update):
            // Another day's book is no part of this day's.
            if update.eventTime.isKnown, TradingDay(containing: update.eventTime) != day { return .date }
            let time = Timestamp(nanos: message.receiveTimeNanos)
            bookUpdates.append(
                (MessageOrigin(messageNumber: message.number, receiveTime: time.isKnown ? time : nil), update))
            return nil
        }
    }
}
