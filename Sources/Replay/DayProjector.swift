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
    private let gate = TradeGate()
    private let footprint = FootprintFold()

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
        gate.reset()
        footprint.reset()
        var coverage = CoverageFold()
        var undecodable: [Undecodable] = []
        let wantsFootprint = task.feedsFootprint && options.projections.contains(.footprint)

        while let messages = try cursor.next() {
            decoder.decode(messages, into: block)
            let trades = UnsafeMutableBufferPointer(start: block.trades, count: block.tradeCount)
            gate.mark(trades)
            if wantsFootprint { footprint.fold(UnsafeBufferPointer(trades)) }
            coverage.fold(UnsafeBufferPointer(trades))
            coverage.fold(undecodable: block.undecodable.count, other: block.otherCount)
            undecodable.append(contentsOf: block.undecodable)
            result.messages += UInt64(messages.count)
            progress.add(messages: messages.count)
            if progress.isStopped { return }
        }
        result.nextNumber = cursor.nextNumber
        result.endNumber = cursor.endNumber
        result.chain = cursor.chain
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

    var isStopped: Bool { stopped.load(ordering: .relaxed) }

    func add(messages: Int) { messageCount.add(messages, ordering: .relaxed) }
}
