import Columns
import Feed
import Market
import Testing

@Suite("Columns of wire frames")
struct FrameTests {
    private static func lines(_ count: Int, seed: UInt64, six: Bool) -> [String] {
        var maker = LineMaker(seed: seed)
        maker.gaps = 20
        let lines = maker.lines(count)
        return six ? lines.map { LineMaker.six($0, decimals: false) } : lines
    }

    @Test(
        "frames of both layouts come back, their lines in the very columns of the lines",
        arguments: [false, true])
    func frames(six: Bool) {
        let lines = FrameTests.lines(3000, seed: 21, six: six)
        var maker = FrameMaker(seed: 1)
        let list = MessageList(lines: maker.frames(lines))
        let codec = list.chosenCodec
        #expect(codec.id == .wireFrame)
        let (isSame, block) = list.roundTrip(codec)
        #expect(isSame)
        #expect(block.columns.map(\.id) == block.columns.map(\.id).sorted())
        let plain = MessageList(lines: lines).encode(six ? SixFieldCodec() : TwentyFieldCodec())
        #expect(block.seconds == plain.seconds)
        for column in plain.columns {
            #expect(block.columns.first { $0.id == column.id }?.bytes == column.bytes, "column \(column.id)")
        }
        let loaded = LoadedColumns(block.columns)
        defer { withExtendedLifetime(loaded) {} }
        let inner = WireFrameCodec.lines(loaded.set)
        #expect(inner?.codec == plain.codec && inner?.lineCount == lines.count)
    }

    @Test("texts that repeat, their numbers and codes cost next to nothing")
    func sizes() {
        let lines = FrameTests.lines(3000, seed: 22, six: false)
        let frames = lines.enumerated().map { index, line in
            let code = line.split(separator: "|")[3]
            return
                "{\"event\":\"record\",\"data\":{\"cmdid\":11,\"recno\":\(index),\"data\":{\"rtype\":\"LT\","
                + "\"code\":\"\(code)\",\"data\":\"\(line)\",\"again\":\"\(code)\"}}}"
        }
        let (isSame, block) = MessageList(lines: frames).roundTrip(WireFrameCodec())
        #expect(isSame)
        func size(_ id: UInt8) -> Int { block.columns.first { $0.id == id }?.bytes.count ?? 0 }
        // The first sight of two texts is literal, the second enters a number.
        #expect(size(69) < 300 && size(65) < 300)
        let steps = block.columns.filter { $0.id == 67 }.flatMap(\.bytes)
        #expect(steps.count { $0 != 0 && $0 != 2 } < 10)
    }

    @Test("both layouts mixed, hostile JSON, escapes, blanks and cut frames come back")
    func corners() {
        let twenty = FrameTests.lines(6, seed: 23, six: false)
        let six = FrameTests.lines(6, seed: 24, six: true)
        let line = twenty[0]
        let head = "{\"event\":\"stream\",\"data\":{\"rtype\":\"LT\",\"data\":\""
        let cases: [[String]] = [
            (twenty + six).map { head + $0 + "\"}}" },
            Array(repeating: head + line, count: 5), Array(repeating: line + "\"}}", count: 4),
            Array(repeating: head + line + "\"}}", count: 300) + [""] + ["#1", "#2"],
            [
                "\"B|090000|", "\"B|090000|\"", "\"B|090000", "\"20260210|090000|", "\"20260210|090000",
                "\"B|",
            ],
            ["{\"a\":\"\(line)\\r\",\"b\":\"\(line)\\u0041\",\"c\":\"\\\"\(line)\\\"\"}"],
            ["{\u{1}\"\(line)\"\u{2}\u{3}}", "{\u{1}\"\(line)\"\u{2}\u{3}}", "{\u{1}\"\(line)\"}"],
            ["{\"n\":[0,00,01,10,999999999999999999,1000000000000000000,-5,1.50],\"l\":\"\(line)\"}"],
            (0..<9).map { "{\"n\":[\(Int.max / 10 - $0 * $0),0\($0),\($0 % 3)],\"l\":\"\(line)\"}" },
            (0..<9).map { "[" + Array(repeating: "\"\(line)\"", count: $0).joined(separator: ",") + "]" },
            (0..<40).map { "{\"c\":\"\(["BBCA", "ANY", "TLKM"][$0 % 3])\",\"l\":\"\(twenty[$0 % 6])\"}" },
            (0..<9).map { String(repeating: "x", count: 505 + $0) + "\"\(line)\"" } + ["x"],
            Array(repeating: String(repeating: "1,", count: 17) + "\"\(line)\"", count: 3),
            Array(repeating: "\"\(line)\" \"\(six[0])\" \"\(line)\"", count: 5),
            Array(
                repeating:
                    "\"B|093000|0|WAYTOOLONGFORACODEOFTHISMARKET|x\",\"WAYTOOLONGFORACODEOFTHISMARKET\"",
                count: 3),
        ]
        for lines in cases {
            let list = MessageList(lines: lines)
            for id in [4, 5] as [UInt16] {
                let isSame = list.roundTrip(BlockCodecs.codec(CodecID(rawValue: id))!).isSame
                #expect(isSame, "codec \(id) on \(lines)")
            }
        }
    }

    @Test("more texts than are numbered are kept")
    func manyTexts() {
        var frames: [String] = []
        let line = FrameTests.lines(1, seed: 25, six: false)[0]
        for index in 0..<20_000 {
            var text = ""
            var rest = index
            for _ in 0..<5 {
                text.append(Character(UnicodeScalar(UInt8(97 + rest % 10))))
                rest /= 10
            }
            frames.append("{\"\(text)\":\"\(line)\"}")
        }
        let isSame = MessageList(lines: frames + frames).roundTrip(WireFrameCodec()).isSame
        #expect(isSame)
    }

    @Test("a block with some frames is coded as frames, hours come from the first line")
    func choice() {
        let line = FrameTests.lines(1, seed: 26, six: false)[0]
        var maker = FrameMaker(seed: 3)
        let books = (0..<90).map { _ in maker.book() }
        #expect(MessageList(lines: books).chosenCodec.id == .bookText)
        #expect(MessageList(lines: books + [maker.frame([line])]).chosenCodec.id == .wireFrame)
        let hours = MessageList(lines: [
            maker.frame([line]), LineMaker.envelope(line, millis: 1), line, books[0],
        ])
        #expect(hours.messages.map { FeedCodecs().hour(of: $0) } == [9, 9, 9, nil])
        withExtendedLifetime(hours) {}
    }

    @Test("columns that ask for more than there is are refused")
    func hostile() {
        let line = FrameTests.lines(1, seed: 27, six: false)[0]
        let list = MessageList(lines: Array(repeating: "{\"l\":\"\(line)\",\"n\":5}", count: 60) + ["x"])
        let block = list.encode(WireFrameCodec())
        func decodes(_ id: UInt8, _ bytes: [UInt8]) -> Bool {
            let columns = block.columns.filter { $0.id != id } + [Column(id: id, packing: .raw, bytes: bytes)]
            let loaded = LoadedColumns(columns.filter { !$0.bytes.isEmpty })
            return loaded.decode(WireFrameCodec(), messageCount: 61) != nil
        }
        let good = block.columns.first { $0.id == 64 }!.bytes
        #expect(decodes(64, good))
        #expect(!decodes(64, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1] + good.dropFirst()))
        #expect(!decodes(64, good.map { $0 ^ 1 }))
        #expect(!decodes(31, [1, 0xFF, 0xFF, 0xFF, 0xFF, 7]))
        #expect(!decodes(31, [4, 60]) && !decodes(31, [5, 60]) && !decodes(31, []))
        #expect(!decodes(65, Array(repeating: 0, count: 100_000)))
        #expect(!decodes(66, Array(repeating: 9, count: 120)))
        #expect(!decodes(69, []) && !decodes(68, []) && !decodes(67, []))
    }
}
