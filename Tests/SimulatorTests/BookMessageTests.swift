import Foundation
import Market
import Simulator
import Testing

@Suite("Book messages")
struct BookMessageTests {
    @Test("INIT and UPDATE rebuild a book of ten levels that never crosses", arguments: 0..<2)
    func rebuild(day index: Int) throws {
        let day = SimulatedDays.small.days[index]
        var books: [String: [Int: Int]] = [:]
        var lastInstant: Int64 = 0
        var messages = 0
        for line in day.book.split(separator: 0x0A) {
            let envelope = try JSONDecoder().decode(Envelope.self, from: Data(line))
            let message = try JSONDecoder().decode(Message.self, from: Data(envelope.raw.utf8))
            messages += 1
            #expect(envelope.v == 2 && envelope.fmt == "ob2" && envelope.src == "simulator")
            #expect(envelope.ts >= lastInstant)
            lastInstant = envelope.ts
            #expect(TradingDay(containing: Timestamp(nanos: envelope.ts * 1_000_000)) == day.summary.day)

            if message.subcmd == "INIT" {
                #expect(books[envelope.code] == nil, "a second INIT")
                var book: [Int: Int] = [:]
                for pair in message.BUY ?? [] { book[pair[0]] = pair[1] }
                for pair in message.SELL ?? [] { book[pair[0]] = -pair[1] }
                books[envelope.code] = book
            } else {
                var book = try #require(books[envelope.code], "an update before INIT")
                let best = try apply(try #require(message.recinfo), to: &book)
                #expect(best.bid == (book.filter { $0.value > 0 }.keys.max() ?? 0))
                #expect(best.offer == (book.filter { $0.value < 0 }.keys.min() ?? 0))
                books[envelope.code] = book
            }
            let bids = books[envelope.code]!.filter { $0.value > 0 }.keys
            let offers = books[envelope.code]!.filter { $0.value < 0 }.keys
            #expect(bids.count <= 10 && offers.count <= 10 && bids.count + offers.count > 0)
            if let bid = bids.max(), let offer = offers.min() { #expect(bid < offer) }
        }
        #expect(messages == day.summary.bookMessages)
        #expect(books.count == 30)
    }

    /// Applies the triples behind `P` and returns the best prices of the message.
    private func apply(_ record: String, to book: inout [Int: Int]) throws -> (bid: Int, offer: Int) {
        let parts = record.split(separator: "|").map(String.init)
        #expect(parts[0] == "C" && parts[1] == "U" && parts[3] == "RG")
        let start = try #require(parts.firstIndex(of: ";"))
        #expect(parts[start + 3] == "P" && parts.suffix(2) == ["X", "1"])
        var index = start + 4
        while parts[index] != "X" {
            let price = try #require(Int(parts[index]))
            let bid = try #require(Int(parts[index + 1]))
            let offer = try #require(Int(parts[index + 2]))
            #expect(bid == 0 || offer == 0)
            book[price] = bid > 0 ? bid : offer > 0 ? -offer : nil
            index += 3
        }
        return (Int(parts[start + 1])!, Int(parts[start + 2])!)
    }
}

private struct Envelope: Decodable {
    let v: Int
    let fmt, src, code, raw: String
    let ts: Int64
}

private struct Message: Decodable {
    let subcmd: String
    let BUY, SELL: [[Int]]?
    let recinfo: String?
}
