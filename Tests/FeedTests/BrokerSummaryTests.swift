import Market
import Testing

@testable import Feed

@Suite("Broker summaries")
struct BrokerSummaryTests {
    private let row =
        #"{"netbs_broker_code":"XL","netbs_date":"20260210","bval":"3.18e+10","blot":"166709.99"}"#

    @Test("a document names its day and symbol, in data.from or else in its first row")
    func documents() {
        for text in [
            #"{"data":{"from":"2026-02-10","broker_summary":{"symbol":"BBCA","brokers_buy":[]}}}"#,
            #"{"data":{"from":"2026-02-10","broker_summary":{"symbol":"BBCA","brokers_sell":[\#(row)]}}}"#,
            #"{"data":{"broker_summary":{"symbol":"BBCA","brokers_buy":[\#(row)],"brokers_sell":[]}}}"#,
            #"{"message":"ok","data":{"broker_summary":{"symbol":"BBCA","brokers_buy":[{},\#(row)]},"to":"x"}}"#,
            "{\r\n\"data\": {\n \"from\": \"2026-02-10\",\n \"broker_summary\": {\"symbol\": \"BBCA\", "
                + "\"brokers_buy\": [\n]}}\n}\n",
            #"{"data":{"from":null,"broker_summary":{"symbol":"BBCA","brokers_buy":[\#(row)]}}}"#,
        ] {
            let decoder = SingleDecoder()
            #expect(decoder.decode(text) == .other, "\(text)")
            #expect(decoder.inspect(Array(text.utf8)) == PayloadFacts(day: SingleDecoder.day), "\(text)")
        }
    }

    @Test(
        "a document without date, symbol or rows is flawed",
        arguments: [
            "{}", #"{"data":{}}"#, #"{"data":[]}"#, #"{"data":null}"#, #"{"data":"x"}"#,
            #"{"data":{"from":"2026-02-10","broker_summary":{"symbol":"BBCA"}}}"#,
            #"{"data":{"from":"2026-02-10","broker_summary":{"brokers_buy":[]}}}"#,
            #"{"data":{"broker_summary":{"symbol":"BBCA","brokers_buy":[]}}}"#,
            #"{"data":{"from":"2026-02-30","broker_summary":{"symbol":"BBCA","brokers_buy":[]}}}"#,
            #"{"data":{"from":"20260210","broker_summary":{"symbol":"BBCA","brokers_buy":[]}}}"#,
            #"{"data":{"from":"2026-02-10","broker_summary":{"symbol":"","brokers_buy":[]}}}"#,
            #"{"data":{"from":"2026-02-10","broker_summary":{"symbol":"A B","brokers_buy":[]}}}"#,
            #"{"data":{"from":"2026-02-10","broker_summary":[]}}"#,
            #"{"from":"2026-02-10","broker_summary":{"symbol":"BBCA","brokers_buy":[]}}"#,
        ])
    func flawed(text: String) {
        let decoder = SingleDecoder()
        #expect(decoder.decode(text).isUndecodable && decoder.reason == .brokerSummary)
        #expect(decoder.inspect(Array(text.utf8)).flaw == .brokerSummary)
    }

    @Test("every cut of a document is no whole JSON")
    func cuts() {
        let text =
            #"{"data":{"from":"2026-02-10","broker_summary":{"symbol":"BBCA","brokers_buy":[\#(row)]}}}"#
        let bytes = Array(text.utf8)
        for size in 1..<bytes.count {
            let decoder = SingleDecoder()
            #expect(decoder.decode(Array(bytes[..<size])).isUndecodable && decoder.reason == .json)
        }
    }

    @Test("a document of another day is not taken for this one")
    func otherDay() {
        let decoder = SingleDecoder()
        let text = #"{"data":{"from":"2026-02-11","broker_summary":{"symbol":"BBCA","brokers_buy":[]}}}"#
        #expect(decoder.decode(text).isUndecodable && decoder.reason == .date)
        #expect(decoder.inspect(Array(text.utf8)) == PayloadFacts(day: SingleDecoder.day.advanced(by: 1)))
    }

    @Test(
        "a run of rows of one day and symbol is a payload, with plain, signed, exponent and missing numbers")
    func runs() {
        let rows = [
            "2026-02-10,BBCA,YP,Lokal,100,200,0,0,stockbit", "2026-02-10,BBCA,AK,Asing,,,-5,-1.89e+10,x",
            "2026-02-10,BBCA,CC,,0.5,1E3,,,",
        ]
        for count in 1...3 {
            let decoder = SingleDecoder()
            let text = rows.prefix(count).joined(separator: "\n")
            #expect(decoder.decode(text) == .other)
            #expect(decoder.inspect(Array(text.utf8)) == PayloadFacts(day: SingleDecoder.day))
        }
        let header = "date,ticker,broker,type,buy_lot,buy_val,sell_lot,sell_val,source"
        #expect(SingleDecoder().decode(header) == .other)
        #expect(SingleDecoder().inspect(Array(header.utf8)) == PayloadFacts(isHeader: true))
    }

    @Test(
        "rows with wrong columns, numbers, days or symbols are flawed",
        arguments: [
            "2026-02-10,BBCA,YP,Lokal,100,200,0,0", "2026-02-10,BBCA,YP,Lokal,100,200,0,0,x,y",
            "2026-02-10,BBCA,YP,Lokal,1 0,200,0,0,x", "2026-02-10,BBCA,YP,Lokal,0x1,200,0,0,x",
            "2026-02-10,BBCA,YP,Lokal,1,2,3,1.,x", "2026-02-10,BBCA,YP,Lokal,+1,2,3,4,x",
            "2026-02-10,,YP,Lokal,1,2,3,4,x", "2026-02-30,BBCA,YP,Lokal,1,2,3,4,x", "2026-02-10,",
            "2026-02-10,BBCA,YP,Lokal,1,2,3,4,x\n", "2026-02-10,BBCA,YP,Lokal,1,2,3,4,x\n\n",
            "2026-02-10,BBCA,YP,Lokal,1,2,3,4,x\n2026-02-10,BBRI,YP,Lokal,1,2,3,4,x",
            "2026-02-10,BBCA,YP,Lokal,1,2,3,4,x\n2026-02-11,BBCA,YP,Lokal,1,2,3,4,x",
        ])
    func flawedRows(text: String) {
        let decoder = SingleDecoder()
        let reason: UndecodableReason = text == "2026-02-10," ? .unknownLayout : .row
        #expect(decoder.decode(text).isUndecodable && decoder.reason == reason)
        #expect(decoder.inspect(Array(text.utf8)).flaw == reason)
    }
}
