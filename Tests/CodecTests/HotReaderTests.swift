import Columns
import Feed
import Market
import Simulator
import Testing

@Suite("Hot columns")
struct HotReaderTests {
    private struct Key: Hashable {
        var symbol: Symbol
        var board: Board
    }

    private struct Row: Equatable {
        var minute: Int
        var price: Int64
        var quantity: Int64
        var side: UInt8
    }

    @Test("equal the text decoder on a simulated day, facts and all")
    func simulatedDay() throws {
        let simulator = MarketSimulator(
            SimulatorConfiguration(
                symbolCount: 30, seed: 9, firstDay: TradingDay("2026-02-12")!, tradesPerDay: 15_000))
        var file: [UInt8] = []
        _ = simulator.nextDay(
            trades: { file.append(contentsOf: $0) }, brokerSummaries: { _ in }, book: { _ in })
        for hour in MessageList(file: file).hours(at: 2) {
            try check(hour, TwentyFieldCodec(), day: TradingDay("2026-02-12")!, scale: .whole)
        }
    }

    @Test("equal the text decoder on generated lines with rubbish between them", arguments: 0..<6)
    func generated(seed: Int) throws {
        var maker = LineMaker(seed: UInt64(seed))
        maker.gaps = 50
        var lines = maker.lines(2000)
        for index in stride(from: 3, to: lines.count, by: 97) { lines[index] = "rubbish" }
        for index in stride(from: 5, to: lines.count, by: 211) { lines[index] = lines[index - 4] }
        let day = TradingDay("2026-02-10")!
        try check(MessageList(lines: lines), TwentyFieldCodec(), day: day, scale: .whole)
        try check(MessageList(lines: lines), TwentyFieldCodec(), day: day, scale: DecimalScale(digits: 2)!)
        let six = lines.map { $0 == "rubbish" ? $0 : LineMaker.six($0, decimals: true) }
        try check(MessageList(lines: six), SixFieldCodec(), day: day, scale: DecimalScale(digits: 8)!)
    }

    @Test("more digits than the stream's scale are left to the text decoder")
    func scale() {
        let list = MessageList(lines: ["20260210|093000|BTC|1.25|3|B", "20260210|093000|BTC|1.5|3|S"])
        let loaded = LoadedColumns(list.encode(SixFieldCodec()).columns)
        defer { withExtendedLifetime(loaded) {} }
        #expect(throws: TradeColumnError.scale) {
            _ = try TradeColumnReader(
                loaded.set, codec: .sixField, messageCount: 2, priceScale: DecimalScale(digits: 1)!,
                quantityScale: .whole)
        }
    }

    private func check(_ list: MessageList, _ codec: any BlockCodec, day: TradingDay, scale: DecimalScale)
        throws
    {
        let block = list.encode(codec)
        let loaded = LoadedColumns(block.columns.filter { $0.id < TradeColumnReader.hotColumnLimit })
        var reader = try TradeColumnReader(
            loaded.set, codec: codec.id, messageCount: list.payloads.count, priceScale: scale,
            quantityScale: scale)
        defer { withExtendedLifetime((list, loaded)) {} }
        var verbatim = Set<UInt64>()
        var messages = reader.outline.verbatim
        while let message = messages.next() {
            #expect(Array(message.payload) == list.payloads[message.number])
            verbatim.insert(UInt64(message.number))
        }
        let verbatimCount = reader.outline.verbatimCount
        #expect(messages.isAtEnd && verbatim.count == verbatimCount)

        var decoder = MessageDecoder(day: day, priceScale: scale, quantityScale: scale)
        let events = EventBlock(messageCapacity: list.messages.count)
        list.messages.withUnsafeBufferPointer { decoder.decode($0, into: events) }
        let trades = UnsafeBufferPointer(start: events.trades, count: events.tradeCount).filter {
            !verbatim.contains($0.messageNumber)
        }
        let tradeCount = reader.outline.tradeCount
        #expect(trades.count == tradeCount)
        let symbols = decoder.symbols.symbols
        var expected: [Key: [Row]] = [:]
        for trade in trades {
            expected[Key(symbol: symbols[Int(trade.symbol)], board: trade.board), default: []].append(
                Row(
                    minute: Int(trade.second / 60), price: trade.price, quantity: trade.quantity,
                    side: trade.side.rawValue))
        }
        var last: Symbol?
        var found: [Key: [Row]] = [:]
        while reader.nextSymbol() {
            let symbol = reader.symbol
            if let last { #expect(last <= symbol) }
            last = symbol
            let key = Key(symbol: reader.symbol, board: reader.board)
            #expect(found[key] == nil)
            found[key] = []
            while let stretch = reader.nextStretch() {
                for index in stretch.prices.indices {
                    found[key]!.append(
                        Row(
                            minute: stretch.minute, price: stretch.prices[index],
                            quantity: stretch.quantities[index], side: stretch.sides[index]))
                }
            }
        }
        let isIntact = reader.isIntact
        #expect(isIntact)
        #expect(found == expected)
        if codec.id == .twentyField {
            #expect(zip(trades, trades.dropFirst()).allSatisfy { $0.sequence < $1.sequence })
            let sequences = reader.outline.sequences
            #expect(sequences?.lowerBound == trades.first?.sequence)
            #expect(sequences?.upperBound == trades.last?.sequence)
        }
        checkFacts(reader, trades)
    }

    private func checkFacts(_ reader: borrowing TradeColumnReader, _ trades: [Trade]) {
        let facts = reader.outline.minutes
        for row in facts {
            let minute = trades.filter { Int($0.second / 60) == row.minute }
            #expect(UInt64(minute.count) == row.trades)
            #expect(UInt64(minute.count { $0.board == .cash }) == row.cash)
            #expect(UInt64(minute.count { $0.board == .negotiated }) == row.negotiated)
            guard reader.outline.sequences != nil else { continue }
            #expect(minute.map(\.sequence).min() == row.firstSequence)
            #expect(minute.map(\.sequence).max() == row.lastSequence)
        }
        #expect(facts.reduce(0) { $0 + $1.trades } == UInt64(trades.count))
    }
}
