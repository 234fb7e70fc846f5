import Columns
import Feed
import Market
import Testing

/// Hashes find damage before a codec sees it; should one miss, the codec must neither trap nor run away.
@Suite("Columns: damage")
struct DamageTests {
    private static func block(_ codec: UInt16, seed: UInt64) -> (MessageList, any BlockCodec) {
        var maker = LineMaker(seed: seed)
        maker.gaps = 100
        var lines = maker.lines(48)
        if codec == 2 { lines = lines.map { LineMaker.six($0, decimals: true) + "|more" } }
        if codec == 4 {
            lines = lines.enumerated().map {
                "{\"fmt\":\"pipe\",\"raw\":\"\($1)\",\"ts\":\(1_771_380_003_400 + $0)}"
            }
        }
        if codec == 5 {
            var frames = FrameMaker(seed: seed)
            lines = Array(frames.frames(lines + maker.lines(100)).prefix(48))
        }
        if codec >= 6 {
            var books = BookMaker(seed: seed, decimals: true)
            lines = codec == 6 ? books.rows(48) : books.sides(48, levelCountMax: 2)
        }
        lines[10] = "something else"
        lines[30] = ""
        return (MessageList(lines: lines), BlockCodecs.codec(CodecID(rawValue: codec))!)
    }

    @Test(
        "every single bit flip and every truncation of every column", arguments: [1, 2, 3, 4, 5, 6, 7] as [UInt16])
    func flips(codec number: UInt16) {
        let (list, codec) = DamageTests.block(number, seed: UInt64(number))
        let block = list.encode(codec)
        for (index, column) in block.columns.enumerated() {
            for bit in 0..<(column.bytes.count * 8) {
                var columns = block.columns
                columns[index].bytes[bit / 8] ^= 1 << UInt8(bit % 8)
                DamageTests.decode(columns, codec, list)
            }
            for size in 0..<column.bytes.count {
                var columns = block.columns
                columns[index].bytes = Array(column.bytes.prefix(size))
                DamageTests.decode(columns.filter { !$0.bytes.isEmpty }, codec, list)
            }
        }
    }

    @Test("random columns", arguments: [1, 2, 3, 4, 5, 6, 7] as [UInt16])
    func rubbish(codec number: UInt16) {
        let (list, codec) = DamageTests.block(number, seed: 77)
        let block = list.encode(codec)
        var random = SeededRandom(seed: 5)
        for _ in 0..<3000 {
            var columns = block.columns
            for _ in 0...random.below(3) {
                let index = random.below(columns.count)
                for _ in 0...random.below(4) where !columns[index].bytes.isEmpty {
                    columns[index].bytes[random.below(columns[index].bytes.count)] =
                        [0, 255, 128, UInt8(random.below(256))][random.below(4)]
                }
            }
            DamageTests.decode(columns, codec, list)
        }
    }

    @Test("a message count that is not the block's", arguments: [1, 2, 3, 4, 5, 6, 7] as [UInt16])
    func counts(codec number: UInt16) {
        let (list, codec) = DamageTests.block(number, seed: 3)
        let loaded = LoadedColumns(list.encode(codec).columns)
        for count in [0, 1, 47, 49, 1 << 20, 1 << 40, Int.max] {
            #expect(loaded.decode(codec, messageCount: count) == nil)
        }
    }

    private static func decode(_ columns: [Column], _ codec: any BlockCodec, _ list: MessageList) {
        let loaded = LoadedColumns(columns)
        defer { withExtendedLifetime((loaded, list)) {} }
        var emitted = 0
        _ = codec.decode(loaded.set, messageCount: list.payloads.count) {
            emitted += $0.count > 1 << 16 ? 2 : 1
        }
        #expect(emitted <= list.payloads.count)
        if codec.id == .twentyField || codec.id == .sixField {
            _ = DamageTests.fold(loaded.set, codec.id, list.payloads.count)
        }
        if codec.id == .wireFrame, let inner = WireFrameCodec.lines(loaded.set), inner.lineCount < 1 << 10 {
            _ = DamageTests.fold(loaded.set, inner.codec, inner.lineCount)
        }
    }

    private static func fold(_ columns: ColumnSet, _ codec: CodecID, _ messageCount: Int) -> Bool {
        let scale = DecimalScale(digits: 4)!
        guard
            var reader = try? TradeColumnReader(
                columns, codec: codec, messageCount: messageCount, priceScale: scale,
                quantityScale: scale)
        else { return false }
        var trades = 0
        while reader.nextSymbol() {
            while let stretch = reader.nextStretch() {
                trades += stretch.prices.count
                #expect(stretch.sides.allSatisfy { $0 <= 2 } && stretch.minute < 1440)
            }
        }
        #expect(trades <= messageCount)
        var verbatim = reader.outline.verbatim
        while let message = verbatim.next() { #expect(message.payload.count <= 1 << 20) }
        #expect(reader.outline.minutes.allSatisfy { $0.minute < 1440 })
        return reader.isIntact
    }
}
