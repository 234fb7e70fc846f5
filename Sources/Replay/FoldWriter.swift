internal import Market
internal import Platform
internal import Projections
internal import Store

/// Writes the rows of day folds and of folds over days: rows, digests and checkpoint in the caller's transaction.
struct FoldWriter {
    let options: ReplayOptions
    let transaction: StoreTransaction

    /// Replaces a projection's rows of a market and day.
    /// - Returns: The day's digest.
    func replace(_ result: FoldResult, day: TradingDay, market: String) throws -> [UInt8] {
        let name = result.projection.description
        try transaction.rows.removeDay(projection: name, day: day, market: market)
        try transaction.symbolDigests.removeDay(projection: name, day: day, market: market)
        for row in result.rows {
            try transaction.rows.put(projection: name, day: day, market: market, row)
        }
        for (symbol, hash) in result.digests {
            try transaction.symbolDigests.put(
                projection: name, day: day, market: market, symbol: symbol, digest: hash)
        }
        return try transaction.putDayDigest(of: result.projection, day)
    }

    /// Removes what the store has of streams and days that do not make a projection any more, among the days to be
    /// rebuilt.
    /// - Returns: Whether there was anything.
    func removeAll(_ projection: ProjectionID, except tasks: [ReplayTask]) throws -> Bool {
        let name = projection.description
        let makers = tasks.filter { $0.makes(projection, options.registry) }
        let kept = Set(makers.map { StreamDay(stream: $0.stream.text, day: $0.day) })
        var lost: [StreamDay] = []
        try transaction.checkpoints.forEach(projection: name) { day, stream, _ in
            let streamDay = StreamDay(stream: stream, day: day)
            if options.contains(day), !kept.contains(streamDay) { lost.append(streamDay) }
        }
        for streamDay in lost {
            try transaction.checkpoints.remove(
                projection: name, day: streamDay.day, stream: streamDay.stream)
        }
        let days = Dictionary(grouping: makers, by: \.day)
        for day in try transaction.rows.days(projection: name) where options.contains(day) {
            let kept = Set(days[day, default: []].map(\.market))
            for market in try transaction.rows.markets(projection: name, day: day)
            where !kept.contains(market) {
                try remove(projection, day, market)
                lost.append(StreamDay(stream: "", day: day))
            }
        }
        // A day may have a digest though it had no rows.
        try removeDigests(projection) { options.contains($0) && days[$0] == nil }
        return !lost.isEmpty
    }

    /// Removes the digests of days that are gone.
    func removeDigests(_ projection: ProjectionID, where isGone: (TradingDay) -> Bool) throws {
        let name = projection.description
        var gone: [TradingDay] = []
        try transaction.dayDigests.forEach(projection: name) { _, day, _ in
            if isGone(day) { gone.append(day) }
        }
        for day in gone { try transaction.dayDigests.remove(projection: name, day: day) }
    }

    /// Removes a projection's rows and digests of a market and day.
    func remove(_ projection: ProjectionID, _ day: TradingDay, _ market: String) throws {
        let name = projection.description
        try transaction.rows.removeDay(projection: name, day: day, market: market)
        try transaction.symbolDigests.removeDay(projection: name, day: day, market: market)
        if try transaction.rows.markets(projection: name, day: day).isEmpty {
            try transaction.dayDigests.remove(projection: name, day: day)
        } else {
            _ = try transaction.putDayDigest(of: projection, day)
        }
    }
}

extension StoreTransaction {
    /// Makes and puts a day's digest: SHA-256 over key and hash of every symbol, in byte order of (market, symbol),
    /// each key part followed by a zero byte (PROJECTIONS "Digest").
    func putDayDigest(of projection: ProjectionID, _ day: TradingDay) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try symbolDigests.forEach(projection: projection.description, day: day) { market, symbol, hash in
            bytes.append(contentsOf: market.utf8)
            bytes.append(0)
            bytes.append(contentsOf: symbol.bytes)
            bytes.append(0)
            bytes.append(contentsOf: hash)
        }
        let digest = bytes.withUnsafeBytes { SHA256.hash($0) }
        try dayDigests.put(projection: projection.description, day: day, digest: digest)
        return digest
    }
}
