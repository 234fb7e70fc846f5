public import Market

/// Candles, one packed value per day, market, symbol and hour, ordered in that sequence.
///
/// The store does not know what a value means.
public struct CandleTable {
    let access: TableAccess

    /// Puts or replaces the packed candles of one hour.
    ///
    /// Putting a day in key order fills pages whole where the day is the newest one.
    /// - Parameters:
    ///   - market: 1 ... 100 bytes without control characters.
    ///   - hour: Hour of the day as the caller counts it; any byte.
    ///   - bytes: Copied; must not come out of the same transaction.
    public func put(
        day: TradingDay, market: String, symbol: Symbol, hour: UInt8, _ bytes: UnsafeRawBufferPointer
    ) throws(StoreError) {
        try access.put(key(day, market, symbol, hour), bytes)
    }

    /// Puts or replaces the packed candles of one hour.
    public func put(
        day: TradingDay, market: String, symbol: Symbol, hour: UInt8, _ bytes: [UInt8]
    ) throws(StoreError) {
        try access.put(key(day, market, symbol, hour), bytes)
    }

    /// A copy of the packed candles of one hour; nil where there are none.
    ///
    /// - Throws: ``StoreError/damaged(path:detail:)`` where the checksum does not match.
    public func get(
        day: TradingDay, market: String, symbol: Symbol, hour: UInt8
    ) throws(StoreError) -> [UInt8]? {
        try access.get(key(day, market, symbol, hour)).map { Array($0) }
    }

    /// Calls `body` with every value of a day and market, or of one symbol in it, ordered by symbol
    /// and hour.
    ///
    /// The bytes belong to the store and are valid during the call only; `body` must not write to
    /// this table.
    /// - Throws: ``StoreError/damaged(path:detail:)`` at the first value whose checksum does not
    ///   match, and what `body` throws, which ends the walk.
    public func forEach(
        day: TradingDay, market: String, symbol: Symbol? = nil,
        _ body: (_ symbol: Symbol, _ hour: UInt8, _ bytes: UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var prefix = access.makeKey()
        prefix.append(day)
        try prefix.append(market)
        let skipped = prefix.count
        if let symbol { prefix.append(symbol) }
        try access.forEach(prefix: prefix.bytes) { key, payload in
            var reader = KeyReader(UnsafeRawBufferPointer(rebasing: key[skipped...]))
            guard let symbol = reader.symbol(), let hour = reader.hour(), reader.rest.isEmpty else {
                throw access.damaged(key, "the key has another layout")
            }
            try body(symbol, hour, payload)
        }
    }

    /// Removes one hour; false where there was none.
    @discardableResult
    public func remove(
        day: TradingDay, market: String, symbol: Symbol, hour: UInt8
    ) throws(StoreError) -> Bool {
        try access.remove(key(day, market, symbol, hour))
    }

    /// Removes every value of a day and market; returns their number.
    @discardableResult
    public func removeDay(_ day: TradingDay, market: String) throws(StoreError) -> Int {
        var prefix = access.makeKey()
        prefix.append(day)
        try prefix.append(market)
        return try access.removeAll(prefix: prefix.bytes)
    }

    /// The days that have candles, ascending.
    ///
    /// - Complexity: O(days), not O(values).
    public func days() throws(StoreError) -> [TradingDay] {
        var days: [TradingDay] = []
        try access.forEachGroup(prefix: access.makeKey().bytes) {
            (key, beyond) throws(StoreError) in
            var reader = KeyReader(key)
            guard let day = reader.day() else { throw access.damaged(key, "the key has no day") }
            days.append(day)
            guard day.daysSinceEpoch < Int32.max else { return }
            var next = access.makeKey()
            next.append(day.advanced(by: 1))
            beyond.append(contentsOf: next.bytes)
        }
        return days
    }

    /// The markets that have candles on a day, in byte order.
    public func markets(day: TradingDay) throws(StoreError) -> [String] {
        var prefix = access.makeKey()
        prefix.append(day)
        var markets: [String] = []
        try access.forEachGroup(prefix: prefix.bytes) { (key, beyond) throws(StoreError) in
            var reader = KeyReader(key)
            guard reader.day() != nil, let market = reader.name() else {
                throw access.damaged(key, "the key has no market")
            }
            markets.append(market)
            beyond.append(contentsOf: key.prefix(key.count - reader.rest.count))
            // The text's closing zero becomes one: no name has control characters.
            beyond[beyond.count - 1] = 1
        }
        return markets
    }

    /// The symbols that have candles on a day in a market, ascending.
    public func symbols(day: TradingDay, market: String) throws(StoreError) -> [Symbol] {
        var prefix = access.makeKey()
        prefix.append(day)
        try prefix.append(market)
        var symbols: [Symbol] = []
        try access.forEachGroup(prefix: prefix.bytes) { (key, beyond) throws(StoreError) in
            var reader = KeyReader(key)
            guard reader.day() != nil, reader.name() != nil, let symbol = reader.symbol() else {
                throw access.damaged(key, "the key has no symbol")
            }
            symbols.append(symbol)
            beyond.append(contentsOf: key.prefix(key.count - reader.rest.count))
            beyond[beyond.count - 1] = 1
        }
        return symbols
    }

    private func key(
        _ day: TradingDay, _ market: String, _ symbol: Symbol, _ hour: UInt8
    ) throws(StoreError) -> UnsafeRawBufferPointer {
        var key = access.makeKey()
        key.append(day)
        try key.append(market)
        key.append(symbol)
        key.append(hour: hour)
        return key.bytes
    }
}
