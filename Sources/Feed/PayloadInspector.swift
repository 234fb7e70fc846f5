public import Market

/// What an importer has to know of a payload before it goes on the tape: the day it names, its receive time
/// and whether it will decode.
public struct PayloadFacts: Equatable, Sendable {
    /// The payload's own date; nil where it has none.
    public var day: TradingDay?
    /// When it was received; ``Timestamp/none`` where nothing says.
    public var receiveTime: Timestamp = .none
    /// Whether it is a table's header, which belongs to the next row's day.
    public var isHeader = false
    /// Why it will not decode; nil where it will.
    public var flaw: UndecodableReason?

    /// Facts; by default those of a payload about which nothing special is known.
    public init(
        day: TradingDay? = nil, receiveTime: Timestamp = .none, isHeader: Bool = false,
        flaw: UndecodableReason? = nil
    ) {
        self.day = day
        self.receiveTime = receiveTime
        self.isHeader = isHeader
        self.flaw = flaw
    }
}

/// Looks into payloads of one stream. The tape itself never does.
public struct PayloadInspector {
    private let liveTrade: LiveTrade
    private let books: BookDecoder
    /// Channel of the source's messages.
    private let channel: UInt16
    private var unescaped: [UInt8] = []
    private var frame = WireFrame()
    private var lastDate: UInt32 = 0
    private var lastDay: TradingDay?

    /// An inspector for a stream with these scales. `instrument`: what the source is about, where its rows do not
    /// say.
    public init(priceScale: DecimalScale, quantityScale: DecimalScale, instrument: Symbol? = nil) {
        liveTrade = LiveTrade(scales: (priceScale, quantityScale))
        books = BookDecoder(
            price: priceScale, quantity: quantityScale, instruments: instrument.map { [$0] } ?? [])
        channel = instrument == nil ? 0 : 1
    }

    /// The facts of a payload, which must be followed by `RawMessage.payloadSlack` readable bytes. About
    /// 40 ns for a trade line.
    public mutating func inspect(_ payload: UnsafeRawBufferPointer) -> PayloadFacts {
        guard let base = payload.baseAddress, payload.count > 0 else { return PayloadFacts(flaw: .empty) }
        if payload[0] == 0x7B { return json(payload) }
        if payload[0] == 0x5B { return packets(flaw: frame.read(batch: payload)) }
        let facts = line(base, payload.count)
        return facts.flaw == .unknownLayout ? table(payload) : facts
    }

    @inline(__always)
    private mutating func line(_ text: UnsafeRawPointer, _ size: Int) -> PayloadFacts {
        var fields = LiveTrade.Fields()
        let flaw = liveTrade.decode(text, size: size, into: &fields)
        guard fields.date != 0 else { return PayloadFacts(flaw: flaw) }
        guard let day = day(fields.date) else { return PayloadFacts(flaw: .date) }
        return PayloadFacts(day: day, flaw: flaw)
    }

    private func table(_ payload: UnsafeRawBufferPointer) -> PayloadFacts {
        if BrokerSummaryTable.isHeader(payload) || BookTable.isHeader(payload) {
            return PayloadFacts(isHeader: true)
        }
        if WireFrame.isPing(payload) { return PayloadFacts() }
        if BookDecoder.isBook(payload) {
            return PayloadFacts(
                day: BookTable.time(payload).map { TradingDay(containing: $0) },
                flaw: PayloadInspector.flaw(books.read(text: payload, channel: channel)))
        }
        guard BrokerSummaryTable.looksLikeRow(payload) else { return PayloadFacts(flaw: .unknownLayout) }
        let day = CalendarDate.dashed(UnsafeRawBufferPointer(rebasing: payload[..<10]))
        switch BrokerSummaryTable.read(payload) {
        case .success(let summary): return PayloadFacts(day: summary.day)
        case .failure(let flaw): return PayloadFacts(day: day, flaw: flaw.reason)
        }
    }

    private mutating func json(_ payload: UnsafeRawBufferPointer) -> PayloadFacts {
        switch Envelope.read(payload) {
        case .flaw(let reason):
            return PayloadFacts(flaw: reason)
        case .envelope(let envelope):
            var facts = PayloadFacts()
            if envelope.format == .orderBook2 {
                facts.flaw = PayloadInspector.flaw(
                    books.read(orderBook2: envelope.raw, code: envelope.code, using: &unescaped))
            } else {
                var scratch = unescaped
                unescaped = []
                defer { unescaped = scratch }
                let inner = envelope.raw.withText(using: &scratch) { text, size in
                    size > 0 ? line(text, size) : PayloadFacts(flaw: .empty)
                }
                facts = inner ?? PayloadFacts(flaw: .envelope)
            }
            if let millis = envelope.receivedMillis {
                facts.receiveTime = Timestamp(nanos: millis * 1_000_000)
            }
            return facts
        case .packet(let data):
            return packets(flaw: frame.read(packet: payload, data: data))
        case .notAnEnvelope:
            switch BrokerSummaryDocument.read(payload) {
            case .success(let summary): return PayloadFacts(day: summary.day)
            case .failure(let flaw): return PayloadFacts(flaw: flaw.reason)
            }
        }
    }

    /// The facts of the frame that has been read: day and flaw are those of the first of its trades that
    /// has one.
    private mutating func packets(flaw: UndecodableReason?) -> PayloadFacts {
        if let flaw { return PayloadFacts(flaw: flaw) }
        var facts = PayloadFacts()
        for book in frame.books where facts.flaw == nil {
            facts.flaw = PayloadInspector.flaw(
                books.read(orderBook2: book.text, code: book.code, using: &unescaped))
        }
        var scratch = unescaped
        unescaped = []
        defer { unescaped = scratch }
        for case let record? in frame.records {
            let inner = record.withText(using: &scratch) { text, size in line(text, size) }
            facts.day = facts.day ?? inner?.day
            facts.flaw = facts.flaw ?? (inner == nil ? .json : inner?.flaw)
        }
        return facts
    }

    private static func flaw(_ reading: BookReading) -> UndecodableReason? {
        if case .flaw(let reason) = reading { reason } else { nil }
    }

    /// Dates repeat from line to line.
    private mutating func day(_ date: UInt32) -> TradingDay? {
        if date != lastDate { (lastDate, lastDay) = (date, CalendarDate.number(date)) }
        return lastDay
    }
}
