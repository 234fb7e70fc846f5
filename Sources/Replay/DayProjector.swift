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
    private let block = EventBlock(messageCapacity: DayCursor.batchCountMax)
    private let gate = TradeGate(memory: DayProjector.memory)
    private let footprint = FootprintFold(memory: DayProjector.memory)

    private static let memory = ChunkMemory(
        allocate: { LargePages.allocate($0) }, free: { LargePages.free($0) })

    /// A projector; `progress` is shared by all threads.
    init(tape: Tape, options: ReplayOptions, progress: ReplayProgress) {
        self.tape = tape
        self.options = options
        self.progress = progress
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
        var decoder = MessageDecoder(
            day: task.day, priceScale: task.scales.price, quantityScale: task.scales.quantity)
        var coverage = CoverageFold()
        var undecodable: [Undecodable] = []
        gate.reset()
        footprint.reset()
        if try !foldColumns(cursor, task, &decoder, &coverage, &undecodable) {
            // The columns may have been folded in part.
            decoder = MessageDecoder(
                day: task.day, priceScale: task.scales.price, quantityScale: task.scales.quantity)
            coverage = CoverageFold()
            undecodable = []
            footprint.reset()
            try foldText(cursor, task, &decoder, &coverage, &undecodable)
        }
        if progress.isStopped { return }
        result.messages = coverage.total.messages
        result.nextNumber = cursor.nextNumber
        result.endNumber = cursor.endNumber
        result.chain = cursor.endChain ?? 0
        result.damages = cursor.damages
        result.coverage = coverage.rows
        emit(decoder.symbols.symbols, task, into: &result)
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

    /// Folds a day that is sealed whole from its columns; false where it has to be read as text.
    private func foldColumns(
        _ cursor: DayCursor, _ task: ReplayTask, _ decoder: inout MessageDecoder,
        _ coverage: inout CoverageFold, _ undecodable: inout [Undecodable]
    ) throws(TapeError) -> Bool {
        guard let sealed = cursor.sealed, sealed.messageCount == cursor.endNumber else { return false }
        try checkScales(cursor, task)
        var rest = ColumnProjector.Rest()
        let outcome = try ColumnProjector(sealed: sealed, task: task)
            .fold(into: wantsFootprint(task) ? footprint : nil, &coverage, &decoder, &rest)
        guard outcome == .folded else { return false }
        coverage.fold(undecodable: rest.undecodable.count, other: rest.otherCount)
        undecodable = rest.undecodable
        progress.add(messages: Int(sealed.messageCount))
        return true
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

    private func foldText(
        _ cursor: DayCursor, _ task: ReplayTask, _ decoder: inout MessageDecoder,
        _ coverage: inout CoverageFold, _ undecodable: inout [Undecodable]
    ) throws(TapeError) {
        while let messages = try cursor.next() {
            try checkScales(cursor, task)
            decoder.decode(messages, into: block)
            let trades = UnsafeMutableBufferPointer(start: block.trades, count: block.tradeCount)
            gate.mark(trades)
            if wantsFootprint(task) { footprint.fold(UnsafeBufferPointer(trades)) }
            coverage.fold(UnsafeBufferPointer(trades))
            coverage.fold(undecodable: block.undecodable.count, other: block.otherCount)
            undecodable.append(contentsOf: block.undecodable)
            progress.add(messages: messages.count)
            if progress.isStopped { return }
        }
    }

    private func emit(_ symbols: [Symbol], _ task: ReplayTask, into result: inout DayResult) {
        footprint.emit(
            symbols: symbols, day: task.day,
            pack: { symbol, hour, bytes in
                if !task.isWhole {
                    if let only = options.symbol, only != symbol { return }
                    if let only = options.hour, only != Int(hour) { return }
                }
                let start = result.bytes.count
                result.bytes.append(contentsOf: bytes)
                result.packs.append(
                    DayResult.Pack(symbol: symbol, hour: hour, range: start..<result.bytes.count))
            },
            canonical: { symbol, bytes in result.digests.append((symbol, SHA256.hash(bytes))) })
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
