import Market
import TestSupport
import Testing

@testable import Projections

private let day = TradingDay("2026-02-10")!
private let bbca = Symbol("BBCA")!

private func level(_ price: Int64, _ bid: Int64, _ offer: Int64) -> BookUpdate.Level {
    BookUpdate.Level(price: price, bid: bid, offer: offer)
}

/// Folds changes of one symbol, each a second behind the one before.
private func minutes(_ changes: [BookUpdate.Change], step: Int = 1) -> [BookMinute] {
    let fold = makeFold()
    for (index, change) in changes.enumerated() {
        let time = Timestamp(nanos: day.start.nanos + Int64(32_400 + index * step) * 1_000_000_000)
        fold.fold(
            BookUpdate(symbol: bbca, change: change),
            MessageOrigin(messageNumber: UInt64(index), receiveTime: time))
    }
    return read(fold)
}

private func makeFold() -> BookFold {
    BookFold(
        FoldContext(
            market: "idx", day: day, priceScale: .whole, quantityScale: .whole, lotSize: 100))
}

private func read(_ fold: BookFold) -> [BookMinute] {
    fold.rows().map { BookMinuteCode.decode(key: $0.key, value: $0.value, extra: $0.extra)! }
}

private func sides(_ bids: [(Int64, Int64)], _ offers: [(Int64, Int64)]) -> BookKeyframe {
    BookKeyframe(
        bids: bids.map { BookKeyframe.Level(price: $0.0, lots: $0.1) },
        offers: offers.map { BookKeyframe.Level(price: $0.0, lots: $0.1) })
}

@Suite("Order books: fold")
struct BookFoldTests {
    private static let whole = BookUpdate.Change.whole([level(100, 10, -1), level(99, 20, -1), level(101, -1, 5)])

    @Test("order-flow imbalance, term by term")
    func flow() {
        let changes: [(BookUpdate.Change, Int)] = [
            // The book begins: no flow.
            (Self.whole, 0),
            // Bid 100: 10 → 14 at the same price: 14 - 10.
            (.levels([level(100, 14, 0)]), 4),
            // Bid improves to 101? No: the offer at 101 goes, the next is 102 with 7: offer price rises, + 5.
            (.levels([level(101, 0, 0), level(102, 0, 7)]), 5),
            // Bid improves to 101 with 3: + 3, and nothing is taken away.
            (.levels([level(101, 3, 0)]), 3),
            // The bid at 101 goes, 100 with 14 is best: - 3.
            (.levels([level(101, 0, 0)]), -3),
            // Offer improves to 101 with 6: - 6.
            (.levels([level(101, 0, 6)]), -6),
            // Offer 101: 6 → 2: - 2 + 6.
            (.levels([level(101, 0, 2)]), 4),
            // Behind the best levels nothing counts.
            (.levels([level(99, 1, 0), level(103, 0, 50)]), 0),
        ]
        for count in 1...changes.count {
            let result = minutes(changes.prefix(count).map(\.0))
            #expect(result.count == 1)
            #expect(result[0].flowImbalance == Int128(changes.prefix(count).reduce(0) { $0 + $1.1 }))
            #expect(result[0].eventCount == UInt64(count))
        }
    }

    @Test("a side that is empty has no lots at a price that every other improves")
    func emptySides() {
        // The bids go: - 14; they come back at a lower price: + 2. The offers go: + 5, and come back: - 9.
        let begin = BookUpdate.Change.whole([level(100, 14, -1), level(101, -1, 5)])
        let all: [(BookUpdate.Change, Int128)] = [
            (.levels([level(100, 0, 0)]), -14), (.levels([level(90, 2, 0)]), 2),
            (.levels([level(101, 0, 0)]), 5), (.levels([level(120, 0, 9)]), -9),
        ]
        var sum: Int128 = 0
        for count in 1...all.count {
            sum += all[count - 1].1
            #expect(minutes([begin] + all.prefix(count).map(\.0))[0].flowImbalance == sum)
        }
    }

    @Test("changes before a whole book are counted and not folded; another whole book begins anew")
    func begins() {
        let result = minutes([
            .levels([level(100, 1, 0)]), .levels([level(98, 1, 0)]), Self.whole, .levels([level(97, 4, 0)]),
            .whole([level(50, 1, -1), level(60, -1, 1)]),
        ])
        #expect(result.count == 1)
        #expect(result[0].ignored == BookIgnored(beforeWhole: 2, stale: 0))
        #expect(result[0].keyframe == sides([(50, 1)], [(60, 1)]))
        #expect(result[0].flowImbalance == 0 && result[0].eventCount == 3)
        let onlyIgnored = minutes([.levels([level(100, 1, 0)])])
        #expect(onlyIgnored.map(\.ignored.beforeWhole) == [1] && onlyIgnored[0].keyframe == sides([], []))
    }

    @Test("a triple says both sides: two zeros remove the level, one side takes it from the other")
    func triples() {
        #expect(minutes([Self.whole, .levels([level(100, 0, 0)])])[0].keyframe == sides([(99, 20)], [(101, 5)]))
        #expect(
            minutes([Self.whole, .levels([level(100, 0, 8)])])[0].keyframe
                == sides([(99, 20)], [(100, 8), (101, 5)]))
        #expect(
            minutes([Self.whole, .levels([level(101, 7, 0)])])[0].keyframe
                == sides([(101, 7), (100, 10), (99, 20)], []))
    }

    @Test("whole sides replace their side and leave the other; the first of each is no flow")
    func wholeSides() {
        let bids = { (levels: [BookUpdate.Level]) in BookUpdate.Change.sides(bids: true, offers: false, levels) }
        let offers = { (levels: [BookUpdate.Level]) in BookUpdate.Change.sides(bids: false, offers: true, levels) }
        let result = minutes([
            bids([level(100, 10, -1), level(99, 1, -1)]), offers([level(101, -1, 5)]),
            bids([level(100, 13, -1), level(98, 2, -1)]),
        ])
        #expect(result[0].keyframe == sides([(100, 13), (98, 2)], [(101, 5)]))
        #expect(result[0].flowImbalance == 3)
    }

    @Test("crossed books are counted and told")
    func crossed() {
        let result = minutes([Self.whole, .level(level(102, 1, -1)), .level(level(102, 0, -1))])
        #expect(result[0].crossedCount == 1 && result[0].keyframe?.isCrossed == false)
        let stays = minutes([Self.whole, .level(level(101, 1, -1))])
        #expect(stays[0].keyframe?.isCrossed == true && stays[0].keyframe?.spread == 0)
    }

    @Test("a keyframe stands where the book changed, and minutes follow the tape")
    func keyframes() {
        let changes: [BookUpdate.Change] = [
            Self.whole, .levels([level(100, 11, 0)]), .levels([level(100, 10, 0)]), .levels([level(100, 10, 0)]),
            .levels([level(90, 1, 0)]),
        ]
        let result = minutes(changes, step: 60)
        #expect(result.map(\.minute) == [540, 541, 542, 543, 544])
        #expect(result.map { $0.keyframe != nil } == [true, true, true, false, true])
        #expect(result.map(\.flowImbalance) == [0, 1, -1, 0, 0])
        // A time that steps back stays in the minute that is open.
        let fold = makeFold()
        for second in [600, 660, 610, 700] {
            fold.fold(
                BookUpdate(
                    symbol: bbca, eventTime: Timestamp(nanos: day.start.nanos + Int64(second) * 1_000_000_000),
                    change: .level(level(Int64(second), 1, -1))), MessageOrigin(messageNumber: 0))
        }
        let back = read(fold)
        #expect(back.map(\.minute) == [10, 11] && back[1].lastMillis == 700_000 && back[1].eventCount == 3)
    }

    @Test("updates of one time are one event; stale ones are counted and not folded")
    func events() {
        let fold = makeFold()
        let at = { (second: Int64) in Timestamp(nanos: day.start.nanos + second * 1_000_000_000) }
        let feed = { (second: Int64, change: BookUpdate.Level, receipt: Int64?) in
            fold.fold(
                BookUpdate(symbol: bbca, eventTime: at(second), change: .level(change)),
                MessageOrigin(messageNumber: 0, receiveTime: receipt.map(at)))
        }
        feed(36_000, level(100, 10, -1), nil)
        feed(36_000, level(101, -1, 5), nil)
        // Between these two the book is crossed, and nobody ever saw it.
        feed(36_001, level(102, 4, -1), nil)
        feed(36_001, level(101, -1, 0), nil)
        feed(36_200, level(1, 1, -1), 36_100)
        feed(36_002, level(99, 1, -1), 36_002)
        let result = read(fold)
        #expect(result.count == 1)
        #expect(result[0].eventCount == 3 && result[0].crossedCount == 0)
        // 10 bid and 5 offered out of nothing, then 4 at a better price, and the 5 go.
        #expect(result[0].flowImbalance == 10 - 5 + 4 + 5)
        #expect(result[0].ignored == BookIgnored(beforeWhole: 0, stale: 1))
    }

    @Test("ratios by their formula")
    func ratios() {
        let book = sides([(10, 3), (9, 1), (8, 1), (7, 1), (6, 1), (5, 100)], [(11, 1)])
        #expect(book.imbalance(5) == 6.0 / 8.0 && book.depth(5) == (7, 1) && book.spread == 1)
        #expect(sides([], []).imbalance(5) == nil && sides([(1, 1)], []).spread == nil)
    }
}

@Suite("Order books: any updates")
struct BookPropertyTests {
    /// A book as plain dictionaries.
    private struct Model {
        var bids: [Int64: Int64] = [:]
        var offers: [Int64: Int64] = [:]
        var isWhole = false

        mutating func apply(_ change: BookUpdate.Change) -> Bool {
            switch change {
            case .whole(let levels):
                (bids, offers, isWhole) = ([:], [:], true)
                levels.forEach { set($0) }
            case .sides(let isBids, let isOffers, let levels):
                if isBids { bids = [:] }
                if isOffers { offers = [:] }
                for level in levels {
                    set(
                        BookUpdate.Level(
                            price: level.price, bid: isBids ? level.bid : -1, offer: isOffers ? level.offer : -1))
                }
            case .levels(let levels):
                guard isWhole else { return false }
                levels.forEach { set($0) }
            case .level(let level): set(level)
            }
            return true
        }

        private mutating func set(_ level: BookUpdate.Level) {
            if level.bid >= 0 { bids[level.price] = level.bid == 0 ? nil : level.bid }
            if level.offer >= 0 { offers[level.price] = level.offer == 0 ? nil : level.offer }
        }

        var keyframe: BookKeyframe {
            sides(
                bids.sorted { $0.key > $1.key }.map { ($0.key, $0.value) },
                offers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        }
    }

    private static func change(_ random: inout SplitMix64) -> BookUpdate.Change {
        let levels = (0..<random.below(4)).map { _ in
            BookUpdate.Level(
                price: Int64(100 + random.below(12)), bid: Int64(random.below(4) - 1),
                offer: Int64(random.below(4) - 1))
        }
        switch random.below(12) {
        case 0: return .whole(levels)
        case 1: return .sides(bids: true, offers: false, levels)
        case 2: return .sides(bids: false, offers: true, levels)
        case 3...6: return .levels(levels)
        default: return .level(levels.first ?? BookUpdate.Level(price: 105, bid: 0, offer: 0))
        }
    }

    @Test("the fold is a dictionary of levels, and every minute shows it", arguments: 0..<40)
    func model(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let fold = makeFold()
        let symbols = [bbca, Symbol("TLKM")!]
        var models = [Model(), Model()]
        var expected: [[Int: BookKeyframe]] = [[:], [:]]
        var second = 32_400
        for number in 0..<600 {
            second += random.below(40)
            let which = random.below(2)
            let change = BookPropertyTests.change(&random)
            let time = Timestamp(nanos: day.start.nanos + Int64(second) * 1_000_000_000)
            fold.fold(
                BookUpdate(symbol: symbols[which], change: change),
                MessageOrigin(messageNumber: UInt64(number), receiveTime: time))
            _ = models[which].apply(change)
            expected[which][second / 60] = models[which].keyframe
        }
        let rows = fold.rows()
        #expect(rows == fold.rows(), "asking twice changes nothing")
        for (which, symbol) in symbols.enumerated() {
            var shown: [Int: BookKeyframe] = [:]
            var last = BookKeyframe()
            for row in rows where row.symbol == symbol {
                let minute = BookMinuteCode.decode(key: row.key, value: row.value, extra: row.extra)!
                last = minute.keyframe ?? last
                shown[minute.minute] = last
            }
            #expect(shown == expected[which])
        }
    }

    @Test("rows have one form, and no other bytes are read", arguments: 0..<20)
    func code(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let big = Int64.max - Int64(random.below(3))
        let minute = BookMinute(
            minute: random.below(1440), lastMillis: 0, eventCount: random.next() >> 3,
            flowImbalance: Int128(random.next()) * -Int128(random.next() >> 2), crossedCount: 3,
            keyframe: sides([(big, big), (5, 1), (-big, 7)], [(-big, 1), (big, 2)]),
            ignored: BookIgnored(beforeWhole: UInt64(seed), stale: 2))
        var placed = minute
        placed.lastMillis = minute.minute * 60_000 + random.below(60_000)
        let (key, value) = (BookMinuteCode.key(minute: placed.minute), BookMinuteCode.value(placed))
        let extra = BookMinuteCode.extra(placed.ignored)
        #expect(BookMinuteCode.decode(key: key, value: value, extra: extra) == placed)
        for size in 0..<value.count {
            let cut = BookMinuteCode.decode(key: key, value: Array(value.prefix(size)), extra: extra)
            #expect(cut == nil || cut?.keyframe == nil)
        }
        for _ in 0..<500 {
            var bytes = value
            bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
            guard let read = BookMinuteCode.decode(key: key, value: bytes, extra: extra) else { continue }
            #expect(BookMinuteCode.value(read) == bytes)
        }
        #expect(BookMinuteCode.decode(key: [9, 9], value: value, extra: extra) == nil)
        #expect(BookMinuteCode.decode(key: key, value: value, extra: [1]) == nil)
    }
}
