internal import Market
internal import Projections
internal import Store

/// Replays folds over days from the rows that their source has in the store, from the first day on: a changed day
/// changes all that follow.
///
/// The checkpoints of a series go first and come back behind the last day, so that a
/// store whose replay was killed between two days is known to be stale.
struct SeriesReplay {
    let store: Store
    let options: ReplayOptions

    /// Replays what is wanted, and what has a source among `changed`.
    /// - Returns: The digests by day.
    func run(changed: Set<ProjectionID>) throws(ReplayError) -> [ProjectionID: [TradingDay: [UInt8]]] {
        var digests: [ProjectionID: [TradingDay: [UInt8]]] = [:]
        do {
            for type in options.registry.series
            where options.projections.contains(type.id) || changed.contains(type.source) {
                let days = try run(type)
                if !days.isEmpty { digests[type.id] = days }
            }
        } catch let error as StoreError {
            throw .store(error)
        } catch {
            preconditionFailure("the store throws only its own errors: \(error)")
        }
        return digests
    }

    private func run(_ type: any SeriesFold.Type) throws -> [TradingDay: [UInt8]] {
        let source = type.source.description
        let days = try store.write { transaction in
            try clear(type, transaction)
            return try transaction.rows.days(projection: source)
        }
        var folds: [String: any SeriesFold] = [:]
        var digests: [TradingDay: [UInt8]] = [:]
        for day in days {
            try store.write { transaction in
                let writer = FoldWriter(options: options, transaction: transaction)
                for market in try transaction.rows.markets(projection: source, day: day) {
                    let fold = folds[market] ?? type.init(market: market, registry: options.registry)
                    folds[market] = fold
                    var rows: [ProjectedRow] = []
                    try transaction.rows.forEach(projection: source, day: day, market: market) {
                        rows.append($0)
                    }
                    let result = FoldResult(type.id, fold.fold(day: day, rows))
                    digests[day] = try writer.replace(result, day: day, market: market)
                }
            }
        }
        try store.write { transaction in try putCheckpoints(type, transaction) }
        return digests
    }

    /// Removes the checkpoints, and the rows of days that the source has no longer.
    private func clear(_ type: any SeriesFold.Type, _ transaction: StoreTransaction) throws {
        let name = type.id.description
        var known: [StreamDay] = []
        try transaction.checkpoints.forEach(projection: name) { day, stream, _ in
            known.append(StreamDay(stream: stream, day: day))
        }
        for streamDay in known {
            try transaction.checkpoints.remove(
                projection: name, day: streamDay.day, stream: streamDay.stream)
        }
        let writer = FoldWriter(options: options, transaction: transaction)
        for day in try transaction.rows.days(projection: name) {
            let kept = try transaction.rows.markets(projection: type.source.description, day: day)
            for market in try transaction.rows.markets(projection: name, day: day)
            where !kept.contains(market) {
                try writer.remove(type.id, day, market)
            }
        }
        let kept = Set(try transaction.rows.days(projection: type.source.description))
        try writer.removeDigests(type.id) { !kept.contains($0) }
    }

    /// A series is as far as its source.
    private func putCheckpoints(_ type: any SeriesFold.Type, _ transaction: StoreTransaction) throws {
        var sources: [(StreamDay, Checkpoint)] = []
        try transaction.checkpoints.forEach(projection: type.source.description) { day, stream, checkpoint in
            sources.append((StreamDay(stream: stream, day: day), checkpoint))
        }
        for (streamDay, source) in sources {
            var checkpoint = source
            checkpoint.parameters = options.registry.parameters(of: type.id)
            try transaction.checkpoints.put(
                projection: type.id.description, day: streamDay.day, stream: streamDay.stream, checkpoint)
        }
    }
}
