internal import Market

/// Broker summaries as JSON documents (PROTOCOLS §2.5, §3), of either source.
enum BrokerSummaryDocument {
    /// Reads a document whole. The day is that of `data.from`, or, where there is none, of the first row. Without
    /// day, symbol or lists of rows it is none; what is wrong with a row or figure becomes a flaw of the summary.
    static func read(_ bytes: UnsafeRawBufferPointer) -> Result<BrokerSummary, Flaw> {
        var found = Found()
        var scanner = JSONScanner(bytes)
        scanner.skipBlank()
        let isWhole = scanner.object { key, scanner in
            key.equals("data") ? scanner.members { found.visitData($0, &$1) } : scanner.value()
        }
        guard isWhole, scanner.isAtEnd() else { return .failure(Flaw(reason: .json)) }
        guard let summary = found.summary else { return .failure(Flaw(reason: .brokerSummary)) }
        return .success(summary)
    }

    struct Flaw: Error {
        let reason: UndecodableReason
    }

    private struct Found {
        private var day: TradingDay?
        private var lastDay: TradingDay?
        private var symbol: Symbol?
        private var board = BrokerSummary.Board.unnamed
        private var investor = BrokerSummary.Investor.unnamed
        private var totalValue: BrokerSummary.Figure?
        private var totalShares: BrokerSummary.Figure?
        private var hasRows = false
        private var rows = BrokerSummaryRows()

        var summary: BrokerSummary? {
            guard let day, let symbol, hasRows else { return nil }
            var summary = BrokerSummary(symbol: symbol, day: day)
            summary.lastDay = lastDay
            summary.board = board
            summary.investor = investor
            summary.rows = rows.sorted
            summary.flaws = rows.flaws
            if let totalValue, let totalShares {
                summary.total = BrokerSummary.Total(value: totalValue, shares: totalShares)
            }
            return summary
        }

        mutating func visitData(_ key: JSONScanner.Text, _ scanner: inout JSONScanner) -> Bool {
            if key.equals("from") || key.equals("to") {
                guard let text = scanner.string() else { return scanner.value() }
                let date = CalendarDate.dashed(text.raw)
                if key.equals("from") { day = date } else { lastDay = date }
                return true
            }
            if key.equals("broker_summary") { return scanner.members { visitSummary($0, &$1) } }
            return visitScope(key, &scanner)
        }

        private mutating func visitSummary(_ key: JSONScanner.Text, _ scanner: inout JSONScanner) -> Bool {
            if key.equals("symbol") {
                guard let text = scanner.string() else { return scanner.value() }
                symbol = Symbol(bytes: text.raw)
                return true
            }
            if key.equals("brokers_buy") || key.equals("brokers_sell") {
                hasRows = true
                let side = key.equals("brokers_buy") ? BrokerSummaryRows.SideName.buy : .sell
                return scanner.elements { visitRow(side, &$0) }
            }
            if key.equals("stock_summary") { return scanner.members { visitTotal($0, &$1) } }
            return visitScope(key, &scanner)
        }

        /// The names under which requests and answers of the sources speak of board and investor type.
        private mutating func visitScope(_ key: JSONScanner.Text, _ scanner: inout JSONScanner) -> Bool {
            let isBoard = key.equals("market_board") || key.equals("board")
            guard isBoard || key.equals("investor_type") || key.equals("invtype"),
                let text = scanner.string()
            else { return scanner.value() }
            if isBoard {
                board = BrokerSummaryScope.board(text.raw)
            } else {
                investor = BrokerSummaryScope.investor(text.raw)
            }
            return true
        }

        private mutating func visitTotal(_ key: JSONScanner.Text, _ scanner: inout JSONScanner) -> Bool {
            let isValue = key.equals("total_value")
            guard isValue || key.equals("total_volume_shares") else { return scanner.value() }
            var text: UnsafeRawBufferPointer?
            guard scanner.figure(&text, &rows) else { return false }
            let figure = text.flatMap { rows.figure($0) }
            if isValue { totalValue = figure } else { totalShares = figure }
            return true
        }

        private mutating func visitRow(
            _ side: BrokerSummaryRows.SideName, _ scanner: inout JSONScanner
        ) -> Bool {
            guard scanner.byte == 0x7B else {
                rows.noteUnreadable()
                return scanner.value()
            }
            var row = RowText()
            guard scanner.object({ visitMember($0, side, &row, &$1) }) else { return false }
            rows.add(side, code: row.code, type: row.type, row.text)
            return true
        }

        private mutating func visitMember(
            _ key: JSONScanner.Text, _ side: BrokerSummaryRows.SideName, _ row: inout RowText,
            _ scanner: inout JSONScanner
        ) -> Bool {
            if key.equals("netbs_broker_code") || key.equals("type") {
                guard let text = scanner.string() else { return scanner.value() }
                if key.equals("type") {
                    row.type = String(decoding: text.raw, as: UTF8.self)
                } else {
                    row.code = text.raw
                }
                return true
            }
            if key.equals("netbs_date"), day == nil, let text = scanner.string() {
                day = CalendarDate.compact(text.raw)
                return true
            }
            if key.equals(side == .buy ? "bval" : "sval") { return scanner.figure(&row.text.value, &rows) }
            if key.equals(side == .buy ? "blot" : "slot") { return scanner.figure(&row.text.lots, &rows) }
            if key.equals(side == .buy ? "blotv" : "slotv") { return scanner.figure(&row.text.shares, &rows) }
            guard key.equals(side == .buy ? "netbs_buy_avg_price" : "netbs_sell_avg_price") else {
                return scanner.value()
            }
            return scanner.figure(&row.text.average, &rows)
        }
    }

    /// A row's members, as text.
    private struct RowText {
        var code: UnsafeRawBufferPointer?
        var type = ""
        var text = BrokerSummaryRows.SideText()
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

    /// The text of a figure, in quotes or not; an empty string and null are none, anything else is noted.
    fileprivate mutating func figure(
        _ text: inout UnsafeRawBufferPointer?, _ rows: inout BrokerSummaryRows
    ) -> Bool {
        if byte == 0x22 {
            guard let found = string() else { return false }
            text = found.raw.isEmpty ? nil : found.raw
            return true
        }
        if let number = number() {
            text = number
            return true
        }
        if byte != 0x6E { rows.noteUnreadable() }
        return value()
    }
}
