import Market
import Store
import TestSupport
import Testing

@testable import Replay
@testable import Tape

@Suite("Replay of sealed days")
struct SealedReplayTests {
    private let days = SimulatedMarket.days

    @Test("leaves the store of the hot days, with any number of threads")
    func threads() throws {
        let market = Market()
        for day in days {
            // Some messages are no trades; blocks keep them verbatim.
            let junk = ["nothing", "#1", ""].map { Array($0.utf8) }
            let half = day.lines.count / 2
            try market.append(
                junk + day.lines[..<half] + junk + day.lines[half...], to: "idx.trades", on: day.day)
        }
        let hot = try market.store()
        try market.replay(hot)
        let expected = try StoreContent(hot)
        try hot.close()
        for day in days { try market.seal("idx.trades", day.day) }
        // One day at a time as well: threads that find no day share the only one.
        for threads in [1, 2, 3, 8] {
            for apart in [false, true] {
                let store = try market.store()
                for day in apart ? days.map(\.day) : [days[0].day] {
                    let report = try market.replay(store) {
                        $0.threadCount = threads
                        if apart { ($0.from, $0.to) = (day, day) }
                    }
                    #expect(report.damages.isEmpty && report.total.undecodable > 0)
                }
                #expect(try StoreContent(store) == expected)
                try store.close()
            }
        }
    }

    @Test("an hour is replayed from its own blocks alone")
    func hour() throws {
        let market = try Market.simulated()
        let day = days[0].day
        try market.seal("idx.trades", day)
        let store = try market.store()
        try market.replay(store) { $0.to = day }
        let expected = try StoreContent(store)
        try market.flipTokens(ofHour: 14, on: day)
        // Neither the damage nor any other hour is looked at.
        for hour in [9, 10, 3] {
            let part = try market.replay(store) { ($0.hour, $0.to) = (hour, day) }
            #expect(part.damages.isEmpty)
            #expect(try StoreContent(store) == expected)
        }
        #expect(try !market.replay(store) { ($0.hour, $0.to) = (14, day) }.damages.isEmpty)
        try store.close()
    }

    @Test("sequences that rise are in order, and no others")
    func order() {
        #expect(following([3...5, 6...6]) == [true, true])
        #expect(following([3...5, 5...9, nil]) == [true, false, false])
        #expect(following([nil, nil, 1...2]) == [true, true, false])
    }

    private func following(_ stretches: [ClosedRange<UInt64>?]) -> [Bool] {
        var order = SequenceOrder()
        return stretches.map { order.follow($0) }
    }
}

extension Market {
    /// Seals a day and removes its hot segments.
    fileprivate func seal(_ stream: String, _ day: TradingDay) throws {
        let stream = try StreamName(stream)
        #expect(try Seal(tape: tape, stream: stream, day: day).run().isNew)
        _ = try Prune(tape: tape, stream: stream, day: day).run(reallyRemove: true)
    }

    /// Flips a bit in the tokens of each block that has trades of an hour and of no other.
    fileprivate func flipTokens(ofHour hour: Int, on day: TradingDay) throws {
        let stream = try StreamName("idx.trades")
        let reader = try #require(try SealedReader.openIfSealed(tape: tape, stream: stream, day: day))
        let path = "tape/idx.trades/\(day)/day.tape"
        var bytes = folder.contents(path)
        var flipped = 0
        for block in reader.index.blocks
        where block.firstSecond / 3600 == hour && block.lastSecond / 3600 == hour {
            let tokens = try #require(block.columns.first { $0.id == 3 })
            bytes[Int(tokens.offset) + Int(tokens.storedSize) / 2] ^= 4
            flipped += 1
        }
        try #require(flipped > 0)
        folder.write(path, bytes)
    }
}
