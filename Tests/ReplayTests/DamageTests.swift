import Feed
import Foundation
import Market
import Projections
import Store
import Testing

@testable import Replay

@Suite("Bad messages and damaged tapes")
struct DamageTests {
    private let day = SimulatedMarket.days[0].day
    private let lines = SimulatedMarket.days[0].lines

    @Test("undecodable messages are listed with position and reason, in chunks however many")
    func undecodable() throws {
        let market = Market()
        let bad: [(String, UndecodableReason)] = [
            ("nothing", .unknownLayout), ("B|1", .fieldCount), ("20260101|090000|BBCA|1|1|B", .date),
            ("", .empty),
            ("{", .json),
        ]
        var payloads = lines
        var expected: [Undecodable] = []
        for number in 0..<1500 {
            let (text, reason) = bad[number % bad.count]
            // Some stand together, some alone.
            let place = number < 700 ? number * 2 : payloads.count
            payloads.insert(Array(text.utf8), at: place)
            expected.append(Undecodable(messageNumber: UInt64(place), recordIndex: 0, reason: reason))
        }
        try market.append(payloads, to: "idx.trades", on: day)
        let store = try market.store()
        let report = try market.replay(store)
        #expect(report.total.undecodable == 1500 && report.total.trades == UInt64(lines.count))
        var found: [Undecodable] = []
        var chunks = 0
        try store.read { transaction in
            try transaction.undecodable.forEach(stream: "idx.trades", day: day) { first, bytes in
                found += try #require(UndecodableCode.unpack(bytes, firstNumber: first))
                chunks += 1
            }
        }
        #expect(found == expected)
        #expect(chunks == 3)
        try store.close()
    }

    @Test("damaged chunks of undecodable messages are none or some, and never a trap")
    func damagedChunks() {
        let records = (0..<20).map {
            Undecodable(messageNumber: UInt64($0 * $0 * 1000), recordIndex: UInt16($0), reason: .json)
        }
        let pack = UndecodableCode.pack(records[...])
        #expect(pack.withUnsafeBytes { UndecodableCode.unpack($0, firstNumber: 0) } == records)
        for index in pack.indices {
            for bit in 0..<8 {
                var bytes = pack
                bytes[index] ^= 1 << UInt8(bit)
                _ = bytes.withUnsafeBytes { UndecodableCode.unpack($0, firstNumber: UInt64.max) }
                _ = bytes[..<index].withUnsafeBytes { UndecodableCode.unpack($0, firstNumber: 0) }
            }
        }
    }

    @Test("a flipped byte below the mark is reported, and every other message is folded")
    func flippedByte() throws {
        let market = try Market.simulated()
        let whole = try market.store()
        let expected = try market.replay(whole)
        let directory = market.folder.file("tape/idx.trades/\(day)")
        let names = try FileManager.default.contentsOfDirectory(atPath: directory)
        let name = try #require(names.first { $0.hasSuffix(".log") })
        let segment = "tape/idx.trades/\(day)/\(name)"
        var bytes = market.folder.contents(segment)
        // A line in the middle, found by its text, loses one bit of it.
        let victim = lines.count / 2
        let place = try #require(bytes.firstRange(of: lines[victim])).lowerBound
        bytes[place + 3] ^= 0x10
        market.folder.write(segment, bytes)

        let store = try market.store()
        let report = try market.replay(store)
        #expect(report.damages.count == 1)
        #expect(
            report.damages[0].contains(name) && report.damages[0].contains("messages \(victim) to \(victim)"))
        #expect(report.total.messages == expected.total.messages - 1)
        #expect(report.total.trades == expected.total.trades - 1)
        #expect(report.days[0].endNumber == UInt64(lines.count))
        let others = SimulatedMarket.days.dropFirst().map(\.day)
        for day in others { #expect(report.digests[.footprint]![day] == expected.digests[.footprint]![day]) }

        // The damaged day is the day without that line.
        let without = Market()
        var rest = lines
        rest.remove(at: victim)
        try without.append(rest, to: "idx.trades", on: day)
        let other = try without.store()
        #expect(try without.replay(other).digests[.footprint]![day] == report.digests[.footprint]![day])
        for store in [whole, store, other] { try store.close() }
    }
}
