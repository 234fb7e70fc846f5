internal import Columns
internal import Feed
internal import Market

extension FuzzTarget {
    /// Columns that nobody has checked, into messages and into trades.
    static let columns = FuzzTarget(
        "columns",
        seeds: { CodecInput.blocks.map { CodecInput.seed($0.codec, $0.lines) } }
    ) { bytes in
        var input = FuzzInput(bytes)
        guard let codec = BlockCodecs.codec(CodecID(rawValue: UInt16(input.byte() & 7) + 1)) else { return }
        let messageCount = Int(input.number(UInt16.self))
        var columns: [(id: UInt8, bytes: [UInt8])] = []
        while !input.isAtEnd { columns.append((input.byte(), Array(input.chunk()))) }
        let padded = PaddedColumns(columns)
        var emitted = 0
        _ = codec.decode(padded.set, messageCount: messageCount) { payload in
            emitted += 1
            if payload.count > 0 { _ = payload[payload.count - 1] }
        }
        require(emitted <= messageCount, "\(emitted) messages out of a block of \(messageCount)")
        var (id, count, set) = (codec.id, messageCount, padded.set)
        if id == .envelope {
            guard let inner = EnvelopeCodec.lines(set) else { return }
            (id, count, set) = inner
        }
        if id == .twentyField || id == .sixField { _ = ColumnTrades.read(set, id, messageCount: count) }
    }

    /// Messages into columns and back, by every codec; and their trades by both ways.
    static let blocks = FuzzTarget(
        "blocks", seeds: { CodecInput.blocks.map { Lines.join($0.lines) } }
    ) { bytes in
        let payloads = Lines.split(bytes)
        let messages = PaddedMessages(payloads)
        let catalog = FeedCodecs()
        for message in messages.messages { _ = catalog.hour(of: message) }
        _ = messages.withMessages { BlockCodecs.choose(for: $0).id }
        for number in 1...7 as ClosedRange<UInt16> {
            let codec = BlockCodecs.codec(CodecID(rawValue: number))!
            let block = messages.withMessages { codec.encode($0) }
            require(
                block.messageCount == payloads.count && block.codec == codec.id,
                "a block is not of its messages")
            let padded = PaddedColumns(block.columns.map { ($0.id, $0.bytes) })
            var place = 0
            let isWhole = codec.decode(padded.set, messageCount: payloads.count) { payload in
                require(
                    place < payloads.count && payload.elementsEqual(payloads[place]),
                    "codec \(number), message \(place)")
                place += 1
            }
            require(
                isWhole && place == payloads.count, "codec \(number) does not give its messages back")
            guard codec.id == .twentyField || codec.id == .sixField,
                let trades = ColumnTrades.read(padded.set, codec.id, messageCount: payloads.count)
            else { continue }
            require(
                trades.sorted() == ColumnTrades.decode(messages).sorted(),
                "codec \(number): columns hold other trades than their text")
        }
    }
}

/// Blocks of every codec, for seeds.
private enum CodecInput {
    static let blocks: [(codec: CodecID, lines: [[UInt8]])] = [
        (.twentyField, MarketText.twentyFields),
        (.sixField, MarketText.sixFields),
        (.generic, MarketText.table + MarketText.books.prefix(1)),
        (.bookRow, MarketText.bookRows + [[], Array("rubbish".utf8)]),
        (.bookText, MarketText.books + MarketText.bookSides + MarketText.table),
        (.envelope, Array(MarketText.envelopes.prefix(12)) + MarketText.books.prefix(1)),
        (.twentyField, MarketText.twentyFields.prefix(6) + [[], Array("rubbish".utf8)]),
        (.sixField, MarketText.sixFields.prefix(3).map { $0 + Array("|more".utf8) }),
    ]

    static func seed(_ codec: CodecID, _ lines: [[UInt8]]) -> [UInt8] {
        let block = PaddedMessages(lines).withMessages { BlockCodecs.codec(codec)!.encode($0) }
        var output = FuzzOutput()
        output.number(UInt8(codec.rawValue - 1))
        output.number(UInt16(lines.count))
        for column in block.columns {
            output.number(column.id)
            output.chunk(column.bytes)
        }
        return output.bytes
    }
}

/// A trade as both ways tell it.
private struct ColumnTrades: Comparable {
    private let fields: [Int64]
    private let symbol: Symbol

    private static let scale = DecimalScale(digits: 4)!

    static func < (left: ColumnTrades, right: ColumnTrades) -> Bool {
        left.symbol != right.symbol
            ? left.symbol < right.symbol : left.fields.lexicographicallyPrecedes(right.fields)
    }

    private init(
        _ symbol: Symbol, _ board: Board, _ minute: Int, _ side: UInt8, _ price: Int64, _ quantity: Int64
    ) {
        self.symbol = symbol
        fields = [Int64(board.rawValue), Int64(minute), Int64(side), price, quantity]
    }

    /// The trades of a block out of its hot columns and what it keeps verbatim; nil where the replay would
    /// read the text instead.
    static func read(_ columns: ColumnSet, _ codec: CodecID, messageCount: Int) -> [ColumnTrades]? {
        guard
            var reader = try? TradeColumnReader(
                columns, codec: codec, messageCount: messageCount, priceScale: scale, quantityScale: scale),
            reader.outline.date == 0 || MessageDecoder.day(ofDate: reader.outline.date) == MarketText.day
        else { return nil }
        var trades: [ColumnTrades] = []
        while reader.nextSymbol() {
            while let stretch = reader.nextStretch() {
                for place in stretch.prices.indices {
                    trades.append(
                        ColumnTrades(
                            reader.symbol, reader.board, stretch.minute, stretch.sides[place],
                            stretch.prices[place], stretch.quantities[place]))
                }
            }
        }
        guard reader.isIntact else { return nil }
        require(trades.count == reader.outline.tradeCount, "an outline counts other trades")
        var payloads: [[UInt8]] = []
        var verbatim = reader.outline.verbatim
        while let message = verbatim.next() { payloads.append(Array(message.payload)) }
        return trades + decode(PaddedMessages(payloads))
    }

    /// The trades of messages by their text.
    static func decode(_ messages: PaddedMessages) -> [ColumnTrades] {
        var decoder = MessageDecoder(day: MarketText.day, priceScale: scale, quantityScale: scale)
        let block = EventBlock(messageCapacity: messages.messages.count)
        messages.withMessages { decoder.decode($0, into: block) }
        return (0..<block.tradeCount).map { index in
            let trade = block.trades[index]
            return ColumnTrades(
                decoder.symbols.symbols[Int(trade.symbol)], trade.board, Int(trade.second) / 60,
                trade.side.rawValue, trade.price, trade.quantity)
        }
    }
}
