import Columns
import Feed
import Market
import Simulator
import Testing

@Suite("Columns of trade lines: round trip")
struct RoundTripTests {
    @Test("generated lines come back, and few are kept verbatim", arguments: [0, 30, 900])
    func generated(gaps: Int) {
        var maker = LineMaker(seed: 11)
        maker.gaps = gaps
        let list = MessageList(lines: maker.lines(3000))
        let (isSame, block) = list.roundTrip(TwentyFieldCodec())
        #expect(isSame)
        #expect(verbatimCount(block) == 0)
        #expect(block.seconds != nil)
    }

    @Test("a simulated day comes back hour by hour, without a line kept verbatim")
    func simulated() {
        let simulator = MarketSimulator(
            SimulatorConfiguration(
                symbolCount: 40, seed: 5, firstDay: TradingDay("2026-02-12")!, tradesPerDay: 20_000))
        var file: [UInt8] = []
        _ = simulator.nextDay(
            trades: { file.append(contentsOf: $0) }, brokerSummaries: { _ in }, book: { _ in })
        for hour in MessageList(file: file).hours(at: 2) {
            let (isSame, block) = hour.roundTrip(TwentyFieldCodec())
            #expect(isSame)
            #expect(verbatimCount(block) == 0)
            #expect(block.columns.map(\.id) == block.columns.map(\.id).sorted())
        }
    }

    @Test("CR endings, padded and unpadded numbers are modelled")
    func variants() {
        var maker = LineMaker(seed: 12)
        let lines = maker.lines(500)
        let returned = MessageList(lines: lines.map { $0 + "\r" }).roundTrip(TwentyFieldCodec())
        expectModelled(returned)
        for width in [1, 8, 10] {
            let padded = lines.map { line in
                var fields = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
                let plain = fields[5].dropFirst()
                fields[5] = String(repeating: "0", count: max(0, width - plain.count)) + plain
                return fields.joined(separator: "|")
            }
            let result = MessageList(lines: padded).roundTrip(TwentyFieldCodec())
            expectModelled(result)
        }
    }

    @Test("nothing, rubbish and single lines come back in every codec")
    func corners() {
        var maker = LineMaker(seed: 13)
        let line = maker.line()
        let cases: [[String]] = [
            [], [""], ["", "", ""], [line], [line, line], ["x"], ["B|"], ["\r"], [line + "\r", line],
            ["{\"v\":2}", line, "\0\0\0", "20260210|", "20260210|090000|BBCA|1|1|B"],
            [String(repeating: "B|090000|0|", count: 40)], [line + "|", line + "\n", "\n"],
        ]
        for lines in cases {
            for id in 1...7 {
                let codec = BlockCodecs.codec(CodecID(rawValue: UInt16(id)))!
                let isSame = MessageList(lines: lines).roundTrip(codec).isSame
                #expect(isSame, "codec \(id) on \(lines)")
            }
        }
    }

    @Test(
        "prices on, off and above the ladder",
        arguments: [1, 199, 201, 4990, 281_225, 281_250, 281_275, 9_000_001])
    func ladder(price: Int) {
        let lines = (0..<40).map { index in
            "B|0930\(10 + index)|0|ABCD|RG|0\(100_000 + index)|\(price)|\(1 + index)|--|-|--|-|\(price)|"
                + "00|\(7 + index)|0|0|\(price)|0|1"
        }
        expectModelled(MessageList(lines: lines).roundTrip(TwentyFieldCodec()))
    }

    @Test("six fields with whole numbers, decimals, fixed decimals and further text")
    func sixFields() {
        var maker = LineMaker(seed: 14)
        let lines = maker.lines(2000)
        for decimals in [false, true] {
            let six = lines.map { LineMaker.six($0, decimals: decimals) }
            let result = MessageList(lines: six).roundTrip(SixFieldCodec())
            expectModelled(result)
        }
        let fixed = (0..<500).map {
            "20260210|0930\(10 + $0 % 50)|BTCUSDT_SPOT|\(61_000 + $0 % 9).50|0.\(100 + $0)0|B"
        }
        let result = MessageList(lines: fixed).roundTrip(SixFieldCodec())
        expectModelled(result)
        let more = lines.enumerated().map {
            LineMaker.six($1, decimals: false) + ($0 % 3 == 0 ? "|x|\($0)" : "")
        }
        let extra = MessageList(lines: more).roundTrip(SixFieldCodec())
        expectModelled(extra)
    }

    @Test("envelopes around lines come back, others are kept")
    func envelopes() {
        var maker = LineMaker(seed: 15)
        let lines = maker.lines(1000).enumerated().map { index, line in
            index % 50 == 7 ? line : LineMaker.envelope(line, millis: 1_771_380_003_400 + index * 7)
        }
        let list = MessageList(lines: lines)
        let codec = list.chosenCodec
        #expect(codec.id == .envelope)
        let (isSame, block) = list.roundTrip(codec)
        #expect(isSame)
        #expect(block.seconds != nil)
        #expect(block.columns.reduce(0) { $0 + $1.bytes.count } < list.payloads.joined().count / 5)

        let loaded = LoadedColumns(block.columns)
        defer { withExtendedLifetime(loaded) {} }
        let inner = EnvelopeCodec.lines(loaded.set)
        let plain = MessageList(lines: lines.filter { $0.first == "{" }.map(RoundTripTests.line)).encode(
            TwentyFieldCodec())
        #expect(inner?.codec == .twentyField && inner?.messageCount == plain.messageCount)
        for column in plain.columns { #expect(inner.map { Array($0.columns[column.id]) } == column.bytes) }
    }

    /// The line in an envelope.
    private static func line(_ envelope: String) -> String {
        String(envelope.split(separator: "\"")[13])
    }

    @Test("the codec follows the layout of most messages")
    func choice() {
        var maker = LineMaker(seed: 16)
        let lines = maker.lines(100)
        func chosen(_ lines: [String]) -> CodecID { MessageList(lines: lines).chosenCodec.id }
        #expect(chosen(lines + ["x", ""]) == .twentyField)
        #expect(chosen(lines.map { LineMaker.six($0, decimals: true) }) == .sixField)
        #expect(chosen(["", "x", "{}"]) == .generic)
        #expect(chosen([]) == .generic)
        #expect(BlockCodecs.codec(CodecID(rawValue: 99)) == nil)
    }
}

/// Expects that messages came back, and that none was kept verbatim.
private func expectModelled(_ result: (isSame: Bool, block: ColumnBlock)) {
    let (isSame, count) = (result.isSame, verbatimCount(result.block))
    #expect(isSame && count == 0)
}

/// Messages that a trade block keeps verbatim.
func verbatimCount(_ block: ColumnBlock) -> Int {
    let loaded = LoadedColumns(block.columns)
    defer { withExtendedLifetime(loaded) {} }
    guard
        let reader = try? TradeColumnReader(
            loaded.set, codec: block.codec, messageCount: block.messageCount,
            priceScale: DecimalScale(digits: 12)!, quantityScale: DecimalScale(digits: 12)!)
    else { return -1 }
    return reader.outline.verbatimCount
}
