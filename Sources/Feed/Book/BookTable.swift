internal import Market

/// Decodes order books written as tables:
///
/// - `timestamp,ticker,side,price,lots`: one level of one side a row, time in ms since 1970 UTC, side `BID`
///   or `OFFER`; 0 lots remove the level;
/// - `timestamp,price,lots,total_value,side`: a file per instrument, without its code; time in WIB
///   (`2026-02-04T10:30:15.123456`), side `BUY` or `SELL`. The rows of one time are whole sides: no row ever
///   removes a level. A payload is the run of rows of one time.
///
/// A header line may stand anywhere.
struct BookTable {
    let scales: BookScales

    private static let headers = [
        Array("timestamp,ticker,side,price,lots".utf8), Array("timestamp,price,lots,total_value,side".utf8),
    ]
    /// Figures of a time in ms between 2001 and 2286.
    private static let millisSize = 13

    /// Whether a line is a header.
    static func isHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        line.first == 0x74 && headers.contains { line.starts(with: $0) }
    }

    /// Whether a line begins like a row of levels: thirteen figures and a comma.
    static func isLevelRow(_ line: UnsafeRawBufferPointer) -> Bool {
        line.count > millisSize && line[millisSize] == 0x2C
            && line[..<millisSize].allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }

    /// Whether a line begins like a row of whole sides: a date, `T` and a time.
    static func isSideRow(_ line: UnsafeRawBufferPointer) -> Bool {
        line.count > 19 && line[10] == 0x54 && line[4] == 0x2D && line[7] == 0x2D && line[13] == 0x3A
            && line[16] == 0x3A && line[0] >= 0x30 && line[0] <= 0x39
    }

    /// How many first bytes of a row of whole sides name its time, the comma included; nil for other lines.
    static func groupSize(_ line: UnsafeRawBufferPointer) -> Int? {
        guard isSideRow(line), let comma = line[19...].firstIndex(of: 0x2C), comma < 30 else { return nil }
        return comma + 1
    }

    /// The time of a row; nil where it names none that the tape can hold.
    static func time(_ row: UnsafeRawBufferPointer) -> Timestamp? {
        if isLevelRow(row) {
            // Times up to 2255 fit the tape's nanoseconds.
            guard let millis = Digits.longValue(row.part(0..<millisSize)), millis <= 9_000_000_000_000 else {
                return nil
            }
            return Timestamp(nanos: Int64(millis) * 1_000_000)
        }
        guard let size = groupSize(row), let day = CalendarDate.dashed(row.part(0..<10)),
            let second = secondOfDay(row)
        else { return nil }
        var nanos: Int64 = 0
        if size > 20 {
            guard row[19] == 0x2E, let fraction = Digits.longValue(row.part(20..<(size - 1))) else {
                return nil
            }
            nanos = Int64(fraction)
            for _ in (size - 21)..<9 { nanos *= 10 }
        }
        return Timestamp(nanos: day.start.nanos + Int64(second) * 1_000_000_000 + nanos)
    }

    private static func secondOfDay(_ row: UnsafeRawBufferPointer) -> UInt64? {
        guard let hour = Digits.longValue(row.part(11..<13)), let minute = Digits.longValue(row.part(14..<16)),
            let second = Digits.longValue(row.part(17..<19)), hour < 24, minute < 60, second < 60
        else { return nil }
        return hour * 3600 + minute * 60 + second
    }

    /// Reads a payload that begins like a row; `symbol` is that of the source, for rows that name none.
    func read(_ payload: UnsafeRawBufferPointer, symbol: Symbol?) -> BookReading {
        guard let time = BookTable.time(payload) else { return .flaw(.time) }
        do throws(BookFlaw) {
            return .update(
                BookTable.isLevelRow(payload) ? try level(payload, time) : try sides(payload, time, symbol))
        } catch {
            return .flaw(error.reason)
        }
    }

    private func level(
        _ row: UnsafeRawBufferPointer, _ time: Timestamp
    ) throws(BookFlaw) -> BookUpdate {
        var columns = TextParts(BookTable.withoutReturn(row), separator: 0x2C)
        _ = columns.next()
        guard let code = columns.next(), let side = columns.next(), let price = columns.next(),
            let lots = columns.next(), columns.next() == nil
        else { throw BookFlaw(.row) }
        guard let symbol = Symbol(bytes: code) else { throw BookFlaw(.symbol) }
        guard let isBid = StockbitBook.isBid(side) else { throw BookFlaw(.row) }
        let value = try scales.lots(lots)
        return BookUpdate(
            symbol: symbol, eventTime: time,
            change: .level(
                BookUpdate.Level(
                    price: try scales.price(price), bid: isBid ? value : BookUpdate.Level.unsaid,
                    offer: isBid ? BookUpdate.Level.unsaid : value)))
    }

    private func sides(
        _ payload: UnsafeRawBufferPointer, _ time: Timestamp, _ symbol: Symbol?
    ) throws(BookFlaw) -> BookUpdate {
        guard let symbol else { throw BookFlaw(.symbol) }
        let timeSize = BookTable.groupSize(payload) ?? 0
        var levels: [BookUpdate.Level] = []
        var hasBids = false
        var hasOffers = false
        var rows = TextParts(payload, separator: 0x0A)
        while let row = rows.next() {
            guard row.starts(with: payload[..<timeSize]) else { throw BookFlaw(.row) }
            var columns = TextParts(
                BookTable.withoutReturn(row.part(timeSize..<row.count)), separator: 0x2C)
            guard let price = columns.next(), let lots = columns.next(), let value = columns.next(),
                let side = columns.next(), columns.next() == nil, BookTable.isNumber(value)
            else { throw BookFlaw(.row) }
            let isBid = side.elementsEqual("BUY".utf8) || side.elementsEqual("BID".utf8)
            guard isBid || side.elementsEqual("SELL".utf8) || side.elementsEqual("OFFER".utf8) else {
                throw BookFlaw(.row)
            }
            hasBids = hasBids || isBid
            hasOffers = hasOffers || !isBid
            let count = try scales.lots(lots)
            levels.append(
                BookUpdate.Level(
                    price: try scales.price(price), bid: isBid ? count : BookUpdate.Level.unsaid,
                    offer: isBid ? BookUpdate.Level.unsaid : count))
        }
        return BookUpdate(
            symbol: symbol, eventTime: time, change: .sides(bids: hasBids, offers: hasOffers, levels))
    }

    private static func withoutReturn(_ row: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        row.last == 0x0D ? row.part(0..<(row.count - 1)) : row
    }

    private static func isNumber(_ text: UnsafeRawBufferPointer) -> Bool {
        var scanner = JSONScanner(text)
        return scanner.number() != nil && scanner.position == text.count
    }
}
