internal import Feed
internal import Market
internal import Platform

/// Gives each payload of a source its trading day (TAPE "Message"): its own date, else the one the user
/// gave, else that of its receive time. A header goes to the day of the payload behind it.
struct DatedPayloads {
    private let reader: PayloadReader
    private let name: String
    private let date: TradingDay?
    private var inspector: PayloadInspector
    private var headers: [Header] = []

    private struct Header {
        let bytes: [UInt8]
        let offset: Int64
        let isOpen: Bool
        let number: Int
    }

    init(_ reader: PayloadReader, name: String, date: TradingDay?, inspector: PayloadInspector) {
        self.reader = reader
        self.name = name
        self.date = date
        self.inspector = inspector
    }

    /// Passes over the source; `body` gets each payload with its day, in order, and returns false to stop.
    mutating func forEach(
        _ body: (PayloadReader.Payload, TradingDay, PayloadFacts) throws(ImportError) -> Bool
    ) throws(ImportError) {
        while let payload = try reader.next() {
            let facts = inspector.inspect(payload.bytes)
            if facts.isHeader {
                headers.append(
                    Header(
                        bytes: Array(payload.bytes), offset: payload.offset, isOpen: payload.isOpen,
                        number: reader.payloadCount))
                continue
            }
            guard let day = day(of: facts) else {
                throw .undated(source: name, payload: reader.payloadCount, byte: payload.offset)
            }
            if !headers.isEmpty, try !deliverHeaders(to: day, body) { return }
            guard try body(payload, day, facts) else { return }
        }
        // Where a source broke off, the row that its last header belongs to may still come.
        guard reader.isAtEnd, let first = headers.first else { return }
        guard let date else { throw .undated(source: name, payload: first.number, byte: first.offset) }
        _ = try deliverHeaders(to: date, body)
    }

    private func day(of facts: PayloadFacts) -> TradingDay? {
        facts.day ?? date
            ?? (facts.receiveTime.isKnown ? TradingDay(containing: facts.receiveTime) : nil)
    }

    private mutating func deliverHeaders(
        to day: TradingDay,
        _ body: (PayloadReader.Payload, TradingDay, PayloadFacts) throws(ImportError) -> Bool
    ) throws(ImportError) -> Bool {
        let waiting = headers
        headers = []
        for header in waiting {
            let result = header.bytes.withUnsafeBytes { raw in
                Result { () throws(ImportError) in
                    try body(
                        PayloadReader.Payload(bytes: raw, offset: header.offset, isOpen: header.isOpen), day,
                        PayloadFacts(isHeader: true))
                }
            }
            guard try result.get() else { return false }
        }
        return true
    }
}
