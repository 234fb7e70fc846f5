internal import Columns
internal import Feed
internal import Market
internal import Platform
internal import Projections
internal import Synchronization
internal import Tape

/// Projects one stream and day: the loop from tape to rows.
///
/// Cursor → decoder → gate → folds, a batch of messages at a time; then the folds emit their rows. Nothing
/// here knows the time, another day or another stream, so days can be projected on any number of threads.
///
/// One projector belongs to one thread: it keeps the memory of its folds from day to day.
final class DayProjector {
    private let tape: Tape
    private let options: ReplayOptions
    private let progress: ReplayProgress
    private let pool: CandlePool
    private let crew: Crew
    private let block = EventBlock(messageCapacity: DayCursor.batchCountMax)
    private let gate = TradeGate(memory: DayProjector.memory)
    private let footprint = FootprintFold(memory: DayProjector.memory)

    private static let memory = ChunkMemory(
        allocate: { LargePages.allocate($0) }, free: { LargePages.free($0) })

    /// A projector; `progress`, `pool` and `crew` are shared by all threads.
    init(tape: Tape, options: ReplayOptions, progress: ReplayProgress, pool: CandlePool, crew: Crew) {
        self.tape = tape
        self.options = options
        self.progress = progress
        self.pool = pool
        self.crew = crew
    }

    /// A projector that works alone.
    convenience init(tape: Tape, options: ReplayOptions, progress: ReplayProgress) {
        self.init(
            tape: tape, options: options, progress: progress, pool: CandlePool(), crew: Crew(threadCount: 0))
    }

    /// The rows of a task.
    /// - Throws: ``ReplayError``; damage on the tape does not throw but is in the result.
    func project(_ task: ReplayTask) throws(ReplayError) -> DayResult {
        var result = DayResult(task: task)
        do throws(TapeError) {
            try project(task, into: &result)
        } catch {
            throw .tape(error)
        }
        if progress.isStopped { throw .interrupted }
        return result
    }

    private func project(_ task: ReplayTask, into result: inout DayResult) throws(TapeError) {
        let cursor = try DayCursor(tape: tape, stream: task.stream, day: task.day)
        let folds = self.folds(task)
        // Columns give footprints and counts only.
        let columns = folds.isEmpty ? try foldColumns(cursor, task) : nil
        let parts = if let columns { columns } else { [try foldText(cursor, task, folds)] }
        defer { for part in parts { pool.giveBack(part.candles) } }
        if progress.isStopped { return }
        var coverage = CoverageFold()
        for part in parts {
            for minute in part.minutes { coverage.fold(minute) }
        }
        result.messages = coverage.total.messages
        result.nextNumber = cursor.nextNumber
        result.endNumber = cursor.endNumber
        result.chain = cursor.endChain ?? 0
        result.damages = cursor.damages
        result.coverage = coverage.rows
        result.folds = folds.map { FoldResult(type(of: $0).id, $0.rows()) } + tradeFolds(parts)
        emit(parts, task, into: &result)
        let undecodable = parts.flatMap(\.undecodable)
        for start in stride(from: 0, to: undecodable.count, by: UndecodableCode.chunkCountMax) {
            let records = undecodable[start..<min(start + UndecodableCode.chunkCountMax, undecodable.count)]
            result.undecodable.append(
                DayResult.Chunk(
                    firstNumber: records.first!.messageNumber, bytes: UndecodableCode.pack(records)))
        }
    }

    /// Whether the footprint of the task's day is wanted.
    private func wantsFootprint(_ task: ReplayTask) -> Bool {
        task.feedsFootprint && options.projections.contains(.footprint)
    }

    /// Folds a day that is sealed whole from its columns; nil where it has to be read as text.
    private func foldColumns(_ cursor: DayCursor, _ task: ReplayTask) throws(TapeError) -> [DayPart]? {
        guard let sealed = cursor.sealed, sealed.messageCount == cursor.endNumber else { return nil }
        try checkScales(cursor, task)
        let projector = ColumnProjector(
            tape: tape, task: task, wantsFootprint: wantsFootprint(task), folds: tradeFolds(task),
            hour: task.isWhole ? nil : options.hour, pool: pool, crew: crew, progress: progress)
        let parts = try projector.fold(sealed)
        if parts.allSatisfy({ $0.outcome == .folded }) {
            progress.add(messages: Int(sealed.messageCount))
            return parts
        }
        for part in parts { pool.giveBack(part.candles) }
        return nil
    }

    /// The catalog may be edited; what the messages were written with is on the tape.
    private func checkScales(_ cursor: DayCursor, _ task: ReplayTask) throws(TapeError) {
        guard let written = cursor.scales, written != task.scales else { return }
        throw .streamMismatch(
            task.stream,
            detail: "was written on \(task.day) with price scale \(written.price.digits) and quantity scale "
                + "\(written.quantity.digits); streams.json says \(task.scales.price.digits) and "
                + "\(task.scales.quantity.digits)")
    }

    /// The day folds that are wanted and made of the task's stream.
    private func folds(_ task: ReplayTask) -> [any DayFold] {
        var context = task.foldContext
        context.brokers = options.registry.brokers
        return options.registry.days.filter { type in
            options.wants(type.id) && !type.contents.isDisjoint(with: task.feeds)
        }.map { $0.init(context) }
    }

    /// The folds of trades that are wanted and made of the task's stream. A part of a day gives none of their rows.
    private func tradeFolds(_ task: ReplayTask) -> [any TradeFold.Type] {
        guard task.feedsFootprint, task.isWhole else { return [] }
        return options.registry.trades.filter { options.wants($0.id) }
    }

    /// The rows of the trade folds of all parts.
    private func tradeFolds(_ parts: [DayPart]) -> [FoldResult] {
        guard let first = parts.first, !first.folds.isEmpty else { return [] }
        var symbols = first.symbols
        var numbers: [Symbol: Int] = [:]
        for (number, symbol) in symbols.enumerated() { numbers[symbol] = number }
        for part in parts.dropFirst() {
            let places = part.symbols.map { symbol in
                if let known = numbers[symbol] { return known }
                symbols.append(symbol)
                numbers[symbol] = symbols.count - 1
                return symbols.count - 1
            }
            for (fold, later) in zip(first.folds, part.folds) { fold.append(later, numbers: places) }
        }
        return first.folds.map { FoldResult(type(of: $0).id, $0.rows(symbols)) }
    }

    /// Feeds the symbols whose trades did not come in the order of the exchange once more, up to a message.
    private func feedAgain(_ feed: TradeFeed, _ task: ReplayTask, below end: UInt64) throws(TapeError) {
        guard !feed.disordered.isEmpty else { return }
        gate.reset()
        var trades: [Trade] = []
        var decoder = MessageDecoder(
            day: task.day, priceScale: task.scales.price, quantityScale: task.scales.quantity)
        let cursor = try DayCursor(tape: tape, stream: task.stream, day: task.day)
        while !progress.isStopped, let messages = try cursor.next() {
            decoder.decode(messages, into: block)
            let batch = UnsafeMutableBufferPointer(start: block.trades, count: block.tradeCount)
            gate.mark(batch)
            // More may have been appended since.
            trades += feed.disordered(in: UnsafeBufferPointer(batch)).filter { $0.messageNumber < end }
        }
        feed.feedAgain(trades)
    }

    private func foldText(
        _ cursor: DayCursor, _ task: ReplayTask, _ folds: [any DayFold]
    ) throws(TapeError) -> DayPart {
        gate.reset()
        footprint.reset()
        var coverage = CoverageFold()
        var undecodable: [Undecodable] = []
        let tradeFolds = tradeFolds(task).map { $0.init(task.foldContext) }
        let feed = TradeFeed(tradeFolds)
        var decoder = MessageDecoder(
            day: task.day, priceScale: task.scales.price, quantityScale: task.scales.quantity,
            instruments: task.instruments)
        while !progress.isStopped, let messages = try cursor.next() {
            try checkScales(cursor, task)
            decoder.decode(messages, into: block)
            let trades = UnsafeMutableBufferPointer(start: block.trades, count: block.tradeCount)
            gate.mark(trades)
            if wantsFootprint(task) { footprint.fold(UnsafeBufferPointer(trades)) }
            coverage.fold(UnsafeBufferPointer(trades))
            for fold in folds {
                fold.fold(UnsafeBufferPointer(trades), decoder.symbols)
                for (origin, update) in block.bookUpdates { fold.fold(update, origin) }
                for (origin, summary) in block.summaries { fold.fold(summary, origin) }
            }
            feed.feed(UnsafeBufferPointer(trades))
            coverage.fold(
                messages: block.untimedMessageCount, undecodable: block.undecodable.count,
                other: block.otherCount)
            undecodable.append(contentsOf: block.undecodable)
            progress.add(messages: messages.count)
        }
        var part = DayPart(candles: pool.take())
        try feedAgain(feed, task, below: cursor.nextNumber)
        part.folds = tradeFolds
        part.undecodable = undecodable
        footprint.pack(into: part.candles)
        part.symbols = decoder.symbols.symbols
        part.minutes = coverage.rows
        return part
    }

    private func emit(_ parts: [DayPart], _ task: ReplayTask, into result: inout DayResult) {
        let rows = FootprintRows(parts.map { ($0.candles, $0.symbols) }, day: task.day)
        result.footprint = FootprintEmitter(task: task, options: options, crew: crew).emit(rows)
    }
}

/// What all threads of a replay share: a count, and a wish to stop.
public final class ReplayProgress: Sendable {
    private let messageCount = Atomic<Int>(0)
    private let stopped = Atomic<Bool>(false)

    /// Nothing read yet.
    public init() {}

    /// Messages read so far.
    public var messages: Int { messageCount.load(ordering: .relaxed) }

    /// Makes the replay stop as soon as possible; it then throws ``ReplayError/interrupted``.
    public func stop() { stopped.store(true, ordering: .relaxed) }

    /// Whether it was asked to stop.
    public var isStopped: Bool { stopped.load(ordering: .relaxed) }

    func add(messages: Int) { messageCount.add(messages, ordering: .relaxed) }
}
