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

    /// The day and symbol of a run of rows, all of which are checked.
    static func read(_ payload: UnsafeRawBufferPointer) -> Result<
        BrokerSummaryDocument, BrokerSummaryDocument.Flaw
    > {
        var result: BrokerSummaryDocument?
        for line in payload.split(separator: 0x0A, omittingEmptySubsequences: false) {
            guard let row = document(UnsafeRawBufferPointer(rebasing: line)),
                result == nil || (result!.day == row.day && result!.symbol == row.symbol)
            else { return .failure(BrokerSummaryDocument.Flaw(reason: .row)) }
            result = row
        }
        guard let result else { return .failure(BrokerSummaryDocument.Flaw(reason: .empty)) }
        return .success(result)
    }

    private static func document(_ line: UnsafeRawBufferPointer) -> BrokerSummaryDocument? {
        let columns = line.split(separator: 0x2C, omittingEmptySubsequences: false)
        guard columns.count == columnCount,
            let day = CalendarDate.dashed(UnsafeRawBufferPointer(rebasing: columns[0])),
            let symbol = Symbol(bytes: UnsafeRawBufferPointer(rebasing: columns[1])),
            columns[4...7].allSatisfy({ isNumber(UnsafeRawBufferPointer(rebasing: $0)) })
        else { return nil }
        return BrokerSummaryDocument(day: day, symbol: symbol)
    }

    /// Sources write plain, signed and exponent forms; JSON's grammar covers them all. A missing side is
    /// an empty column.
    private static func isNumber(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if bytes.isEmpty { return true }
        var scanner = JSONScanner(bytes)
        return scanner.number() != nil && scanner.position == bytes.count
    }
}
