internal import Market
internal import Projections
internal import Store
internal import Tape

/// What the store knows of a day, and whether a replay would give the same.
final class StoreScan {
    private let tape: Tape
    private let store: Store
    private let mend: Mend
    private let settings: RuleSettings
    private let symbol: Symbol?
    private let registry: ProjectionRegistry
    private var tasks: [StreamDay: ReplayTask]?
    private var projector: DayProjector?

    /// What a day came to.
    struct Outcome {
        var findings: [Finding] = []
        /// Counts per minute; nil where the store does not know the day as it is now.
        var coverage: [CoverageMinute]?
        /// Symbols with candles.
        var symbolCount: Int?
    }

    init(
        tape: Tape, store: Store, mend: Mend, settings: RuleSettings, symbol: Symbol?,
        registry: ProjectionRegistry
    ) {
        self.tape = tape
        self.store = store
        self.mend = mend
        self.settings = settings
        self.symbol = symbol
        self.registry = registry
    }

    /// Looks a day up; with `audits` also replays it and compares.
    /// - Parameter messages: How many the tape holds.
    func look(
        _ stream: StreamName, _ day: TradingDay, messages: UInt64, audits: Bool
    ) throws(ReplayError) -> Outcome {
        do {
            return try store.read { transaction in
                try look(StreamDay(stream: stream.text, day: day), stream, messages, audits, transaction)
            }
        } catch let error as StoreError {
            guard case .damaged = error else { throw .store(error) }
            return Outcome(findings: [damaged(error, stream, day)])
        } catch let error as ReplayError {
            throw error
        } catch let error as TapeError {
            throw .tape(error)
        } catch {
            preconditionFailure("neither the store nor the tape throws this: \(error)")
        }
    }

    private func damaged(_ error: StoreError, _ stream: StreamName, _ day: TradingDay) -> Finding {
        Finding(
            .damage, TradeRule.storeDamaged.rawValue, stream: stream, day: day, path: store.path, "\(error)",
            mend: mend.replayAll)
    }

    private func look(
        _ key: StreamDay, _ stream: StreamName, _ messages: UInt64, _ audits: Bool,
        _ transaction: StoreTransaction
    ) throws -> Outcome {
        var outcome = Outcome()
        let known = try transaction.checkpoints.get(
            projection: ProjectionID.coverage.description, day: key.day, stream: key.stream)
        guard let known, known.nextMessageNumber == messages else {
            if settings.isEnabled(.projectionStale) {
                let text =
                    known.map { "the store holds \($0.nextMessageNumber) of \(messages) messages" }
                    ?? "the store has not projected the day"
                outcome.findings.append(
                    Finding(
                        .note, TradeRule.projectionStale.rawValue, stream: stream, day: key.day, text,
                        mend: mend.replay(key.day)))
            }
            return outcome
        }
        guard let bytes = try transaction.coverage.get(stream: key.stream, day: key.day),
            let rows = bytes.withUnsafeBytes(CoverageCode.unpack)
        else { throw StoreError.damaged(path: store.path, detail: "coverage of \(key.stream) on \(key.day)") }
        outcome.coverage = rows
        if stream.content == "trades" {
            outcome.symbolCount = try transaction.candles.symbols(day: key.day, market: stream.market).count
        }
        if audits { outcome.findings += try audit(key, stream, bytes, transaction) }
        return outcome
    }

    // MARK: Audit

    private func audit(
        _ key: StreamDay, _ stream: StreamName, _ coverage: [UInt8], _ transaction: StoreTransaction
    ) throws -> [Finding] {
        if tasks == nil {
            let options = ReplayOptions(registry: registry)
            let plan = try ReplayPlan(tape: tape, options: options, projected: [])
            tasks = Dictionary(
                uniqueKeysWithValues: plan.tasks.map { (StreamDay(stream: $0.stream.text, day: $0.day), $0) })
            projector = DayProjector(tape: tape, options: options, progress: ReplayProgress())
        }
        guard let task = tasks?[key], let projector else { return [] }
        let result = try projector.project(task)
        // A damaged day has its findings already, and no replay to be compared with.
        guard result.damages.isEmpty else { return [] }
        var findings: [Finding] = []
        if CoverageCode.pack(result.coverage) != coverage {
            findings.append(
                deviation(stream, key.day, nil, "coverage@1 of the store is not what a replay gives"))
        }
        if task.feedsFootprint {
            for symbol in try differing(result, task, transaction)
            where self.symbol == nil || self.symbol == symbol {
                findings.append(deviation(stream, key.day, symbol, .footprint))
            }
        }
        for fold in result.folds {
            for symbol in try differing(fold, task, transaction)
            where self.symbol == nil || self.symbol == symbol {
                findings.append(deviation(stream, key.day, symbol, fold.projection))
            }
        }
        return findings
    }

    /// Symbols whose rows or digests of a day fold are not those of a replay.
    private func differing(
        _ fold: FoldResult, _ task: ReplayTask, _ transaction: StoreTransaction
    ) throws -> [Symbol] {
        try FoldComparison(fold, day: task.day, market: task.market, transaction).differing
    }

    /// Replays the folds over days from the rows of their sources, and compares.
    func auditSeries() throws(ReplayError) -> [Finding] {
        do {
            return try store.read { transaction in
                try registry.series.flatMap { try auditSeries($0, transaction) }
            }
        } catch let error as StoreError {
            throw .store(error)
        } catch {
            preconditionFailure("the store throws only its own errors: \(error)")
        }
    }

    private func auditSeries(
        _ type: any SeriesFold.Type, _ transaction: StoreTransaction
    ) throws -> [Finding] {
        let source = type.source.description
        var folds: [String: any SeriesFold] = [:]
        var findings: [Finding] = []
        for day in try transaction.rows.days(projection: source) {
            for market in try transaction.rows.markets(projection: source, day: day) {
                let fold = folds[market] ?? type.init(market: market, registry: registry)
                folds[market] = fold
                var rows: [ProjectedRow] = []
                try transaction.rows.forEach(projection: source, day: day, market: market) { rows.append($0) }
                let result = FoldResult(type.id, fold.fold(day: day, rows))
                let differing = try FoldComparison(result, day: day, market: market, transaction).differing
                for symbol in differing where self.symbol == nil || self.symbol == symbol {
                    findings.append(deviation(nil, day, symbol, type.id))
                }
            }
        }
        return findings
    }

    private func deviation(
        _ stream: StreamName?, _ day: TradingDay, _ symbol: Symbol, _ projection: ProjectionID
    ) -> Finding {
        deviation(stream, day, symbol, "\(projection) of \(symbol) in the store is not what a replay gives")
    }

    private func deviation(_ stream: StreamName?, _ day: TradingDay, _ symbol: Symbol?, _ text: String)
        -> Finding
    {
        var finding = Finding(
            .damage, TradeRule.projectionDeviates.rawValue, stream: stream, day: day, path: store.path, text,
            mend: mend.replay(day))
        finding.symbol = symbol?.description
        return finding
    }

    private struct PackKey: Hashable {
        let symbol: Symbol
        let hour: UInt8
    }

    /// Symbols whose candles or digests are not those of the result.
    private func differing(
        _ result: DayResult, _ task: ReplayTask, _ transaction: StoreTransaction
    ) throws -> [Symbol] {
        var differing: Set<Symbol> = []
        var expected: [PackKey: ArraySlice<UInt8>] = [:]
        for values in result.footprint {
            for pack in values.packs {
                expected[PackKey(symbol: pack.symbol, hour: pack.hour)] = values.bytes[pack.range]
            }
        }
        try transaction.candles.forEach(day: task.day, market: task.market) { symbol, hour, bytes in
            let pack = expected.removeValue(forKey: PackKey(symbol: symbol, hour: hour))
            if pack.map({ !bytes.elementsEqual($0) }) ?? true { differing.insert(symbol) }
        }
        for key in expected.keys { differing.insert(key.symbol) }
        var digests = Dictionary(result.digests.map { ($0.symbol, $0.hash) }, uniquingKeysWith: { $1 })
        try transaction.symbolDigests.forEach(projection: ProjectionID.footprint.description, day: task.day) {
            market, symbol, hash in
            guard market == task.market else { return }
            if digests.removeValue(forKey: symbol) != hash { differing.insert(symbol) }
        }
        for symbol in digests.keys { differing.insert(symbol) }
        return differing.sorted()
    }
}
