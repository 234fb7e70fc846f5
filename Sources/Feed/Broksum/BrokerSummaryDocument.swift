internal import Market

/// A broker summary as a JSON document (PROTOCOLS §2.5, §3): which day and symbol it is about, and whether
/// it has the rows of one.
struct BrokerSummaryDocument {
    let day: TradingDay
    let symbol: Symbol

    /// Reads a document. The day is that of `data.from`, or, where there is none, of the first row.
    static func read(_ bytes: UnsafeRawBufferPointer) -> Result<BrokerSummaryDocument, Flaw> {
        var found = Found()
        var scanner = JSONScanner(bytes)
        scanner.skipBlank()
        let isWhole = scanner.object { key, scanner in
            key.equals("data") ? scanner.members { found.visitData($0, &$1) } : scanner.value()
        }
        guard isWhole, scanner.isAtEnd() else { return .failure(Flaw(reason: .json)) }
        guard let day = found.day, let symbol = found.symbol, found.hasRows else {
            return .failure(Flaw(reason: .brokerSummary))
        }
        return .success(BrokerSummaryDocument(day: day, symbol: symbol))
    }

    struct Flaw: Error {
        let reason: UndecodableReason
    }

    private struct Found {
        var day: TradingDay?
        var symbol: Symbol?
        var hasRows = false

        mutating func visitData(_ key: JSONScanner.Text, _ scanner: inout JSONScanner) -> Bool {
            if key.equals("from") {
                guard let text = scanner.string() else { return scanner.value() }
                day = CalendarDate.dashed(text.raw)
                return true
            }
            if key.equals("broker_summary") { return scanner.members { visitSummary($0, &$1) } }
            return scanner.value()
        }

        private mutating func visitSummary(_ key: JSONScanner.Text, _ scanner: inout JSONScanner) -> Bool {
            if key.equals("symbol") {
                guard let text = scanner.string() else { return scanner.value() }
                symbol = Symbol(bytes: text.raw)
                return true
            }
            if key.equals("brokers_buy") || key.equals("brokers_sell") {
                hasRows = true
                return scanner.elements { row in row.members { visitRow($0, &$1) } }
            }
            return scanner.value()
        }

        private mutating func visitRow(_ key: JSONScanner.Text, _ scanner: inout JSONScanner) -> Bool {
            guard key.equals("netbs_date"), day == nil else { return scanner.value() }
            guard let text = scanner.string() else { return scanner.value() }
            day = CalendarDate.compact(text.raw)
            return true
        }
    }
}

extension JSONScanner {
    /// The members of an object, or any other value passed over.
    fileprivate mutating func members(_ visit: (Text, inout JSONScanner) -> Bool) -> Bool {
        byte == 0x7B ? object(visit) : value()
    }

    /// The elements of an array, or any other value passed over.
    fileprivate mutating func elements(_ visit: (inout JSONScanner) -> Bool) -> Bool {
        byte == 0x5B ? array(visit) : value()
    }
}
