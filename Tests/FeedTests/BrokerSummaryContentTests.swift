import Columns
import Market
import Testing

@testable import Feed

/// The summaries of one message.
private func summaries(_ text: String, receiveTimeNanos: Int64 = Timestamp.none.nanos) -> [(
    origin: MessageOrigin, summary: BrokerSummary
)] {
    var decoder = MessageDecoder(
        day: SingleDecoder.day, priceScale: .whole, quantityScale: .whole)
    let block = EventBlock(messageCapacity: 1)
    return withPayload(Array(text.utf8)) { payload in
        let message = RawMessage(
            payload: payload.baseAddress!, payloadSize: payload.count, number: 7,
            receiveTimeNanos: receiveTimeNanos, channel: 0, direction: 0)
        withUnsafePointer(to: message) {
            decoder.decode(UnsafeBufferPointer(start: $0, count: 1), into: block)
        }
        return block.summaries
    }
}

private func side(
    _ value: UInt64, _ lots: UInt64, average: UInt64? = nil, valueUnit: UInt64 = 10_000,
    lotsUnit: UInt64 = 10_000
) -> BrokerSummary.Side {
    .init(
        value: .init(value: value, unit: valueUnit), lots: .init(value: lots, unit: lotsUnit),
        average: average.map { .init(value: $0) })
}

@Suite("What broker summaries say")
struct BrokerSummaryContentTests {
    private func document(_ buy: String, _ sell: String = "", _ more: String = "") -> BrokerSummary? {
        summaries(
            #"{"data":{"from":"2026-02-10","to":"2026-02-10","broker_summary":{"symbol":"BBCA","#
                + #""brokers_buy":[\#(buy)],"brokers_sell":[\#(sell)]\#(more)}}}"#
        ).first?.summary
    }

    @Test("the sides of a document are joined by broker")
    func joined() {
        let summary = document(
            #"{"netbs_broker_code":"YP","type":"Lokal","blot":"10","blotv":"1000","bval":"8075000","#
                + #""bvalv":"8075000","netbs_buy_avg_price":"8075"},"#
                + #"{"netbs_broker_code":"AK","type":"Asing","blot":"5","bval":"4000000"}"#,
            #"{"netbs_broker_code":"AK","type":"Asing","slot":"-15","sval":"-1.2075e+7","#
                + #""netbs_sell_avg_price":"8050"}"#,
            #","stock_summary":{"total_value":"12075000","total_volume_shares":"1500","average_price":"8050"}"#
        )
        let expected = [
            BrokerSummary.Row(
                code: BrokerCode("AK")!, type: "Asing", buy: side(40_000_000_000, 50_000),
                sell: side(120_750_000_000, 150_000, average: 80_500_000, valueUnit: 10_000_000)),
            BrokerSummary.Row(
                code: BrokerCode("YP")!, type: "Lokal",
                buy: side(80_750_000_000, 100_000, average: 80_750_000)),
        ]
        #expect(summary?.rows == expected)
        #expect(summary?.lastDay == SingleDecoder.day && summary?.flaws == [])
        #expect(
            summary?.total
                == .init(value: .init(value: 120_750_000_000), shares: .init(value: 15_000_000)))
        #expect(summary?.checked == [.board, .investor])
    }

    @Test("the other source's document: exponents, fractions, negative sales, its days behind the rows")
    func marketDetector() {
        let text =
            #"{"data":{"bandar_detector":{"average":1917.19,"avg":{"accdist":"Neutral","amount":0}},"#
            + #""broker_summary":{"symbol":"BBCA","brokers_buy":[{"blot":"166709.99","blotv":"16670999","#
            + #""bval":"3.18e+10","bvalv":"3.18e+10","freq":"7","netbs_broker_code":"XL","#
            + #""netbs_buy_avg_price":"1907.5041","netbs_date":"20260210","netbs_stock_code":"BBCA","#
            + #""type":"Lokal"}],"brokers_sell":[{"slot":"-98082","slotv":"-9808200","sval":"-1.89e+10","#
            + #""svalv":"-1.89e+10","netbs_broker_code":"CC","netbs_sell_avg_price":"1926.9","#
            + #""type":"Pemerintah"}]},"from":"2026-02-10","to":"2026-02-10"}}"#
        let summary = summaries(text).first?.summary
        let expected = [
            BrokerSummary.Row(
                code: BrokerCode("CC")!, type: "Pemerintah",
                sell: .init(
                    value: .init(value: 189_000_000_000_000, unit: 1_000_000_000_000),
                    lots: .init(value: 980_820_000), average: .init(value: 19_269_000, unit: 1_000))),
            BrokerSummary.Row(
                code: BrokerCode("XL")!, type: "Lokal",
                buy: .init(
                    value: .init(value: 318_000_000_000_000, unit: 1_000_000_000_000),
                    lots: .init(value: 1_667_099_900, unit: 100), average: .init(value: 19_075_041, unit: 1))),
        ]
        #expect(summary?.rows == expected && summary?.flaws == [])
        // 31.8 billion were bought and 18.9 sold; the averages fit what three digits leave open.
        #expect(summary?.checked == [.values, .lots, .board, .investor])
    }

    @Test("the origin is the message's number and receive time, where there is one")
    func origin() {
        let row = "2026-02-10,BBCA,YP,Lokal,1,2,3,4,x"
        #expect(summaries(row).map(\.origin) == [MessageOrigin(messageNumber: 7)])
        #expect(
            summaries(row, receiveTimeNanos: 5).map(\.origin)
                == [MessageOrigin(messageNumber: 7, receiveTime: Timestamp(nanos: 5))])
        #expect(summaries("2026-02-11,BBCA,YP,Lokal,1,2,3,4,x").isEmpty)
        #expect(summaries("date,ticker,broker,type,buy_lot,buy_val,sell_lot,sell_val,source").isEmpty)
    }

    @Test("rows of a table have two sides; an empty or zero one is missing")
    func table() {
        let text =
            "2026-02-10,BBCA,YP,Lokal,10,8075000,0,0,s\n2026-02-10,BBCA,AK,Asing,,,-5,-1.89e+10,s\n"
            + "2026-02-10,BBCA,CC,,0.5,1E3,,,s\n2026-02-10,BBCA,ZP,Asing,,,,,s"
        let rows = summaries(text).first?.summary.rows
        #expect(
            rows == [
                .init(
                    code: BrokerCode("AK")!, type: "Asing",
                    sell: side(189_000_000_000_000, 50_000, valueUnit: 1_000_000_000_000)),
                .init(
                    code: BrokerCode("CC")!, type: "",
                    buy: side(10_000_000, 5_000, valueUnit: 10_000_000, lotsUnit: 1_000)),
                .init(code: BrokerCode("YP")!, type: "Lokal", buy: side(80_750_000_000, 100_000)),
                .init(code: BrokerCode("ZP")!, type: "Asing"),
            ])
        #expect(summaries(text).first?.summary.flaws == [])
    }

    @Test("shares stand in for lots; odd ones are fractions of a lot")
    func shares() {
        let summary = document(#"{"netbs_broker_code":"YP","blotv":"1050","bval":"8400"}"#)
        #expect(summary?.rows.first?.buy == side(84_000_000, 105_000, lotsUnit: 100))
        #expect(summary?.flaws == [])
    }

    @Test("board, investor type and last day are what the document names")
    func scopes() {
        func scope(_ more: String) -> [UInt8]? {
            document("", "", more).map { [$0.board.rawValue, $0.investor.rawValue] }
        }
        #expect(scope("") == [0, 0])
        #expect(
            scope(#","market_board":"MARKET_BOARD_REGULER","investor_type":"INVESTOR_TYPE_ALL""#) == [1, 1])
        #expect(scope(#","board":"RG","invtype":"F""#) == [1, 2])
        #expect(scope(#","board":"%","invtype":"D""#) == [2, 3])
        #expect(scope(#","board":null,"invtype":"""#) == [0, 0])
        let text =
            #"{"data":{"from":"2026-02-10","to":"2026-02-13","board":"NG","broker_summary":{"symbol":"BBCA","#
            + #""brokers_buy":[]}}}"#
        let summary = summaries(text).first?.summary
        #expect(summary?.isOfOneDay == false && summary?.board == .other)
    }

    @Test(
        "what cannot be read leaves out its side and is said",
        arguments: [
            #"{"netbs_broker_code":"YP","bval":"x","blot":"1"}"#, #"{"netbs_broker_code":"YP","bval":"5"}"#,
            #"{"netbs_broker_code":"YP","blot":"5"}"#, #"{"bval":"5","blot":"1"}"#, "7",
            #"{"netbs_broker_code":"","bval":"5","blot":"1"}"#,
            #"{"netbs_broker_code":"YP","bval":"-5","blot":"1"}"#,
            #"{"netbs_broker_code":"YP","bval":{},"blot":"1"}"#,
            #"{"netbs_broker_code":"YP","bval":"1e99","blot":"1"}"#,
        ])
    func unreadable(row: String) {
        let summary = document(row)
        #expect(summary?.flaws == .unreadable)
        #expect(summary?.rows.allSatisfy { $0.buy == nil && $0.sell == nil } == true)
    }

    @Test("numbers without quotes are read; null and empty ones are missing")
    func forms() {
        let summary = document(
            #"{"netbs_broker_code":"YP","bval":12.5,"blot":1},{"netbs_broker_code":"AK","bval":null,"blot":""}"#
        )
        #expect(summary?.rows.map { $0.buy?.value.value } == [nil, 125_000])
        #expect(summary?.flaws == [])
    }

    @Test("a broker that stands twice on a side is added up, and two types are said")
    func repeated() {
        let summary = document(
            #"{"netbs_broker_code":"YP","type":"Lokal","bval":"5","blot":"1"},"#
                + #"{"netbs_broker_code":"YP","type":"Asing","bval":"7","blot":"2"}"#)
        #expect(summary?.rows.first?.buy == side(120_000, 30_000, valueUnit: 20_000, lotsUnit: 20_000))
        #expect(summary?.rows.first?.type == "Lokal")
        #expect(summary?.flaws == [.repeated, .types])
    }
}
