import Columns
import Feed
import Market
import Simulator
import Testing

/// Rows and texts of order books, made from a seed.
struct BookMaker {
    private var random: SeededRandom
    private var millis = 1_723_161_254_152
    private let decimals: Bool

    init(seed: UInt64, decimals: Bool) {
        random = SeededRandom(seed: seed)
        self.decimals = decimals
    }

    /// Rows in runs of one time, symbol and side, mostly outwards from the best price.
    mutating func rows(_ count: Int) -> [String] {
        var rows: [String] = []
        while rows.count < count {
            if random.below(3) > 0 { millis += random.below(200) }
            let symbol = ["ETHUSDT_SPOT", "BTCUSDT_SPOT", "BBCA"][random.below(3)]
            let isBid = random.below(2) == 0
            var price = 268_380 + (isBid ? -random.below(50) : random.below(50))
            for _ in 0...random.below(6) {
                let lots = [0, 0, 15, 700, random.below(100_000)][random.below(5)]
                rows.append(
                    "\(millis),\(symbol),\(isBid ? "BID" : "OFFER"),\(text(price)),\(text(lots))")
                price += (isBid ? -1 : 1) * (random.below(40) == 0 ? -3 : 1 + random.below(9))
            }
        }
        return Array(rows.prefix(count))
    }

    private func text(_ value: Int) -> String {
        guard decimals else { return "\(value)" }
        var text = "\(value / 100)." + "\(value % 100 + 100)".dropFirst()
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text
    }

    /// Whole sides in Stockbit's text.
    mutating func sides(_ count: Int, levelCountMax: Int = 20) -> [String] {
        (0..<count).map { index in
            let levels = (0..<(1 + random.below(levelCountMax))).map {
                "\(9000 + $0 * 25);\(1 + random.below(40));\(random.below(9000) * 100)"
            }
            return "#O|\(["BBCA", "TLKM"][random.below(2)])|OFFER|" + levels.joined(separator: "|")
                + "|\(77 + index)|\(random.below(1 << 30))"
        }
    }
}

@Suite("Columns of order books")
struct BookCodecTests {
    @Test("rows come back, and none is kept verbatim", arguments: [true, false])
    func rows(decimals: Bool) {
        var maker = BookMaker(seed: 21, decimals: decimals)
        let rows = maker.rows(4000)
        for lines in [rows, rows.map { $0 + "\r" }] {
            let list = MessageList(lines: lines)
            #expect(list.chosenCodec.id == .bookRow)
            let (isSame, block) = list.roundTrip(BookRowCodec())
            #expect(isSame && !block.columns.contains { $0.id == 11 })
            #expect(block.columns.reduce(0) { $0 + $1.bytes.count } < 4000 * 8)
        }
    }

    @Test("what is no such row is kept verbatim between the rows")
    func exceptions() {
        var maker = BookMaker(seed: 22, decimals: true)
        var rows = maker.rows(100)
        let odd = [
            "timestamp,ticker,side,price,lots", "", "1723161254152,ETHUSDT_SPOT,BID,02683.8,1",
            "1723161254152,ETHUSDT_SPOT,BID,2683.80,1", "1723161254152,ETHUSDT_SPOT,BID,.5,1",
            "1723161254152,ETHUSDT_SPOT,BID,5.,1", "1723161254152,ETHUSDT_SPOT,BUY,5,1",
            "1723161254152,ETHUSDT_SPOT,BID,5,-1", "1723161254152,ETHUSDT_SPOT,BID,5,1,", "\r",
            "1723161254152,ETHUSDT_SPOT,BID,9223372036854775807,1",
            "1723161254152,ETHUSDT_SPOT,BID,5,0.000000000000001",
        ]
        for (index, line) in odd.enumerated() { rows.insert(line, at: index * 7) }
        let (isSame, block) = MessageList(lines: rows).roundTrip(BookRowCodec())
        #expect(isSame && block.columns.contains { $0.id == 11 })
        let fixed = (0..<50).map { "1723161254\(100 + $0),X,BID,\(10 + $0).50,\($0).100" }
        #expect(!MessageList(lines: fixed).roundTrip(BookRowCodec()).block.columns.contains { $0.id == 11 })
    }

    @Test("texts come back, at less than their numbers take")
    func texts() {
        var maker = BookMaker(seed: 23, decimals: false)
        let list = MessageList(lines: maker.sides(1000))
        #expect(list.chosenCodec.id == .bookText)
        let (isSame, block) = list.roundTrip(BookTextCodec())
        #expect(isSame)
        #expect(block.columns.reduce(0) { $0 + $1.bytes.count } < list.payloads.joined().count / 2)
    }

    @Test("a simulated day of the feed's books comes back, smaller than the generic codec has it")
    func simulated() {
        let simulator = MarketSimulator(
            SimulatorConfiguration(
                symbolCount: 12, seed: 5, firstDay: TradingDay("2026-02-12")!, tradesPerDay: 5000))
        var file: [UInt8] = []
        _ = simulator.nextDay(
            trades: { _ in }, brokerSummaries: { _ in }, book: { file.append(contentsOf: $0) })
        let list = MessageList(file: file)
        #expect(list.chosenCodec.id == .bookText)
        let (isSame, block) = list.roundTrip(BookTextCodec())
        #expect(isSame)
        #expect(block.columns.reduce(0) { $0 + $1.bytes.count } < file.count / 4)
    }

    @Test("endless texts, long texts and long figures come back")
    func corners() {
        let lines = [
            "#O|" + String(repeating: "1|", count: 70_000), "#O|" + String(repeating: "x", count: 600),
            "#O|" + String(repeating: "9", count: 40), "#O|0|00|01|999999999999999999|9999999999999999999", "",
            "\0", "1",
        ]
        for codec in [BookRowCodec(), BookTextCodec()] as [any BlockCodec] {
            #expect(MessageList(lines: lines).roundTrip(codec).isSame)
        }
    }

    @Test("25,000 rows and texts, many of them mutated, come back", arguments: 0..<10)
    func mutations(turn: Int) {
        var random = SeededRandom(seed: 3000 + UInt64(turn))
        for block in 0..<10 {
            var maker = BookMaker(seed: UInt64(turn * 100 + block), decimals: block % 2 == 0)
            let lines = turn % 2 == 0 ? maker.rows(250) : maker.sides(250)
            var payloads = lines.map { Array($0.utf8) }
            for index in payloads.indices where random.below(100) < [10, 50, 100][block % 3] {
                guard !payloads[index].isEmpty else { continue }
                let place = random.below(payloads[index].count)
                switch random.below(7) {
                case 0: payloads[index][place] ^= 1 << UInt8(random.below(8))
                case 1: payloads[index].remove(at: place)
                case 2: payloads[index].insert(UInt8(random.below(256)), at: place)
                case 3: payloads[index] = Array(payloads[index].prefix(place))
                case 4: payloads[index][place] = 0x30 + UInt8(random.below(10))
                case 5: payloads[index].insert(contentsOf: Array("99999999999".utf8), at: place)
                default: payloads.swapAt(index, random.below(payloads.count))
                }
            }
            let list = MessageList(payloads)
            for codec in [BookRowCodec(), BookTextCodec()] as [any BlockCodec] {
                #expect(list.roundTrip(codec).isSame, "turn \(turn), block \(block)")
            }
        }
    }
}
