internal import Columns
internal import Feed
internal import Market
internal import Projections
internal import Tape

/// Projects a sealed day straight from its hot columns: no text is made, and the columns that only restore text
/// are never read.
///
/// It is used only where its result provably equals that of the text: every block holds trade columns without
/// receive times (so that nothing can be stale) or origins (so that nothing is a gap), sequence numbers rise
/// from block to block (so that nothing can be a duplicate, and arrival order is the exchange's), and no trade
/// is kept verbatim. Everything else is left to the text decoder.
///
/// Blocks are independent: where another thread has nothing to do, it gets the later half of what is left.
struct ColumnProjector: Sendable {
    let tape: Tape
    let task: ReplayTask
    /// Whether candles are wanted, or only counts.
    let wantsFootprint: Bool
    /// Folds of trades that are wanted beside.
    let folds: [any TradeFold.Type]
    /// The hour of the WIB day whose candles are wanted, and no counts; nil: all. Blocks without a trade in it
    /// are passed over.
    let hour: Int?
    let pool: CandlePool
    let crew: Crew
    let progress: ReplayProgress

    /// Folds a day; parts in the order of the tape. Where one part was not folded, the others are of no use.
    func fold(_ sealed: SealedReader) throws(TapeError) -> [DayPart] {
        var parts = try fold(sealed, 0..<sealed.blockCount)
        var order = SequenceOrder()
        for place in parts.indices where parts[place].order.isSequenced != nil {
            if !order.follow(parts[place].order.numbers) { parts[place].outcome = .needsText }
        }
        return parts
    }

    private func fold(_ sealed: SealedReader, _ blocks: Range<Int>) throws(TapeError) -> [DayPart] {
        var part = DayPart(candles: pool.take())
        part.folds = folds.map { $0.init(task.foldContext) }
        var footprint = StretchFold(into: part.candles)
        var coverage = CoverageFold()
        var decoder = MessageDecoder(
            day: task.day, priceScale: task.scales.price, quantityScale: task.scales.quantity,
            instruments: task.instruments)
        var left = blocks
        var handed: [Handed<Result<[DayPart], TapeError>>] = []
        var failure: TapeError?
        while failure == nil, part.outcome == .folded, !progress.isStopped, let number = left.first {
            let cut = later(half: left, sealed)
            if !cut.isEmpty, let work = hand(cut, sealed.root) {
                handed.append(work)
                left = left.lowerBound..<cut.lowerBound
            }
            left = left.dropFirst()
            do throws(TapeError) {
                try fold(sealed, number, &part, &footprint, &coverage, &decoder)
            } catch {
                failure = error
            }
        }
        footprint.finish()
        part.symbols = decoder.symbols.symbols
        coverage.fold(
            messages: part.messageCount, undecodable: part.undecodable.count, other: part.otherCount)
        part.minutes = coverage.rows
        var parts = [part]
        for work in handed.reversed() {
            switch work.wait() {
            case .success(let more): parts += more
            case .failure(let error): failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return parts
    }

    /// The blocks behind the first one of `left` that hold the later half of its messages.
    private func later(half left: Range<Int>, _ sealed: SealedReader) -> Range<Int> {
        let all = left.reduce(0) { $0 + sealed.block($1).messageCount }
        var start = left.upperBound
        var count = 0
        while start - 1 > left.lowerBound, count < all / 2 {
            start -= 1
            count += sealed.block(start).messageCount
        }
        return start..<left.upperBound
    }

    /// Has an idle thread fold blocks; nil where none is idle.
    private func hand(_ blocks: Range<Int>, _ root: [UInt8]) -> Handed<Result<[DayPart], TapeError>>? {
        crew.hand { [self] in
            Result { () throws(TapeError) in
                guard
                    let sealed = try SealedReader.reopen(
                        tape: tape, stream: task.stream, day: task.day, root: root)
                else {
                    var part = DayPart(candles: pool.take())
                    part.outcome = .needsText
                    return [part]
                }
                return try fold(sealed, blocks)
            }
        }
    }

    private func fold(
        _ sealed: SealedReader, _ number: Int, _ part: inout DayPart, _ footprint: inout StretchFold,
        _ coverage: inout CoverageFold, _ decoder: inout MessageDecoder
    ) throws(TapeError) {
        let block = sealed.block(number)
        part.outcome = .needsText
        guard block.codec == .twentyField || block.codec == .sixField, !block.hasReceiveTimes,
            !block.hasOrigins
        else { return }
        guard case .success(let few) = try sealed.columns(ofBlock: number, wanted: TradeBlockOutline.columns),
            let outline = TradeBlockOutline(few, codec: block.codec, messageCount: block.messageCount)
        else { return part.outcome = .damaged }
        if outline.tradeCount > 0 {
            guard part.order.follow(outline.sequences),
                outline.date == 0 || MessageDecoder.day(ofDate: outline.date) == task.day
            else { return }
        }
        guard foldVerbatim(outline, block.firstNumber, &decoder, &part) else { return }
        for row in outline.minutes { coverage.fold(row.coverage) }
        part.outcome = .folded
        let isWanted = outline.minutes.contains { hour == nil || $0.minute / 60 == hour }
        guard wantsFootprint || !folds.isEmpty, isWanted else { return }
        guard case .success(let columns) = try sealed.columns(ofBlock: number, wanted: ColumnProjector.hot)
        else {
            return part.outcome = .damaged
        }
        do throws(TradeColumnError) {
            var reader = try TradeColumnReader(
                columns, codec: block.codec, messageCount: block.messageCount,
                priceScale: task.scales.price, quantityScale: task.scales.quantity)
            foldTrades(&reader, &footprint, part.folds, &decoder)
            if !reader.isIntact { part.outcome = .damaged }
        } catch {
            part.outcome = error == .scale ? .needsText : .damaged
        }
    }

    private func foldTrades(
        _ reader: inout TradeColumnReader, _ footprint: inout StretchFold, _ folds: [any TradeFold],
        _ decoder: inout MessageDecoder
    ) {
        while reader.nextSymbol() {
            guard reader.board == .regular else { continue }
            let symbol = decoder.symbols.number(of: reader.symbol)
            while let stretch = reader.nextStretch() {
                if wantsFootprint {
                    footprint.fold(
                        symbol: symbol, minute: stretch.minute, prices: stretch.prices,
                        quantities: stretch.quantities, sides: stretch.sides)
                }
                for fold in folds {
                    fold.fold(
                        symbol: Int(symbol), minute: stretch.minute, prices: stretch.prices,
                        quantities: stretch.quantities, sides: stretch.sides)
                }
            }
        }
    }

    /// Hot columns; everything else is never decompressed.
    private static let hot = Set(0..<TradeColumnReader.hotColumnLimit)

    /// Decodes messages outside the model. False where one is a trade, whose place among the others the hot
    /// columns do not tell.
    private func foldVerbatim(
        _ outline: TradeBlockOutline, _ firstNumber: UInt64, _ decoder: inout MessageDecoder,
        _ part: inout DayPart
    ) -> Bool {
        guard outline.verbatimCount > 0 else { return true }
        var messages = outline.verbatim
        let block = EventBlock(messageCapacity: 1)
        while let (number, payload) = messages.next() {
            let padded = Array(payload) + [UInt8](repeating: 0, count: RawMessage.payloadSlack)
            padded.withUnsafeBytes { raw in
                let message = RawMessage(
                    payload: raw.baseAddress!, payloadSize: payload.count,
                    number: firstNumber + UInt64(number), receiveTimeNanos: Timestamp.none.nanos, channel: 0,
                    direction: 0)
                withUnsafePointer(to: message) {
                    decoder.decode(UnsafeBufferPointer(start: $0, count: 1), into: block)
                }
            }
            guard block.tradeCount == 0 else { return false }
            part.messageCount += 1
            part.undecodable += block.undecodable
            part.otherCount += block.otherCount
        }
        return messages.isAtEnd
    }
}

extension TradeFacts {
    /// The minute as coverage counts it.
    fileprivate var coverage: CoverageMinute {
        var row = CoverageMinute(minute: minute)
        row.messages = trades
        row.trades = trades
        row.otherBoard = cash &+ negotiated
        if lastSequence > 0 {
            row.sequences = trades
            row.firstSequence = firstSequence
            row.lastSequence = lastSequence
        }
        return row
    }
}
