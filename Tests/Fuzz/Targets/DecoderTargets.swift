internal import Columns
internal import Feed
internal import Market

extension FuzzTarget {
    /// Messages of any layout into events, and the importer's view of the same messages.
    static let messages = FuzzTarget(
        "messages",
        seeds: {
            [MarketText.twentyFields, MarketText.sixFields, MarketText.envelopes, MarketText.books]
                .map { [0] + Lines.join($0.prefix(3)) }
                + MarketText.brokerSummaries.map { [0x22] + $0 }
                + [[0] + Lines.join(MarketText.bookRows), [0x11] + Lines.join(MarketText.bookSides)]
                + [[0] + Lines.join(MarketText.table), [0x42] + Lines.join(MarketText.sixFields.prefix(6))]
        }
    ) { bytes in
        var input = FuzzInput(bytes)
        let scales = input.byte()
        let price = DecimalScale(digits: Int(scales & 15))!
        let quantity = DecimalScale(digits: Int(scales >> 4))!
        let messages = PaddedMessages(Lines.split(input.rest()))
        var decoder = MessageDecoder(day: MarketText.day, priceScale: price, quantityScale: quantity)
        var inspector = PayloadInspector(priceScale: price, quantityScale: quantity)
        let block = EventBlock(messageCapacity: messages.messages.count)
        messages.withMessages { decoder.decode($0, into: block) }
        require(
            block.tradeCount + block.otherCount + block.undecodable.count == messages.messages.count,
            "every message is one event")
        for index in 0..<block.tradeCount {
            let trade = block.trades[index]
            require(trade.price > 0 && trade.quantity > 0 && trade.second < 86_400, "an impossible trade")
            require(Int(trade.symbol) < decoder.symbols.count, "an unknown symbol")
        }
        var undecodable = block.undecodable[...]
        for message in messages.messages {
            let facts = inspector.inspect(message.bytes)
            let reason = undecodable.first.flatMap { $0.messageNumber == message.number ? $0.reason : nil }
            if reason != nil { undecodable.removeFirst() }
            let isOfDay = facts.day == nil || facts.day == MarketText.day
            require(
                (facts.flaw == nil && isOfDay) == (reason == nil),
                "the importer says \(String(describing: facts)), the decoder \(String(describing: reason))")
        }
    }

    /// A source cut into payloads, at once and in pieces.
    static let splitter = FuzzTarget(
        "splitter",
        seeds: {
            [0, 1, 2].map { [$0, 7] + Lines.join(MarketText.all.suffix(6)) } + [
                [0, 3] + Array("{\n \"data\": {}\n}\nB|\n".utf8),
                [0, 5] + Lines.join(MarketText.table + MarketText.table) + [0x0A],
            ]
        }
    ) { bytes in
        var input = FuzzInput(bytes)
        let layout = PayloadSplitter.Layout.allCases[Int(input.byte() % 3)]
        let step = Int(input.byte()) + 1
        let source = PaddedBytes(input.rest())
        let whole = cut(source.bytes, layout, step: source.bytes.count + 1)
        let pieces = cut(source.bytes, layout, step: step)
        require(whole == pieces, "cut in pieces of \(step) bytes a source gives other payloads")
        var end = 0
        for range in whole {
            require(
                range.lowerBound == end || source.bytes[end..<range.lowerBound].elementsEqual([0x0A]),
                "bytes \(end) to \(range.lowerBound) are in no payload")
            end = range.upperBound
        }
    }

    /// The payloads of a source of which `step` bytes more are known at each turn.
    private static func cut(
        _ source: UnsafeRawBufferPointer, _ layout: PayloadSplitter.Layout, step: Int
    ) -> [Range<Int>] {
        var splitter = PayloadSplitter(layout: layout)
        var (start, known) = (0, min(step, source.count))
        var ranges: [Range<Int>] = []
        while true {
            let buffer = UnsafeRawBufferPointer(rebasing: source[..<known])
            switch splitter.next(in: buffer, from: start, atEnd: known == source.count) {
            case .payload(let range, let next, _):
                require(
                    range.lowerBound == start && next > start && next <= known, "payloads leave the buffer")
                ranges.append(range)
                start = next
            case .needMore:
                require(known < source.count, "more bytes are asked for at the end")
                known = min(known + step, source.count)
            case .end:
                require(start == source.count, "it ended at \(start)")
                return ranges
            }
        }
    }

    /// Varints, in all widths.
    static let varints = FuzzTarget("varints", seeds: { [[0, 0x7F, 0x80, 1, 0xFF, 0xFF, 3]] }) { bytes in
        var input = FuzzInput(bytes)
        let choice = input.byte()
        let padded = PaddedBytes(input.rest())
        var reader = VarintReader(padded.bytes)
        var values: [UInt128] = []
        while !reader.isAtEnd, !reader.failed {
            switch choice % 3 {
            case 0: values.append(UInt128(reader.next()))
            case 1: values.append(reader.nextWide())
            default: values.append(UInt128(UInt64(bitPattern: reader.nextSigned())))
            }
        }
        if reader.failed { return }
        var written: [UInt8] = []
        var sink = ByteSink(capacity: 1)
        for value in values {
            let small = UInt64(truncatingIfNeeded: value)
            sink.reserve(19)
            switch choice % 3 {
            case 0:
                Varint.append(small, to: &written)
                sink.appendUnchecked(small)
            case 1:
                Varint.append(value, to: &written)
                sink.appendUnchecked(value)
            default:
                Varint.appendSigned(Int64(bitPattern: small), to: &written)
                sink.appendSignedUnchecked(Int64(bitPattern: small))
            }
        }
        require(sink.array == written && written.count <= padded.bytes.count, "the shortest form")
        let again = PaddedBytes(written)
        var second = VarintReader(again.bytes)
        for value in values {
            switch choice % 3 {
            case 0: require(UInt128(second.next()) == value, "value \(value)")
            case 1: require(second.nextWide() == value, "value \(value)")
            default: require(UInt128(UInt64(bitPattern: second.nextSigned())) == value, "value \(value)")
            }
        }
        require(second.isAtEnd && !second.failed, "bytes are left")
    }
}
