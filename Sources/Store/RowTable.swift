public import Market
public import Projections

/// Rows of projections, one value per projection, day, market, symbol and key, ordered in that sequence.
///
///     0  varint  bytes of the row's value
///        n       the value
///        rest    what is stored beside it
public struct RowTable {
    let access: TableAccess

    /// Puts or replaces a row.
    public func put(
        projection: String, day: TradingDay, market: String, _ row: ProjectedRow
    ) throws(StoreError) {
        var key = try prefix(projection, day, market)
        key.append(row.symbol)
        key.append(bytes: row.key)
        try access.put(key.bytes, RowTable.payload(row))
    }

    /// The row of a key; nil where there is none.
    public func get(
        projection: String, day: TradingDay, market: String, symbol: Symbol, key: [UInt8] = []
    ) throws(StoreError) -> ProjectedRow? {
        var whole = try prefix(projection, day, market)
        whole.append(symbol)
        whole.append(bytes: key)
        guard let payload = try access.get(whole.bytes) else { return nil }
        return try row(symbol, key, payload, whole.bytes)
    }

    /// Calls `body` with every row of a day and market, or of one symbol in it, ordered by symbol and key. `body`
    /// must not write to this table.
    public func forEach(
        projection: String, day: TradingDay, market: String, symbol: Symbol? = nil,
        _ body: (ProjectedRow) throws -> Void
    ) throws {
        var prefix = try prefix(projection, day, market)
        let skipped = prefix.count
        if let symbol { prefix.append(symbol) }
        try access.forEach(prefix: prefix.bytes) { key, payload in
            var reader = KeyReader(UnsafeRawBufferPointer(rebasing: key[skipped...]))
            guard let symbol = reader.symbol() else {
                throw access.damaged(key, "the key has another layout")
            }
            try body(try row(symbol, reader.remainder(), payload, key))
        }
    }

    /// The days on which a projection has rows, ascending. O(days).
    public func days(projection: String) throws(StoreError) -> [TradingDay] {
        var days: [TradingDay] = []
        var prefix = access.makeKey()
        try prefix.append(projection)
        let skipped = prefix.count
        try access.forEachGroup(prefix: prefix.bytes) { (key, beyond) throws(StoreError) in
            var reader = KeyReader(UnsafeRawBufferPointer(rebasing: key[skipped...]))
            guard let day = reader.day() else { throw access.damaged(key, "the key has no day") }
            days.append(day)
            guard day.daysSinceEpoch < Int32.max else { return }
            var next = access.makeKey()
            try next.append(projection)
            next.append(day.advanced(by: 1))
            beyond.append(contentsOf: next.bytes)
        }
        return days
    }

    /// The markets that have rows on a day, in byte order.
    public func markets(projection: String, day: TradingDay) throws(StoreError) -> [String] {
        var markets: [String] = []
        var prefix = access.makeKey()
        try prefix.append(projection)
        prefix.append(day)
        let skipped = prefix.count
        try access.forEachGroup(prefix: prefix.bytes) { (key, beyond) throws(StoreError) in
            var reader = KeyReader(UnsafeRawBufferPointer(rebasing: key[skipped...]))
            guard let market = reader.name() else { throw access.damaged(key, "the key has no market") }
            markets.append(market)
            beyond.append(contentsOf: key.prefix(key.count - reader.rest.count))
            // The text's closing zero becomes one: no name has control characters.
            beyond[beyond.count - 1] = 1
        }
        return markets
    }

    /// Removes every row of a projection, day and market; returns their number.
    @discardableResult
    public func removeDay(projection: String, day: TradingDay, market: String) throws(StoreError) -> Int {
        try access.removeAll(prefix: prefix(projection, day, market).bytes)
    }

    private func prefix(
        _ projection: String, _ day: TradingDay, _ market: String
    ) throws(StoreError) -> KeyBuffer {
        var key = access.makeKey()
        try key.append(projection)
        key.append(day)
        try key.append(market)
        return key
    }

    private static func payload(_ row: ProjectedRow) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(row.value.count + row.extra.count + 5)
        var count = row.value.count
        while count >= 0x80 {
            bytes.append(UInt8(count & 0x7F) | 0x80)
            count >>= 7
        }
        bytes.append(UInt8(count))
        return bytes + row.value + row.extra
    }

    private func row(
        _ symbol: Symbol, _ key: [UInt8], _ payload: UnsafeRawBufferPointer, _ whole: UnsafeRawBufferPointer
    ) throws(StoreError) -> ProjectedRow {
        var (count, shift, place) = (0, 0, 0)
        while place < payload.count, shift < 35 {
            let byte = payload[place]
            place += 1
            count |= Int(byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 {
                guard count <= payload.count - place, key.count <= ProjectedRow.keySizeMax else { break }
                return ProjectedRow(
                    symbol: symbol, key: key, value: Array(payload[place..<(place + count)]),
                    extra: Array(payload[(place + count)...]))
            }
        }
        throw access.damaged(whole, "the row has another layout")
    }
}
