import Columns
import Feed
import Testing

@Suite("Columns of trade lines: any bytes")
struct MutationTests {
    private static let blockSize = 250
    private static let codecs: [CodecID] = [
        .twentyField, .sixField, .wireFrame, .envelope, .wireFrame,
    ]

    @Test("300,000 lines, every other one mutated, come back", arguments: 0..<10)
    func mutations(turn: Int) {
        var random = SeededRandom(seed: 1000 + UInt64(turn))
        let codec = BlockCodecs.codec(MutationTests.codecs[turn % 5])!
        for block in 0..<120 {
            var maker = LineMaker(seed: UInt64(turn * 1000 + block))
            maker.gaps = [0, 30, 900][block % 3]
            var lines = maker.lines(MutationTests.blockSize)
            if codec.id == .sixField { lines = lines.map { LineMaker.six($0, decimals: block % 2 == 0) } }
            if codec.id == .envelope {
                lines = lines.map { LineMaker.envelope($0, millis: 1_771_380_003_400) }
            }
            if codec.id == .wireFrame {
                if turn % 5 == 4 { lines = lines.map { LineMaker.six($0, decimals: false) } }
                var frames = FrameMaker(seed: UInt64(block))
                lines = frames.frames(lines)
            }
            var payloads = lines.map { Array($0.utf8) }
            // Some blocks are nearly clean, so that mutations meet a running model.
            let rate = [10, 50, 100][block % 3]
            for index in payloads.indices where random.below(100) < rate {
                MutationTests.mutate(&payloads, index, &random)
            }
            let list = MessageList(payloads)
            let isSame = list.roundTrip(codec).isSame
            #expect(isSame, "turn \(turn), block \(block)")
        }
    }

    private static let fields = [
        "", "0", "00", "000", "-1", "-0", "1", "99999999", "100000000", "4294967296", "9223372036854775807",
        "9223372036854775808", "18446744073709551615", "99999999999999999999999", "0.5", "1.50", "1e9", "RG",
        "NG", "TN", "XX", "--", "235959", "240000", "090060", "1000000", "ABCDEFGHIJKLMNOP",
        "ABCDEFGHIJKLMNOPQ", " ", "\0", "\u{7F}", "ä", "+1", "72057594037927936", "281000", "201",
    ]

    private static func mutate(_ payloads: inout [[UInt8]], _ index: Int, _ random: inout SeededRandom) {
        let size = payloads[index].count
        let place = size > 0 ? random.below(size) : 0
        switch random.below(11) {
        case 0 where size > 0: payloads[index][place] ^= 1 << UInt8(random.below(8))
        case 1 where size > 0: payloads[index].remove(at: place)
        case 2: payloads[index].insert(UInt8(random.below(256)), at: place)
        case 3: payloads[index].append(0x0D)
        case 4: payloads[index] = []
        case 5: payloads[index] = Array(payloads[index].prefix(place))
        case 6: payloads[index] = payloads[random.below(payloads.count)]
        case 7: payloads.swapAt(index, random.below(payloads.count))
        case 8 where size > 0: payloads[index][place] = 0x30 + UInt8(random.below(10))
        default:
            var fields = payloads[index].split(separator: 0x7C, omittingEmptySubsequences: false).map(
                Array.init)
            fields[random.below(fields.count)] = Array(
                MutationTests.fields[random.below(MutationTests.fields.count)].utf8)
            payloads[index] = Array(fields.joined(separator: [0x7C]))
        }
    }
}
