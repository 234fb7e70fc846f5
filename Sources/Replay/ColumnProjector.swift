internal import Columns
internal import Feed
internal import Market
internal import Projections
internal import Tape

/// Projects a sealed day straight from its hot columns: no text is made, and the columns that only restore text
/// are never read.
///
/// It is used only where its result provably equals that of the text: every block holds trade columns without
/// receive times (so that nothing can be stale) or origins (so that nothing is a gap), sequence numbers rise from block to block (so that nothing
/// can be a duplicate, and arrival order is the exchange's), and no trade is kept verbatim. Everything else
/// is left to the text decoder.
struct ColumnProjector {
    let sealed: SealedReader
    let task: ReplayTask

    /// How folding the columns ended.
    enum Outcome {
        /// All of the day was folded.
        case folded
        /// The day needs the text decoder; the folds hold rubbish and have to be reset.
        case needsText
        /// A block is damaged; the text path reports it.
        case damaged
    }

    /// What the messages outside columns were.
    struct Rest {
        var undecodable: [Undecodable] = []
        var otherCount = 0
    }

    /// Folds all blocks into `footprint` (unless nil) and `coverage`.
    func fold(
        into footprint: FootprintFold?, _ coverage: inout CoverageFold, _ decoder: inout MessageDecoder,
        _ rest: inout Rest
    ) throws(TapeError) -> Outcome {
        var lastSequence: UInt64 = 0
        var hasSequences: Bool?
        for number in 0..<sealed.blockCount {
            let block = sealed.block(number)
            guard block.codec == .twentyField || block.codec == .sixField, !block.hasReceiveTimes,
                !block.hasOrigins
            else {
                return .needsText
            }
            let columns: ColumnSet
            switch try sealed.columns(ofBlock: number, wanted: ColumnProjector.hot) {
            case .success(let read): columns = read
            case .failure: return .damaged
            }
            guard
                var reader = try? TradeColumnReader(
                    columns, codec: block.codec, messageCount: block.messageCount,
                    priceScale: task.scales.price, quantityScale: task.scales.quantity)
            else { return .needsText }
            if reader.tradeCount > 0 {
                guard hasSequences == nil || hasSequences == (reader.sequences != nil),
                    reader.date == 0 || MessageDecoder.day(ofDate: reader.date) == task.day
                else { return .needsText }
                hasSequences = reader.sequences != nil
                if let sequences = reader.sequences {
                    guard sequences.lowerBound > lastSequence else { return .needsText }
                    lastSequence = sequences.upperBound
                }
            }
            guard foldVerbatim(reader.verbatim, reader.verbatimCount, block.firstNumber, &decoder, &rest),
                let facts = reader.facts
            else { return .needsText }
            for row in facts { coverage.fold(row.coverage) }
            while reader.nextSymbol() {
                guard let footprint, reader.board == .regular else { continue }
                let symbol = decoder.symbols.number(of: reader.symbol)
                while let stretch = reader.nextStretch() {
                    footprint.fold(
                        symbol: symbol, minute: stretch.minute, prices: stretch.prices,
                        quantities: stretch.quantities, sides: stretch.sides,
                        isSequenced: hasSequences == true)
                }
            }
            guard reader.isIntact else { return .damaged }
        }
        return .folded
    }

    /// Hot columns; everything else is never decompressed.
    private static let hot = Set(0..<TradeColumnReader.hotColumnLimit)

    /// Decodes messages outside the model. False where one is a trade, whose place among the others the hot
    /// columns do not tell.
    private func foldVerbatim(
        _ messages: VerbatimMessages, _ count: Int, _ firstNumber: UInt64, _ decoder: inout MessageDecoder,
        _ rest: inout Rest
    ) -> Bool {
        guard count > 0 else { return true }
        var messages = messages
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
            rest.undecodable += block.undecodable
            rest.otherCount += block.otherCount
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
