import Market
import Testing

@testable import Feed

@Suite("Envelopes")
struct EnvelopeTests {
    private let line = "B|152735|0|PTRO|RG|01660795|5025|789|--|-|--|-|5100|00|4479700|-75|0|5095|-1|1"

    @Test("an envelope says what the line in it says, whatever else it carries, spaced or not")
    func equalToLine() {
        let decoder = SingleDecoder()
        let plain = decoder.decode(line)
        #expect(!plain.isUndecodable)
        for text in [
            #"{"fmt":"pipe","raw":"\#(line)"}"#,
            #"{"v":2,"fmt":"pipe","src":"ipot_ws","raw":"\#(line)","ts":1770712055000,"ts_quality":"derived"}"#,
            #"{"raw":"\#(line)","fmt":"pipe","x":{"raw":"no","fmt":[1,{"fmt":"ob2"}]},"y":null}"#,
            "{ \"fmt\" :\t\"pipe\" ,\r \"raw\" : \"\(line)\" } \r",
            #"{"fmt":"pipe","raw":"\#(line)\r"}"#,
            #"{"fmt":"pipe","raw":"\#(line.replacing("B|", with: "\\u0042\\u007c"))"}"#,
            #"{"fmt":"pipe","raw":"\#(line.replacing("0|", with: "\\u0030|"))"}"#,
            #"{"fmt":"pipe","ts":null,"raw":"\#(line)"}"#,
            #"{"fmt":"pipe","ts":"1770712055000","raw":"\#(line)"}"#,
        ] {
            #expect(decoder.decode(text) == plain, "\(text)")
            #expect(decoder.inspect(Array(text.utf8)).flaw == nil, "\(text)")
        }
    }

    @Test("book messages are something else, where they are whole")
    func orderBook() {
        let whole =
            #"{"fmt":"ob2","raw":"{\"subcmd\":\"INIT\",\"BUY\":[],\"SELL\":[],\"headinfo\":\"C|U|BBCA|RG|1\"}"}"#
        #expect(SingleDecoder().decode(whole) == .other)
        #expect(SingleDecoder().decode(##"{"fmt":"ob2","raw":"#Q|12|\u000a"}"##) == .undecodable)
        #expect(SingleDecoder().decode(#"{"fmt":"ob2","raw":""}"#) == .undecodable)
    }

    @Test(
        "an envelope that lacks something or has something unknown is a flawed envelope",
        arguments: [
            #"{"fmt":"pipe"}"#, #"{"fmt":"pipe","raw":1}"#, #"{"fmt":"pipe","raw":null}"#,
            #"{"fmt":"PIPE","raw":"x"}"#, #"{"fmt":"","raw":"x"}"#, #"{"fmt":"ob3","raw":"x"}"#,
            #"{"fmt":"ob2"}"#, #"{"fmt":"pipe","raw":"x","ts":-1}"#, #"{"fmt":"pipe","raw":"x","ts":1.5}"#,
            #"{"fmt":"pipe","raw":"x","ts":1e3}"#, #"{"fmt":"pipe","raw":"x","ts":9223372036855}"#,
            #"{"fmt":"pipe","raw":"x","ts":99999999999999999999}"#, #"{"fmt":"pipe","raw":"\uD83D"}"#,
            #"{"fmt":"pipe","raw":"\uDE00\uD83D"}"#, #"{"fmt":"pipe","raw":"\uD83D\u0041"}"#,
            #"{"fmt":5,"raw":"x"}"#, #"{"fmt":null,"raw":"x"}"#,
        ])
    func flawed(text: String) {
        expect(text, .envelope)
    }

    @Test(
        "text that is no JSON is no envelope either",
        arguments: [
            "{", "{}x", #"{"fmt":"pipe","raw":"x""#, #"{"fmt":"pipe","raw":"x"} {}"#,
            #"{"fmt":"pipe" "raw":"x"}"#,
            #"{"fmt":"pipe","raw":"x","ts":-true}"#, #"{"fmt":"pipe","raw":"x","ts":1.true}"#,
            #"{"fmt":"pipe","raw":"x","ts":1.{}}"#, #"{"fmt":"pipe","raw":"x","ts":-"a"}"#,
            #"{"fmt":"pipe","raw":"x","ts":01}"#, #"{"fmt":"pipe","raw":"\x"}"#, #"{"fmt":"pipe","raw":"\"}"#,
            "{\"fmt\":\"pipe\",\"raw\":\"a\u{9}b\"}",
        ])
    func notJSON(text: String) {
        expect(text, .json)
    }

    @Test("the flaw of the line in an envelope is the envelope's")
    func flawsInside() {
        expect(#"{"fmt":"pipe","raw":""}"#, .empty)
        expect(#"{"fmt":"pipe","raw":"\r"}"#, .empty)
        expect(#"{"fmt":"pipe","raw":"nothing known"}"#, .unknownLayout)
        expect(#"{"fmt":"pipe","raw":"B|1|2"}"#, .fieldCount)
        expect(#"{"fmt":"pipe","raw":"\uD83D\uDE00|"}"#, .unknownLayout)
        // Tables are not trade lines.
        expect(
            #"{"fmt":"pipe","raw":"date,ticker,broker,type,buy_lot,buy_val,sell_lot,sell_val"}"#,
            .unknownLayout)
        expect(#"{"fmt":"pipe","raw":"2026-02-10,BBCA,YP,Lokal,1,2,3,4,x"}"#, .unknownLayout)
    }

    @Test("escapes become the characters that they stand for")
    func escapes() {
        let symbol = #"\u0041\/\\\u0062"#
        let text = #"{"fmt":"pipe","raw":"20260210|090002|\#(symbol)|2210|15|S"}"#
        guard case .trade(let trade) = SingleDecoder().decode(text) else {
            Issue.record("not a trade: \(text)")
            return
        }
        #expect(trade.symbol == Array(#"A/\b"#.utf8))
        for escape in [
            #"\""#, #"\n"#, #"\t"#, #"\b"#, #"\f"#, #"\r"#, #"\u00e9"#, #"\uD83D\uDE00"#, #"\u0000"#,
        ] {
            let outcome = SingleDecoder().decode(
                #"{"fmt":"pipe","raw":"20260210|090002|A\#(escape)|2210|15|S"}"#)
            #expect(outcome.isUndecodable == (escape != #"\""#), "\(escape)")
        }
    }

    @Test("ts is the receive time in milliseconds, and missing it is none")
    func receiveTime() {
        let decoder = SingleDecoder()
        for (ts, nanos) in [
            (#","ts":0"#, 0), (#","ts":1770712055123"#, 1_770_712_055_123_000_000), ("", Int64.min),
            (#","ts":null"#, Int64.min), (#","ts":9000000000000"#, 9_000_000_000_000_000_000),
        ] as [(String, Int64)] {
            let facts = decoder.inspect(Array(#"{"fmt":"pipe","raw":"\#(line)"\#(ts)}"#.utf8))
            #expect(facts.receiveTime.nanos == nanos && facts.day == nil && facts.flaw == nil)
        }
        // Beyond what the tape's nanoseconds hold.
        let late = decoder.inspect(Array(#"{"fmt":"pipe","raw":"\#(line)","ts":9000000000001}"#.utf8))
        #expect(late.flaw == .envelope)
    }

    @Test("a trade is stale when its time lies more than 60 s behind its receipt, not at 60 s")
    func stale() {
        let event = SingleDecoder.day.start.nanos + (15 * 3600 + 27 * 60 + 35) * 1_000_000_000
        let minute: Int64 = 60_000_000_000
        for (receipt, status) in [
            (event - minute, TradeStatus.fresh), (event - minute - 1, .stale), (event - minute + 1, .fresh),
            (event, .fresh), (event + 3600 * 1_000_000_000, .fresh), (Timestamp.none.nanos, .fresh),
            (0, .stale), (Int64.max, .fresh),
        ] {
            let decoder = SingleDecoder()
            _ = decoder.decode(Array(line.utf8), receiveTimeNanos: receipt)
            #expect(decoder.reason == nil && decoder.status == status, "\(receipt - event)")
        }
    }

    private func expect(_ text: String, _ reason: UndecodableReason) {
        let decoder = SingleDecoder()
        #expect(decoder.decode(text).isUndecodable && decoder.reason == reason, "\(text)")
        #expect(decoder.inspect(Array(text.utf8)).flaw == reason, "\(text)")
    }
}
