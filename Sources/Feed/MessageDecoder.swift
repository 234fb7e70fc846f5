public import Columns
public import Market

/// Turns messages of one stream and day into events. The layout is found message by message; what is of no
/// known layout is an ``Undecodable``, never a guess. Pure: the same messages give the same events.
public struct MessageDecoder: ~Copyable {
    /// The symbols seen so far, by the numbers that trades carry.
    public var symbols = SymbolTable()

    /// Called with the text of every trade's line and what was decoded of it; nil: nothing is.
    public var onLine: ((UnsafeRawBufferPointer, Trade) -> Void)?

    private let day: TradingDay
    private let dayStartNanos: Int64
    private let liveTrade: LiveTrade
    private let books: BookDecoder
    private var unescaped: [UInt8] = []
    private var frame = WireFrame()

    /// A trade whose time lies further than this behind its receipt is a snapshot of another day
    /// (PROJECTIONS "Time").
    public static let staleAfterNanos: Int64 = 60 * 1_000_000_000

    /// A decoder for one day of a stream with these scales. `instruments`: what book tables without a code are
    /// about, by the messages' channel, from 1.
    public init(
        day: TradingDay, priceScale: DecimalScale, quantityScale: DecimalScale, instruments: [Symbol] = []
    ) {
        self.day = day
        dayStartNanos = day.start.nanos
        liveTrade = LiveTrade(scales: (priceScale, quantityScale))
        books = BookDecoder(price: priceScale, quantity: quantityScale, instruments: instruments)
    }

    /// The day of a date as six-field lines write it, 20260210; nil where there is none.
    public static func day(ofDate date: UInt32) -> TradingDay? { CalendarDate.number(date) }

    /// Decodes a batch. About 50 ns per 20-field line.
    public mutating func decode(_ messages: UnsafeBufferPointer<RawMessage>, into block: EventBlock) {
        block.reset(messageCount: messages.count)
        var fields = LiveTrade.Fields()
        // Counted here, not in the block: a class property would be checked for exclusive access each time.
        var next = block.trades
        for message in messages {
            let size = message.payloadSize
            let first = size > 0 ? message.payload.load(as: UInt8.self) : 0
            let reason: UndecodableReason?
            // Brackets, curly or square, differ in one bit.
            if _fastPath(first & 0xDF != 0x5B) {
                reason = line(message, message.payload, size, &fields, &next, block)
            } else {
                reason = json(message, first, &fields, &next, block)
            }
            if let reason {
                block.undecodable.append(
                    Undecodable(
                        messageNumber: message.number, recordIndex: 0,
                        reason: message.isGap ? .lost : reason))
            }
        }
        block.tradeCount = next - block.trades
        block.untimedMessageCount = messages.count - (block.tradeCount - block.furtherTradeCount)
    }

    @inline(__always)
    private mutating func line(
        _ message: RawMessage, _ text: UnsafeRawPointer, _ size: Int, _ fields: inout LiveTrade.Fields,
        _ next: inout UnsafeMutablePointer<Trade>, _ block: EventBlock, record: UInt16 = 0
    ) -> UndecodableReason? {
        if let reason = liveTrade.decode(text, size: size, into: &fields) {
            return reason == .unknownLayout ? table(message, block) : reason
        }
        if fields.date != 0, CalendarDate.number(fields.date) != day { return .date }
        var trade = Trade(
            price: fields.price, quantity: fields.quantity, sequence: fields.sequence,
            messageNumber: message.number, symbol: symbols.number(of: fields.symbol), second: fields.second,
            recordIndex: record, side: fields.side, board: fields.board)
        if message.receiveTimeNanos != Timestamp.none.nanos {
            let eventNanos = dayStartNanos &+ Int64(fields.second) &* 1_000_000_000
            if eventNanos &- message.receiveTimeNanos > MessageDecoder.staleAfterNanos {
                trade.status = .stale
            }
        }
        onLine?(UnsafeRawBufferPointer(start: text, count: size), trade)
        next.initialize(to: trade)
        next += 1
        return nil
    }

    private func table(_ message: RawMessage, _ block: EventBlock) -> UndecodableReason? {
        if BrokerSummaryTable.isHeader(message.bytes) || BookTable.isHeader(message.bytes)
            || WireFrame.isPing(message.bytes)
        {
            block.otherCount += 1
            return nil
        }
        if BookDecoder.isBook(message.bytes) {
            return book(books.read(text: message.bytes, channel: message.channel), message, block)
        }
        guard BrokerSummaryTable.looksLikeRow(message.bytes) else { return .unknownLayout }
        return summary(BrokerSummaryTable.read(message.bytes), message, block)
    }

    private func summary(
        _ outcome: Result<BrokerSummary, BrokerSummaryDocument.Flaw>, _ message: RawMessage,
        _ block: EventBlock
    ) -> UndecodableReason? {
        switch outcome {
        case .success(let summary):
            if summary.day != day { return .date }
            let time = Timestamp(nanos: message.receiveTimeNanos)
            let origin = MessageOrigin(
                messageNumber: message.number, receiveTime: time.isKnown ? time : nil)
            block.summaries.append((origin, summary))
            block.otherCount += 1
            return nil
        case .failure(let flaw): return flaw.reason
        }
    }

    /// Takes what a message that is a book says.
    private func book(
        _ reading: BookReading, _ message: RawMessage, _ block: EventBlock
    ) -> UndecodableReason? {
        if let flaw = block.take(reading, (message.number, message.receiveTimeNanos), on: day) {
            return flaw
        }
        block.otherCount += 1
        return nil
    }

    private mutating func json(
        _ message: RawMessage, _ first: UInt8, _ fields: inout LiveTrade.Fields,
        _ next: inout UnsafeMutablePointer<Trade>, _ block: EventBlock
    ) -> UndecodableReason? {
        if first == 0x5B {
            return frame.read(batch: message.bytes) ?? packets(message, &fields, &next, block)
        }
        switch Envelope.read(message.bytes) {
        case .flaw(let reason):
            return reason
        case .envelope(let envelope):
            if envelope.format == .orderBook2 {
                return book(
                    books.read(orderBook2: envelope.raw, code: envelope.code, using: &unescaped), message,
                    block)
            }
            // The buffer is taken out of `self` while `line` has it.
            var scratch = unescaped
            unescaped = []
            defer { unescaped = scratch }
            let outcome = envelope.raw.withText(using: &scratch) { text, size in
                line(message, text, size, &fields, &next, block)
            }
            return outcome ?? .envelope
        case .packet(let data):
            return frame.read(packet: message.bytes, data: data)
                ?? packets(message, &fields, &next, block)
        case .notAnEnvelope:
            return summary(BrokerSummaryDocument.read(message.bytes), message, block)
        }
    }

    /// Decodes the trades of the frame that has been read; flaws of single records are noted here.
    private mutating func packets(
        _ message: RawMessage, _ fields: inout LiveTrade.Fields, _ next: inout UnsafeMutablePointer<Trade>,
        _ block: EventBlock
    ) -> UndecodableReason? {
        guard frame.hasTrades else {
            if !takeBooks(message, block) { block.otherCount += 1 }
            return nil
        }
        takeBooks(message, block)
        let used = next - block.trades
        // Each message behind this one still finds room for a trade.
        block.reserve(used + frame.records.count + block.messageCount, used: used)
        next = block.trades + used
        var scratch = unescaped
        unescaped = []
        defer { unescaped = scratch }
        for (index, record) in frame.records.enumerated() {
            guard let record else { continue }
            let index = UInt16(truncatingIfNeeded: index)
            let outcome = record.withText(using: &scratch) { text, size in
                line(message, text, size, &fields, &next, block, record: index)
            }
            guard let reason = outcome ?? .json else { continue }
            block.undecodable.append(
                Undecodable(messageNumber: message.number, recordIndex: index, reason: reason))
        }
        let trades = UnsafeBufferPointer(start: block.trades + used, count: next - block.trades - used)
        block.furtherTradeCount += trades.count - (trades.first?.recordIndex == 0 ? 1 : 0)
        return nil
    }

    /// Takes the books of the frame that has been read; flaws of single records are noted here.
    /// - Returns: Whether there were flaws.
    @discardableResult
    private mutating func takeBooks(_ message: RawMessage, _ block: EventBlock) -> Bool {
        var hasFlaw = false
        for book in frame.books {
            let reading = books.read(orderBook2: book.text, code: book.code, using: &unescaped)
            let origin = (message.number, message.receiveTimeNanos)
            guard let reason = block.take(reading, origin, on: day) else { continue }
            hasFlaw = true
            block.undecodable.append(
                Undecodable(messageNumber: message.number, recordIndex: book.recordIndex, reason: reason))
        }
        return hasFlaw
    }
}
