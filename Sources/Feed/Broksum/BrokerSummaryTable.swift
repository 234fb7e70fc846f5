internal import Market

/// Broker summaries as a table: `date,ticker,broker,type,buy_lot,buy_val,sell_lot,sell_val,source`. A payload
/// is the run of rows of one date and symbol, or the header line (TAPE "Layout on disk").
struct BrokerSummaryTable {
    private static let columnCount = 9
    private static let header = Array("date,ticker,broker,type,buy_lot,buy_val,sell_lot,sell_val".utf8)

    /// Whether a line is the table's header.
    static func isHeader(_ line: UnsafeRawBufferPointer) -> Bool { line.starts(with: header) }

    /// Whether a line begins like a row, with a date and a comma.
    static func looksLikeRow(_ line: UnsafeRawBufferPointer) -> Bool {
        line.count > 11 && line[10] == 0x2C && line[4] == 0x2D && line[7] == 0x2D
            && (0x30...0x39).contains(line[0])
    }

    /// How many first bytes of a row name its date and symbol, both commas included; nil where it has none.
    static func groupSize(_ line: UnsafeRawBufferPointer) -> Int? {
        guard looksLikeRow(line), let comma = line[11...].firstIndex(of: 0x2C) else { return nil }
        return comma + 1
    }

    /// A run of rows as one summary; all of them are checked.
    static func read(
        _ payload: UnsafeRawBufferPointer
    ) -> Result<BrokerSummary, BrokerSummaryDocument.Flaw> {
        var summary: BrokerSummary?
        var rows = BrokerSummaryRows()
        for line in payload.split(separator: 0x0A, omittingEmptySubsequences: false) {
            guard let row = Row(UnsafeRawBufferPointer(rebasing: line)),
                summary == nil || (summary!.day == row.day && summary!.symbol == row.symbol)
            else { return .failure(BrokerSummaryDocument.Flaw(reason: .row)) }
            summary = summary ?? BrokerSummary(symbol: row.symbol, day: row.day)
            rows.add(.buy, code: row.code, type: row.type, row.buy)
            rows.add(.sell, code: row.code, type: row.type, row.sell)
        }
        guard var summary else { return .failure(BrokerSummaryDocument.Flaw(reason: .empty)) }
        summary.rows = rows.sorted
        summary.flaws = rows.flaws
        return .success(summary)
    }

    /// The columns of a row.
    private struct Row {
        let day: TradingDay
        let symbol: Symbol
        let code: UnsafeRawBufferPointer
        let type: String
        let buy: BrokerSummaryRows.SideText
        let sell: BrokerSummaryRows.SideText

        /// Reads a row; nil where its columns are not those of the table.
        init?(_ line: UnsafeRawBufferPointer) {
            let columns = line.split(separator: 0x2C, omittingEmptySubsequences: false)
                .map { UnsafeRawBufferPointer(rebasing: $0) }
            guard columns.count == columnCount, let day = CalendarDate.dashed(columns[0]),
                let symbol = Symbol(bytes: columns[1]), columns[4...7].allSatisfy(isNumber)
            else { return nil }
            self.day = day
            self.symbol = symbol
            code = columns[2]
            type = String(decoding: columns[3], as: UTF8.self)
            buy = Row.side(lots: columns[4], value: columns[5])
            sell = Row.side(lots: columns[6], value: columns[7])
        }

        private static func side(
            lots: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer
        ) -> BrokerSummaryRows.SideText {
            BrokerSummaryRows.SideText(
                value: value.isEmpty ? nil : value, lots: lots.isEmpty ? nil : lots)
        }
    }

    /// Sources write plain, signed and exponent forms; JSON's grammar covers them all. A missing side is
    /// an empty column.
    private static func isNumber(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if bytes.isEmpty { return true }
        var scanner = JSONScanner(bytes)
        return scanner.number() != nil && scanner.position == bytes.count
    }
}
