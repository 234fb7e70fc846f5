import Market
import TestSupport
import Testing

@testable import Tape

@Suite struct CatalogTests {
    private let stream = TestTape.stream

    private func scales(_ price: Int, _ quantity: Int) -> StreamScales {
        StreamScales(price: DecimalScale(digits: price)!, quantity: DecimalScale(digits: quantity)!)
    }

    @Test("the first import of a stream fixes its scales")
    func scalesAreFixed() throws {
        let test = TestTape()
        let entry = try Catalog.register(stream, scales: scales(2, 8), tape: test.tape)
        #expect(entry.market == "idx" && entry.content == "trades" && entry.lotSize == 100)
        #expect(try Catalog.register(stream, scales: nil, tape: test.tape) == entry)
        #expect(try Catalog.register(stream, scales: scales(2, 8), tape: test.tape) == entry)
        let error = #expect(throws: TapeError.self) {
            try Catalog.register(stream, scales: scales(0, 8), tape: test.tape)
        }
        #expect(
            error?.description
                == "stream idx.trades has price scale 2 and quantity scale 8; they cannot change to 0 and 8")
        #expect(try Catalog.load(test.tape).stream(stream)?.scales == scales(2, 8))
        let crypto = try Catalog.register(try StreamName("crypto.trades"), scales: nil, tape: test.tape)
        #expect(crypto.scales == .whole && crypto.lotSize == 1)
    }

    @Test("of two feeds of one market projections read the first, until the catalog says otherwise")
    func twoFeeds() throws {
        let test = TestTape()
        for name in ["idx.trades", "idx.backup.trades", "idx.book"] {
            _ = try Catalog.register(try StreamName(name), scales: nil, tape: test.tape)
        }
        var catalog = try Catalog.load(test.tape)
        #expect(catalog.streams.count == 3 && catalog.feeds.count == 2)
        #expect(catalog.feed(market: "idx", content: "trades", on: TestTape.monday) == "idx.trades")
        #expect(catalog.feed(market: "idx", content: "book", on: TestTape.monday) == "idx.book")
        #expect(catalog.feed(market: "fut", content: "trades", on: TestTape.monday) == nil)
        catalog.feeds.append(
            Catalog.Feed(market: "idx", content: "trades", stream: "idx.backup.trades", from: "2026-02-10"))
        #expect(catalog.feed(market: "idx", content: "trades", on: TestTape.monday) == "idx.trades")
        #expect(catalog.feed(market: "idx", content: "trades", on: TestTape.tuesday) == "idx.backup.trades")
    }

    @Test("a registered stream survives a power cut, and one at any change leaves the old catalog or the new")
    func powerCut() throws {
        let done = TestTape()
        _ = try Catalog.register(stream, scales: scales(2, 0), tape: done.tape)
        done.disk.crash(.nothing)
        #expect(try Catalog.load(done.tape).stream(stream)?.scales == scales(2, 0))
        let other = try StreamName("fut.trades")
        for nth in 1...12 {
            for seed in UInt64(0)..<8 {
                let test = TestTape(done.disk.copy())
                test.disk.arm(FaultyDisk.Fault(nil, nth: nth, code: 5, isForEver: true))
                _ = try? Catalog.register(other, scales: scales(1, 1), tape: test.tape)
                test.disk.crash(.some, seed: seed)
                let catalog = try Catalog.load(test.tape)
                #expect(catalog.stream(stream)?.scales == scales(2, 0), "change \(nth), seed \(seed)")
                #expect([nil, scales(1, 1)].contains(catalog.stream(other)?.scales))
                #expect(try Catalog.register(other, scales: scales(1, 1), tape: test.tape).market == "fut")
            }
        }
    }

    @Test(
        "a tape's directory may be given in any form",
        arguments: [
            ("t", "."), ("t/", "."), ("tape", "."), ("./t", "."), ("a/b", "a"), ("/t", "/"), ("/t/", "/"),
            ("/a/b//", "/a"), ("../t", ".."),
        ])
    func parent(path: String, expected: String) { #expect(Catalog.parent(of: path) == expected) }

    @Test("an unreadable catalog is named and never replaced")
    func unreadable() throws {
        for text in ["", "{", "[]", #"{"format":1,"streams":{"a":{"market":3}},"feeds":[]}"#] {
            let test = try TestTape.made()
            test.disk.damage("/tape/streams.json") { $0 = Array(text.utf8) }
            #expect(throws: TapeError.self) { try Catalog.register(stream, scales: nil, tape: test.tape) }
            #expect(test.disk.content("/tape/streams.json") == Array(text.utf8))
        }
        let test = TestTape()
        #expect(try Catalog.load(test.tape) == Catalog())
        #expect(throws: TapeError.self) { try test.tape.streams() }
    }
}
