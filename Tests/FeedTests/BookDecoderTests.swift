import Columns
import Market
import Testing

@testable import Feed

/// Messages of a stream with decimal scales, decoded one by one.
private func decode(
    _ texts: [String], price: Int = 0, quantity: Int = 0, day: String = "2026-02-10", channel: UInt16 = 0,
    instruments: [Symbol] = [], receiveTimeNanos: Int64 = Int64.min
) -> (updates: [BookUpdate], block: EventBlock) {
    let block = EventBlock(messageCapacity: texts.count)
    var updates: [BookUpdate] = []
    var decoder = MessageDecoder(
        day: TradingDay(day)!, priceScale: DecimalScale(digits: price)!,
        quantityScale: DecimalScale(digits: quantity)!, instruments: instruments)
    for text in texts {
        withPayload(Array(text.utf8)) { payload in
            let message = RawMessage(
                payload: payload.baseAddress!, payloadSize: payload.count, number: 7,
                receiveTimeNanos: receiveTimeNanos, channel: channel, direction: 0)
            withUnsafePointer(to: message) {
                decoder.decode(UnsafeBufferPointer(start: $0, count: 1), into: block)
            }
        }
        updates += block.bookUpdates.map(\.update)
    }
    return (updates, block)
}

private func level(_ price: Int64, bid: Int64 = -1, offer: Int64 = -1) -> BookUpdate.Level {
    BookUpdate.Level(price: price, bid: bid, offer: offer)
}

@Suite("Order books: decoding")
struct BookDecoderTests {
    private static let initial =
        #"{\"subcmd\":\"INIT\",\"BUY\":[[284,28116],[282,5]],\"SELL\":[[286,26017]],\"headinfo\":\"C|U|BBCA|RG|1\"}"#
    private static let update =
        #"{\"subcmd\":\"UPDATE\",\"board\":\"RG\",\"recinfo\":\"C|U|BBCA|RG|248|252|:|284|286|1|4|1|0|-4|;|284|286|P|"#
        + #"284|0|36664|282|0|0|280|9|0|X|1\"}"#

    private static func envelope(_ raw: String, code: String = "BBCA") -> String {
        #"{"v":2,"fmt":"ob2","src":"x","code":""# + code + #"","raw":""# + raw + #"","ts":1770688800000}"#
    }

    @Test("the feed's whole book and its triples, in envelopes")
    func envelopes() {
        let (updates, block) = decode([Self.envelope(Self.initial), Self.envelope(Self.update)])
        #expect(
            updates == [
                BookUpdate(
                    symbol: Symbol("BBCA")!,
                    change: .whole([level(284, bid: 28116), level(282, bid: 5), level(286, offer: 26017)])),
                BookUpdate(
                    symbol: Symbol("BBCA")!,
                    change: .levels([
                        level(284, bid: 0, offer: 36664), level(282, bid: 0, offer: 0),
                        level(280, bid: 9, offer: 0),
                    ])),
            ])
        #expect(block.otherCount == 1 && block.undecodable.isEmpty)
    }

    @Test("books in frames of the socket, and their receive time")
    func frames() {
        let frame = #"{"event":"stream","data":{"rtype":"OB2","code":"BBCA","data":""# + Self.update + #""}}"#
        let (updates, block) = decode(["[" + frame + "," + frame + "]"], receiveTimeNanos: 5)
        #expect(updates.count == 2 && updates[0] == decode([Self.envelope(Self.update)]).updates[0])
        #expect(block.bookUpdates[1].origin == MessageOrigin(messageNumber: 7, receiveTime: Timestamp(nanos: 5)))
        #expect(block.otherCount == 1 && block.undecodable.isEmpty)
        let trade = #"{"event":"stream","data":{"rtype":"LT","data":"20260210|090001|BBCA|9000|1|B"}}"#
        let mixed = decode(["[" + frame + "," + trade + "]"])
        #expect(mixed.updates.count == 1 && mixed.block.tradeCount == 1)
        let broken = decode([frame.replacing("|284|286|P|", with: "|284|286|Q|")])
        #expect(broken.block.undecodable.map(\.reason) == [.fieldCount] && broken.block.otherCount == 0)
    }

    @Test(
        "what is wrong with a book is told",
        arguments: [
            (Self.envelope("{}"), UndecodableReason.envelope), (Self.envelope("{"), .json),
            (Self.envelope(Self.update, code: "BBRI"), .symbol),
            (Self.envelope(Self.update.replacing("|P|", with: "|Q|")), .fieldCount),
            (Self.envelope(Self.update.replacing("|X|1", with: "|Y|1|2")), .price),
            (Self.envelope(Self.update.replacing("|X|1", with: "")), .fieldCount),
            (Self.envelope(Self.update.replacing("36664", with: "3a")), .quantity),
            (Self.envelope(Self.update.replacing("|280|9", with: "|0|9")), .price),
            (Self.envelope(Self.update.replacing("|280|9", with: "|280|9.5")), .precision),
            (Self.envelope(Self.update.replacing("|RG|", with: "|XX|")), .board),
            (Self.envelope(Self.update.replacing("UPDATE", with: "OTHER")), .envelope),
            (Self.envelope(Self.initial.replacing("BUY", with: "BUX")), .envelope),
            (Self.envelope(Self.initial.replacing("28116", with: "-1")), .quantity),
            (Self.envelope(Self.initial.replacing("[284,28116]", with: "[284]")), .json),
            ("#O|ASII|LEFT|4790;18;183000", .row), ("#O|ASII|BID|4790;18;183001", .precision),
            ("#O|ASII|BID|4790;18", .fieldCount), ("#O|ASII|BID|0;18;100", .price), ("#O||BID|1;1;100", .symbol),
            ("#O|ASII|BID|77|4790;18;183000", .fieldCount), ("#O|ASII", .fieldCount),
            ("1770688800000,BBCA,BID,9000", .row), ("1770688800000,BBCA,BUY,9000,1", .row),
            ("1770688800000,,BID,9000,1", .symbol), ("1770688800000,BBCA,BID,0,1", .price),
            ("1770688800000,BBCA,BID,9000,x", .quantity), ("9999999999999,BBCA,BID,9000,1", .time),
            ("1770515999999,BBCA,BID,9000,1", .date), ("2026-02-10T09:30:15,8200,1,820000,BUY", .symbol),
            ("2026-02-10T25:30:15,8200,1,820000,BUY", .time),
        ])
    func flaws(text: String, reason: UndecodableReason) {
        let (updates, block) = decode([text])
        #expect(updates.isEmpty && block.undecodable.map(\.reason) == [reason] && block.otherCount == 0)
    }

    @Test("books of other boards count, and are no updates")
    func boards() {
        for board in ["TN", "NG"] {
            let raw = Self.update.replacing("|RG|", with: "|\(board)|").replacing(
                #"\"RG\""#, with: #"\"\#(board)\""#)
            let (updates, block) = decode([Self.envelope(raw)])
            #expect(updates.isEmpty && block.otherCount == 1)
        }
    }

    @Test("a side in Stockbit's text and in its frame; 100 shares are a lot")
    func stockbit() {
        let text = "#O|ASII|OFFER|4790;18;183000|4800;21;381300|991|564300|x"
        let expected = BookUpdate(
            symbol: Symbol("ASII")!,
            change: .sides(bids: false, offers: true, [level(4790, offer: 1830), level(4800, offer: 3813)]))
        #expect(decode([text]).updates == [expected])
        // PROTOCOLS §2.4.
        let frame: [UInt8] =
            [0x52, 0x22, 0x0A, 4] + Array("BBCA".utf8) + [0x12, 0x1A] + Array("#O|BBCA|BID|9000;12;345600".utf8)
        #expect(
            decode([String(decoding: frame, as: UTF8.self)]).updates == [
                BookUpdate(
                    symbol: Symbol("BBCA")!,
                    change: .sides(bids: true, offers: false, [level(9000, bid: 3456)]))
            ])
        #expect(decode(["#O|ASII|BID|"]).updates[0].change == .sides(bids: true, offers: false, []))
    }

    @Test("a row of the table with codes is one level, at its own time")
    func levelRows() {
        let (updates, _) = decode(
            ["timestamp,ticker,side,price,lots", "1723161254152,ETHUSDT_SPOT,BID,2683.8,3.0292\r"],
            price: 8, quantity: 8, day: "2024-08-09")
        #expect(
            updates == [
                BookUpdate(
                    symbol: Symbol("ETHUSDT_SPOT")!,
                    eventTime: Timestamp(nanos: 1_723_161_254_152_000_000),
                    change: .level(level(268_380_000_000, bid: 302_920_000)))
            ])
    }

    @Test("rows of one time are whole sides of the source's instrument")
    func sideRows() {
        let time = "2026-02-10T10:30:15.123456"
        let rows = "\(time),8200,100,82000000,BUY\n\(time),8150,50,40750000,BUY"
        let (updates, _) = decode([rows], channel: 2, instruments: [Symbol("TLKM")!, Symbol("BBCA")!])
        #expect(
            updates == [
                BookUpdate(
                    symbol: Symbol("BBCA")!, eventTime: Timestamp(nanos: 1_770_694_215_123_456_000),
                    change: .sides(bids: true, offers: false, [level(8200, bid: 100), level(8150, bid: 50)]))
            ])
        let both = decode([rows + "\n\(time),8250,75,61875000,SELL"], channel: 1, instruments: [Symbol("X")!])
        #expect(
            both.updates[0].change
                == .sides(
                    bids: true, offers: true,
                    [level(8200, bid: 100), level(8150, bid: 50), level(8250, offer: 75)]))
    }

    @Test("the importer sees days, headers and flaws as the decoder does")
    func inspector() {
        var inspector = PayloadInspector(priceScale: .whole, quantityScale: .whole)
        func facts(_ text: String) -> PayloadFacts {
            withPayload(Array(text.utf8)) { inspector.inspect($0) }
        }
        let day = TradingDay("2026-02-10")!
        #expect(facts("1770688800000,BBCA,BID,9000,1") == PayloadFacts(day: day))
        #expect(facts("timestamp,price,lots,total_value,side") == PayloadFacts(isHeader: true))
        #expect(
            facts("2026-02-10T09:30:15,8200,1,820000,BUY") == PayloadFacts(day: day, flaw: .symbol))
        #expect(facts("#O|ASII|BID|4790;18;183000") == PayloadFacts())
        #expect(facts(Self.envelope("{}")).flaw == .envelope)
        var named = PayloadInspector(
            priceScale: .whole, quantityScale: .whole, instrument: Symbol("BBCA"))
        let row = withPayload(Array("2026-02-10T09:30:15,8200,1,820000,BUY".utf8)) { named.inspect($0) }
        #expect(row == PayloadFacts(day: day))
    }
}
