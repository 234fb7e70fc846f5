import Columns
import Market
import Testing

@testable import Feed

@Suite("Wire frames")
struct WireFrameTests {
    private static let line = "B|152735|0|PTRO|RG|01660795|5025|789|--|-|--|-|5100|00|4479700|-75|0|5095|-1|1"
    private static let next = "B|152736|0|BBCA|RG|01660796|9575|1|--|-|--|-|9600|4479701|00|-25|0|9570|0|1"
    private static let six = "20260210|143025|BBCA|9575|150|B"

    /// What a batch of messages gives.
    private struct Result {
        var trades: [(message: UInt64, record: UInt16, sequence: UInt64)]
        var undecodable: [Undecodable]
        var other: Int
        var untimed: Int
    }

    private func decode(_ texts: [String]) -> Result {
        let size = texts.reduce(RawMessage.payloadSlack) { $0 + $1.utf8.count }
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 1)
        defer { memory.deallocate() }
        memory.copyBytes(from: texts.joined().utf8)
        var offset = 0
        let messages = texts.enumerated().map { number, text in
            defer { offset += text.utf8.count }
            return RawMessage(
                payload: UnsafeRawPointer(memory.baseAddress! + offset), payloadSize: text.utf8.count,
                number: UInt64(number) + 100, receiveTimeNanos: Timestamp.none.nanos, channel: 0, direction: 0
            )
        }
        var decoder = MessageDecoder(day: SingleDecoder.day, priceScale: .whole, quantityScale: .whole)
        let block = EventBlock(messageCapacity: texts.count)
        messages.withUnsafeBufferPointer { decoder.decode($0, into: block) }
        let trades = UnsafeBufferPointer(start: block.trades, count: block.tradeCount)
        return Result(
            trades: trades.map { ($0.messageNumber, $0.recordIndex, $0.sequence) },
            undecodable: block.undecodable, other: block.otherCount, untimed: block.untimedMessageCount)
    }

    @Test("a line says in a frame what it says bare, in every observed form, spaced or not")
    func equalToLine() {
        let decoder = SingleDecoder()
        for line in [WireFrameTests.line, WireFrameTests.six] {
            let plain = decoder.decode(line)
            #expect(!plain.isUndecodable)
            for text in [
                #"{"event":"stream","data":{"source":"IDX","service":"mi","rtype":"LT","code":"ANY","data":"\#(line)"}}"#,
                ##"{"event":"#publish","data":{"channel":"LT","data":{"rtype":"LT","data":"\##(line)"}}}"##,
                #"{"event":"record","data":{"cmdid":11,"recno":1,"data":{"rtype":"LT","data":["\#(line)"]}}}"#,
                #"{"event":"record","data":{"cmdid":11,"recno":1,"data":"\#(line)"}}"#,
                #"{"data":{"data":"\#(line)","rtype":"LT"},"event":"stream"}"#,
                #"{"rid":5,"data":["\#(line)"]}"#, #"[{"event":"stream","data":"\#(line)"}]"#,
                "{ \"event\" :\t\"stream\" ,\r \"data\" : { \"data\" : [ \"\(line)\" ] } } \r",
                #"{"event":"stream","data":{"rtype":"LT","data":"\#(line)\r"}}"#,
                #"{"event":"stream","data":{"rtype":"LT","data":"\#(line.replacing("2", with: "\\u0032"))"}}"#,
            ] {
                #expect(decoder.decode(text) == plain, "\(text)")
                #expect(decoder.inspect(Array(text.utf8)).flaw == nil, "\(text)")
            }
        }
    }

    private static let book =
        #"{"event":"stream","data":{"rtype":"OB2","data":"{\"subcmd\":\"INIT\",\"BUY\":[],\"SELL\":[],"#
        + #"\"headinfo\":\"C|U|SCMA|RG|\"}"}}"#

    @Test(
        "books, replies, rows and pings are something else",
        arguments: [
            WireFrameTests.book,
            #"{"event":"stream","data":{"rtype":"SS2","data":"D|I|PGAS|RG|1970"}}"#,
            #"{"event":"stream","data":{"rtype":"SS2","data":"B|152735|0|PTRO|RG|1"}}"#,
            #"{"event":"record","data":{"cmdid":11,"recno":2,"data":"YP|5|1|2|3"}}"#,
            #"{"event":"record","data":{"cmdid":11,"recno":-1}}"#,
            ##"{"event":"#handshake","data":null,"cid":1}"##,
            #"{"rid":13,"data":{"status":"OK"}}"#, #"{"rid":13,"error":{"name":"x"}}"#, #"{"event":"x"}"#,
            #"{"event":"x","data":[]}"#, #"[{"rid":1},{"event":"x"}]"#, "#1", "#2",
        ])
    func others(text: String) {
        let decoder = SingleDecoder()
        #expect(decoder.decode(text) == .other)
        #expect(decoder.inspect(Array(text.utf8)) == PayloadFacts())
    }

    @Test(
        "what is no packet, or only half of one, is none",
        arguments: [
            (#"{"event":5,"data":"x"}"#, UndecodableReason.brokerSummary), (#"{"rid":"5"}"#, .brokerSummary),
            (#"{"event":"x""#, .json), (#"{"event":"x"} {}"#, .json), (#"{"event":"x","data":tru}"#, .json),
            ("[]", .unknownLayout), ("[1]", .unknownLayout), (#"[{"event":"x"},1]"#, .unknownLayout),
            (#"[{"event":"x"}"#, .unknownLayout), (#"[{"a":1}]"#, .unknownLayout), ("#3", .unknownLayout),
            (#"{"event":"x","data":{"rtype":"LT","data":""}}"#, .empty),
            (#"{"event":"x","data":{"rtype":"LT","data":"{}"}}"#, .unknownLayout),
            (#"{"event":"x","data":{"rtype":"LT","data":"\uD83D"}}"#, .json),
            (#"{"event":"x","data":"B|999999|0|x"}"#, .fieldCount),
            (#"{"event":"x","data":"20260211|143025|BBCA|9575|150|B"}"#, .date),
        ])
    func flawed(text: String, reason: UndecodableReason) {
        let decoder = SingleDecoder()
        #expect(decoder.decode(text).isUndecodable)
        #expect(decoder.reason == reason)
    }

    @Test("records are numbered through a frame, whatever they are, and messages are counted once")
    func records() {
        let (line, next) = (WireFrameTests.line, WireFrameTests.next)
        let book = WireFrameTests.book
        let many = [String](repeating: "\"\(line)\"", count: 50).joined(separator: ",")
        let result = decode([
            line,
            #"[\#(book),{"event":"x","data":["\#(line)","rubbish","\#(next)"]},{"event":"x"},{"event":"x","data":"\#(next)"}]"#,
            #"{"event":"stream","data":{"rtype":"LT","data":["\#(line)","rubbish"]}}"#,
            #"{"event":"stream","data":{"rtype":"LT","data":["","\#(next)"]}}"#,
            book, "x", #"{"event":"stream","data":{"rtype":"LT","data":[\#(many)]}}"#, next,
        ])
        #expect(
            result.trades.map(\.message) == [100, 101, 101, 101, 102, 103] + Array(repeating: 106, count: 50)
                + [107])
        #expect(result.trades.map(\.record) == [0, 1, 3, 5, 0, 1] + Array(0..<50) + [0])
        #expect(result.trades.map(\.sequence).prefix(4) == [1_660_795, 1_660_795, 1_660_796, 1_660_796])
        #expect(
            result.undecodable == [
                Undecodable(messageNumber: 102, recordIndex: 1, reason: .unknownLayout),
                Undecodable(messageNumber: 103, recordIndex: 0, reason: .empty),
                Undecodable(messageNumber: 105, recordIndex: 0, reason: .unknownLayout),
            ])
        // Untimed are 101 and 103, which do not begin with a trade, the book and the rubbish.
        #expect(result.other == 1 && result.untimed == 4)
    }

    @Test("more records than positions can number are refused as a whole")
    func tooMany() {
        let half = [String](repeating: "1", count: 1 << 15).joined(separator: ",")
        let line = WireFrameTests.line
        let full = #"{"event":"x","data":[\#(half),\#(half.dropLast(2)),"\#(line)"]}"#
        let most = decode([full])
        #expect(most.trades.map(\.record) == [65_535] && most.undecodable.isEmpty)
        let over = decode([full.replacing("]", with: ",\"\(line)\"]")])
        #expect(over.trades.isEmpty && over.undecodable.map(\.reason) == [.recordCount])
    }

    @Test("deep data is a record as it is, and no stack is lost on it")
    func deep() {
        let nested =
            String(repeating: #"{"data":"#, count: 40) + "\"\(WireFrameTests.line)\""
            + String(repeating: "}", count: 40)
        #expect(SingleDecoder().decode(#"{"event":"x","data":\#(nested)}"#) == .other)
        let arrays = String(repeating: "[", count: 40) + "1" + String(repeating: "]", count: 40)
        #expect(SingleDecoder().decode(#"{"event":"x","data":\#(arrays)}"#) == .other)
    }

    @Test("the day of a frame is that of its first dated line")
    func day() {
        let facts = SingleDecoder().inspect(
            Array(#"{"event":"x","data":["\#(WireFrameTests.line)","20260211|143025|BBCA|9575|150|B"]}"#.utf8)
        )
        #expect(facts == PayloadFacts(day: TradingDay("2026-02-11")))
    }
}
