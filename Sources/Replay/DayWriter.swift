internal import Columns
internal import Market
internal import Platform
internal import Projections
internal import Store

/// Writes a day's rows: rows, digests and checkpoint in one transaction, so that the store always holds a
/// day as it was at one position of the tape.
struct DayWriter {
    let store: Store
    let options: ReplayOptions

    /// Replaces what the store has of the result's stream and day. Returns the day's digests by projection.
    func write(_ result: DayResult) throws(ReplayError) -> [ProjectionID: [UInt8]] {
        do {
            return try store.write { transaction in try write(result, transaction) }
        } catch let error as StoreError {
            throw .store(error)
        } catch {
            preconditionFailure("the store throws only its own errors: \(error)")
        }
    }

    /// Removes what the store has of streams and days that are not on the tape any more, and the footprints
    /// of a day that another stream feeds now: among the days and projections to be rebuilt.
    /// - Parameter tasks: Everything that is, or was before its retirement, on the tape of those days.
    /// - Returns: The day folds of which something was removed.
    func removeAll(except tasks: [ReplayTask]) throws(ReplayError) -> Set<ProjectionID> {
        do {
            return try store.write { transaction in
                let feeds = tasks.filter(\.feedsFootprint)
                if options.projections.contains(.coverage) {
                    try removeStreams(.coverage, except: tasks, transaction)
                }
                if options.projections.contains(.footprint) {
                    try removeStreams(.footprint, except: feeds, transaction)
                    try removeMarkets(except: feeds, transaction)
                }
                let folds = FoldWriter(options: options, transaction: transaction)
                let changed = try options.registry.rowFolds.filter { id in
                    try options.wants(id) && folds.removeAll(id, except: tasks)
                }
                return Set(changed)
            }
        } catch let error as StoreError {
            throw .store(error)
        } catch {
            preconditionFailure("the store throws only its own errors: \(error)")
        }
    }

    private func removeStreams(
        _ projection: ProjectionID, except tasks: [ReplayTask], _ transaction: StoreTransaction
    ) throws {
        let kept = Set(tasks.map { StreamDay(stream: $0.stream.text, day: $0.day) })
        var lost: [StreamDay] = []
        try transaction.checkpoints.forEach(projection: projection.description) { day, stream, _ in
            let streamDay = StreamDay(stream: stream, day: day)
            if options.contains(day), !kept.contains(streamDay) { lost.append(streamDay) }
        }
        for (stream, day) in lost.map({ ($0.stream, $0.day) }) {
            try transaction.checkpoints.remove(projection: projection.description, day: day, stream: stream)
            if projection == .coverage {
                try transaction.coverage.remove(stream: stream, day: day)
                try transaction.undecodable.removeDay(stream: stream, day: day)
            }
        }
    }

    private func removeMarkets(except feeds: [ReplayTask], _ transaction: StoreTransaction) throws {
        let footprint = ProjectionID.footprint.description
        let days = Dictionary(grouping: feeds, by: \.day)
        for day in try transaction.candles.days() where options.contains(day) {
            let kept = Set(days[day, default: []].map(\.market))
            let lost = try transaction.candles.markets(day: day).filter { !kept.contains($0) }
            for market in lost {
                try transaction.candles.removeDay(day, market: market)
                try transaction.symbolDigests.removeDay(projection: footprint, day: day, market: market)
            }
            if !lost.isEmpty, days[day] != nil { _ = try transaction.putDayDigest(of: .footprint, day) }
        }
        var lost: [TradingDay] = []
        try transaction.dayDigests.forEach(projection: footprint) { _, day, _ in
            if options.contains(day), days[day] == nil { lost.append(day) }
        }
        for day in lost { try transaction.dayDigests.remove(projection: footprint, day: day) }
    }

    private func write(
        _ result: DayResult, _ transaction: StoreTransaction
    ) throws -> [ProjectionID: [UInt8]] {
        let task = result.task
        let stream = task.stream.text
        var digests: [ProjectionID: [UInt8]] = [:]
        if !task.feedsFootprint, options.projections.contains(.footprint) {
            // It may have been the feed before.
            try transaction.checkpoints.remove(
                projection: ProjectionID.footprint.description, day: task.day, stream: stream)
        }
        if task.feedsFootprint, options.projections.contains(.footprint) {
            if task.isWhole {
                try replaceDay(result, transaction)
                try transaction.checkpoints.put(
                    projection: ProjectionID.footprint.description, day: task.day, stream: stream,
                    checkpoint(result))
            } else {
                try replacePart(result, transaction)
            }
            digests[.footprint] = try transaction.putDayDigest(of: .footprint, task.day)
        }
        if options.projections.contains(.coverage), task.isWhole {
            try transaction.coverage.put(stream: stream, day: task.day, CoverageCode.pack(result.coverage))
            try transaction.undecodable.removeDay(stream: stream, day: task.day)
            for chunk in result.undecodable {
                try transaction.undecodable.put(
                    stream: stream, day: task.day, firstMessageNumber: chunk.firstNumber, chunk.bytes)
            }
            try transaction.checkpoints.put(
                projection: ProjectionID.coverage.description, day: task.day, stream: stream,
                checkpoint(result))
        }
        let folds = FoldWriter(options: options, transaction: transaction)
        for fold in result.folds {
            digests[fold.projection] = try folds.replace(fold, day: task.day, market: task.market)
            try transaction.checkpoints.put(
                projection: fold.projection.description, day: task.day, stream: stream,
                checkpoint(result, options.registry.parameters(of: fold.projection)))
        }
        return digests
    }

    private func replaceDay(_ result: DayResult, _ transaction: StoreTransaction) throws {
        let task = result.task
        try transaction.candles.removeDay(task.day, market: task.market)
        try putPacks(result, transaction)
        let footprint = ProjectionID.footprint.description
        try transaction.symbolDigests.removeDay(projection: footprint, day: task.day, market: task.market)
        for (symbol, hash) in result.digests {
            try transaction.symbolDigests.put(
                projection: footprint, day: task.day, market: task.market, symbol: symbol, digest: hash)
        }
    }

    /// Replaces one symbol or hour, and makes the digests of the symbols that it touched from what then
    /// stands in the store.
    private func replacePart(_ result: DayResult, _ transaction: StoreTransaction) throws {
        let task = result.task
        var touched = Set(result.footprint.flatMap(\.packs).map(\.symbol))
        var old: [(Symbol, UInt8)] = []
        try transaction.candles.forEach(day: task.day, market: task.market, symbol: options.symbol) {
            (symbol, hour, _) in
            if options.hour == nil || options.hour == Int(hour) { old.append((symbol, hour)) }
        }
        for (symbol, hour) in old {
            try transaction.candles.remove(day: task.day, market: task.market, symbol: symbol, hour: hour)
            touched.insert(symbol)
        }
        try putPacks(result, transaction)
        let footprint = ProjectionID.footprint.description
        for symbol in touched.sorted() {
            var canonical = ByteSink()
            try transaction.candles.forEach(day: task.day, market: task.market, symbol: symbol) {
                _, hour, bytes in
                guard let candles = CandleCode.unpack(bytes, hour: Int(hour)) else {
                    throw StoreError.damaged(
                        path: store.path, detail: "candles of \(symbol) on \(task.day), hour \(hour)")
                }
                CandleCode.appendCanonical(candles, day: task.day, to: &canonical)
            }
            if canonical.isEmpty {
                try transaction.symbolDigests.remove(
                    projection: footprint, day: task.day, market: task.market, symbol: symbol)
            } else {
                try transaction.symbolDigests.put(
                    projection: footprint, day: task.day, market: task.market, symbol: symbol,
                    digest: SHA256.hash(canonical.bytes))
            }
        }
    }

    private func putPacks(_ result: DayResult, _ transaction: StoreTransaction) throws {
        let task = result.task
        for values in result.footprint {
            try values.bytes.withUnsafeBytes { all in
                for pack in values.packs {
                    try transaction.candles.put(
                        day: task.day, market: task.market, symbol: pack.symbol, hour: pack.hour,
                        UnsafeRawBufferPointer(rebasing: all[pack.range]))
                }
            }
        }
    }

    private func checkpoint(_ result: DayResult, _ parameters: String = "") -> Checkpoint {
        let total = result.total
        return Checkpoint(
            nextMessageNumber: result.nextNumber, chain: result.chain, messages: result.messages,
            trades: total.trades, folded: total.trades - total.otherBoard, undecodable: total.undecodable,
            duplicates: total.duplicates, conflicts: total.conflicts, stale: total.stale,
            otherBoard: total.otherBoard, other: total.other,
            priceDigits: result.task.scales.price.digits, quantityDigits: result.task.scales.quantity.digits,
            lotSize: result.task.lotSize, parameters: parameters)
    }
}
