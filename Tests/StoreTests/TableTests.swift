import Market
import Testing

@testable import Store

@Suite struct TableTests {
    let folder = StoreFolder()
    let monday = TradingDay("2026-02-09")!
    let tuesday = TradingDay("2026-02-10")!
    let bbca = Symbol("BBCA")!
    let bbri = Symbol("BBRI")!

    @Test("candles come back by key and in the order of symbol and hour")
    func candles() throws {
        let store = try folder.open()
        try store.write { transaction throws in
            let candles = transaction.candles
            try candles.put(day: tuesday, market: "idx", symbol: bbri, hour: 9, [4])
            try candles.put(day: tuesday, market: "idx", symbol: bbca, hour: 10, [2, 3])
            try candles.put(day: tuesday, market: "idx", symbol: bbca, hour: 9, [])
            try candles.put(day: tuesday, market: "idx2", symbol: bbca, hour: 9, [5])
            try candles.put(day: monday, market: "crypto", symbol: bbca, hour: 255, [6])
            try candles.put(day: monday, market: "crypto", symbol: bbca, hour: 255, [7])
        }
        try store.read { transaction throws in
            let candles = transaction.candles
            #expect(try candles.get(day: tuesday, market: "idx", symbol: bbca, hour: 10) == [2, 3])
            #expect(try candles.get(day: tuesday, market: "idx", symbol: bbca, hour: 9) == [])
            #expect(try candles.get(day: tuesday, market: "idx", symbol: bbca, hour: 11) == nil)
            #expect(try candles.get(day: monday, market: "crypto", symbol: bbca, hour: 255) == [7])
            var seen: [String] = []
            try candles.forEach(day: tuesday, market: "idx") { seen.append("\($0) \($1) \(Array($2))") }
            #expect(seen == ["BBCA 9 []", "BBCA 10 [2, 3]", "BBRI 9 [4]"])
            seen = []
            try candles.forEach(day: tuesday, market: "idx", symbol: bbri) {
                seen.append("\($0) \($1)\($2.count)")
            }
            #expect(seen == ["BBRI 91"])
            #expect(try candles.days() == [monday, tuesday])
            #expect(try candles.markets(day: tuesday) == ["idx", "idx2"])
            #expect(try candles.symbols(day: tuesday, market: "idx") == [bbca, bbri])
            #expect(try candles.symbols(day: monday, market: "idx") == [])
        }
        try store.close()
    }

    @Test("a day is removed from one market and nowhere else")
    func removeDay() throws {
        let store = try folder.open()
        let days = [monday, tuesday, tuesday.advanced(by: 1)]
        try store.write { transaction throws in
            for day in days {
                for market in ["idx", "idx-", "idxa"] {
                    for hour in UInt8(0)..<200 {
                        try transaction.candles.put(
                            day: day, market: market, symbol: bbca, hour: hour,
                            [UInt8](repeating: 1, count: 300))
                    }
                    try transaction.symbolDigests.put(
                        projection: "footprint@1", day: day, market: market, symbol: bbca,
                        digest: [UInt8](repeating: 1, count: 32))
                }
            }
        }
        try store.write { transaction throws in
            #expect(try transaction.candles.removeDay(tuesday, market: "idx") == 200)
            #expect(try transaction.candles.removeDay(tuesday, market: "idx") == 0)
            #expect(
                try transaction.symbolDigests.removeDay(
                    projection: "footprint@1", day: tuesday, market: "idx") == 1)
            #expect(try transaction.candles.remove(day: monday, market: "idx", symbol: bbca, hour: 7))
            #expect(try !transaction.candles.remove(day: monday, market: "idx", symbol: bbca, hour: 7))
        }
        try store.read { transaction throws in
            for day in days {
                for market in ["idx", "idx-", "idxa"] {
                    var count = 0
                    try transaction.candles.forEach(day: day, market: market) { _, _, _ in count += 1 }
                    let expected = market != "idx" || day == days[2] ? 200 : day == monday ? 199 : 0
                    #expect(count == expected)
                    let digest = try transaction.symbolDigests.get(
                        projection: "footprint@1", day: day, market: market, symbol: bbca)
                    #expect((digest == nil) == (day == tuesday && market == "idx"))
                }
            }
        }
        try store.close()
        try Store.verify(at: folder.path)
    }

    @Test("digests come back in byte order of market and symbol, and of projection and day")
    func digests() throws {
        let store = try folder.open()
        func digest(_ byte: UInt8) -> [UInt8] { [UInt8](repeating: byte, count: 32) }
        try store.write { transaction throws in
            let symbols = transaction.symbolDigests
            try symbols.put(projection: "p@1", day: monday, market: "z", symbol: bbca, digest: digest(3))
            try symbols.put(projection: "p@1", day: monday, market: "a", symbol: bbri, digest: digest(2))
            try symbols.put(projection: "p@1", day: monday, market: "a", symbol: bbca, digest: digest(1))
            try symbols.put(projection: "p@10", day: monday, market: "a", symbol: bbca, digest: digest(9))
            let days = transaction.dayDigests
            try days.put(projection: "q@1", day: monday, digest: digest(6))
            try days.put(projection: "p@1", day: tuesday, digest: digest(5))
            try days.put(projection: "p@1", day: monday, digest: digest(4))
        }
        try store.read { transaction throws in
            var seen: [String] = []
            try transaction.symbolDigests.forEach(projection: "p@1", day: monday) {
                seen.append("\($0) \($1) \($2[31])")
            }
            #expect(seen == ["a BBCA 1", "a BBRI 2", "z BBCA 3"])
            seen = []
            try transaction.dayDigests.forEach { seen.append("\($0) \($1) \($2[0])") }
            #expect(seen == ["p@1 2026-02-09 4", "p@1 2026-02-10 5", "q@1 2026-02-09 6"])
            seen = []
            try transaction.dayDigests.forEach(projection: "q@1") { seen.append("\($0) \($1)\($2.count)") }
            #expect(seen == ["q@1 2026-02-0932"])
            #expect(try transaction.dayDigests.get(projection: "p@1", day: tuesday) == digest(5))
        }
        try store.write { transaction throws in
            #expect(try transaction.dayDigests.remove(projection: "p@1", day: tuesday))
            #expect(try transaction.dayDigests.get(projection: "p@1", day: tuesday) == nil)
        }
        try store.close()
    }

    @Test("checkpoints, coverage and undecodable chunks come back in order")
    func otherTables() throws {
        let store = try folder.open()
        let checkpoint = Checkpoint(
            nextMessageNumber: .max, chain: 2, messages: 3, trades: 4, folded: 5, undecodable: 6,
            duplicates: 7, conflicts: 8, stale: 9, otherBoard: 10, other: 11, priceDigits: 12,
            quantityDigits: 13, lotSize: 100, parameters: "{\"tick\":\"é\"}")
        try store.write { transaction throws in
            let table = transaction.checkpoints
            try table.put(projection: "p@1", day: tuesday, stream: "a", checkpoint)
            try table.put(projection: "p@1", day: monday, stream: "b", Checkpoint())
            try table.put(projection: "p@1", day: monday, stream: "a", Checkpoint(messages: 1))
            try transaction.coverage.put(stream: "b", day: monday, [3])
            try transaction.coverage.put(stream: "a", day: tuesday, [2])
            try transaction.coverage.put(stream: "a", day: monday, [1])
            for number: UInt64 in [256, 0, .max, 255] {
                try transaction.undecodable.put(
                    stream: "a", day: monday, firstMessageNumber: number, [UInt8(number & 0xFF)])
            }
            try transaction.undecodable.put(stream: "a", day: tuesday, firstMessageNumber: 1, [1])
        }
        try store.write { transaction throws in
            #expect(
                try transaction.checkpoints.get(projection: "p@1", day: tuesday, stream: "a") == checkpoint)
            var seen: [String] = []
            try transaction.checkpoints.forEach(projection: "p@1") {
                seen.append("\($0) \($1) \($2.messages)")
            }
            #expect(seen == ["2026-02-09 a 1", "2026-02-09 b 0", "2026-02-10 a 3"])
            seen = []
            try transaction.checkpoints.forEach(projection: "p@1", day: tuesday) {
                seen.append("\($0) \($1)\($2.lotSize)")
            }
            #expect(seen == ["2026-02-10 a100"])
            #expect(try transaction.checkpoints.remove(projection: "p@1", day: tuesday, stream: "a"))
            #expect(try transaction.checkpoints.get(projection: "p@1", day: tuesday, stream: "a") == nil)

            seen = []
            try transaction.coverage.forEach { seen.append("\($0) \($1) \(Array($2))") }
            #expect(seen == ["a 2026-02-09 [1]", "a 2026-02-10 [2]", "b 2026-02-09 [3]"])
            #expect(try transaction.coverage.get(stream: "a", day: tuesday) == [2])
            #expect(try transaction.coverage.remove(stream: "a", day: tuesday))
            #expect(try transaction.coverage.get(stream: "a", day: tuesday) == nil)

            var numbers: [UInt64] = []
            try transaction.undecodable.forEach(stream: "a", day: monday) { number, bytes in
                numbers.append(number)
                #expect(bytes[0] == UInt8(number & 0xFF))
            }
            #expect(numbers == [0, 255, 256, .max])
            #expect(try transaction.undecodable.removeDay(stream: "a", day: monday) == 4)
            #expect(try transaction.undecodable.removeDay(stream: "a", day: tuesday) == 1)
        }
        try store.close()
    }

    @Test("a checkpoint's encoding is what the layout says, and nothing else is read as one")
    func checkpointEncoding() {
        let bytes = Checkpoint(nextMessageNumber: 0x0102, lotSize: 100, parameters: "ab").encoded()
        #expect(bytes.count == 97 && bytes[0] == 1 && bytes[1] == 2 && bytes[2] == 1 && bytes[85] == 100)
        #expect(bytes[91] == 2 && bytes[95...] == [0x61, 0x62])
        for count in 0..<bytes.count {
            bytes[..<count].withUnsafeBytes { #expect(Checkpoint(encoded: $0) == nil) }
        }
        (bytes + [0]).withUnsafeBytes { #expect(Checkpoint(encoded: $0) == nil) }
        ([2] + bytes[1...]).withUnsafeBytes { #expect(Checkpoint(encoded: $0) == nil) }
        (bytes[..<96] + [0xFF]).withUnsafeBytes { #expect(Checkpoint(encoded: $0) == nil) }
    }

    @Test("a name that cannot be part of a key is refused and the transaction goes on")
    func names() throws {
        let store = try folder.open()
        try store.write { transaction throws in
            for name in ["", "a\0b", "a\nb", "\u{7F}", String(repeating: "x", count: 101)] {
                #expect(throws: StoreError.invalidName(name)) {
                    try transaction.coverage.put(stream: name, day: monday, [1])
                }
            }
            let longest = String(repeating: "x", count: 100)
            try transaction.checkpoints.put(projection: longest, day: monday, stream: longest, Checkpoint())
            #expect(try transaction.checkpoints.get(projection: longest, day: monday, stream: longest) != nil)
        }
        try store.close()
    }

    @Test("byte order of keys is the order of their parts", arguments: [UInt64](1...8))
    func keyOrder(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        struct Key: Comparable {
            var day: TradingDay
            var market: [UInt8]
            var symbol: Symbol
            var hour: UInt8
            static func < (left: Key, right: Key) -> Bool {
                if left.day != right.day { return left.day < right.day }
                if left.market != right.market { return left.market.lexicographicallyPrecedes(right.market) }
                if left.symbol != right.symbol { return left.symbol < right.symbol }
                return left.hour < right.hour
            }
        }
        func text(_ alphabet: [UInt8], _ size: Int) -> [UInt8] {
            (0..<Int.random(in: 1...size, using: &random)).map { _ in alphabet.randomElement(using: &random)!
            }
        }
        let store = try folder.open()
        var keys: [Key] = []
        try store.write { transaction throws in
            keys = []
            for _ in 0..<500 {
                let days: [Int32] = [.min, -1, 0, 1, 255, 256, 20_000, .max]
                let key = Key(
                    day: TradingDay(daysSinceEpoch: days.randomElement(using: &random)!),
                    market: text([0x20, 0x61, 0x62, 0x7E], 3),
                    symbol: text([0x21, 0x41, 0x5A, 0x7E], 16).withUnsafeBytes { Symbol(bytes: $0)! },
                    hour: UInt8.random(in: 0...255, using: &random))
                if keys.contains(key) { continue }
                keys.append(key)
                try transaction.candles.put(
                    day: key.day, market: String(decoding: key.market, as: UTF8.self), symbol: key.symbol,
                    hour: key.hour, [1])
            }
        }
        keys.sort()
        var seen: [Key] = []
        try store.read { transaction throws in
            let candles = transaction.candles
            for day in try candles.days() {
                for market in try candles.markets(day: day) {
                    var symbols: [Symbol] = []
                    try candles.forEach(day: day, market: market) { symbol, hour, _ in
                        seen.append(Key(day: day, market: Array(market.utf8), symbol: symbol, hour: hour))
                        if symbols.last != symbol { symbols.append(symbol) }
                    }
                    #expect(try candles.symbols(day: day, market: market) == symbols)
                }
            }
        }
        #expect(seen == keys, "seed \(seed)")
        try store.close()
        try Store.verify(at: folder.path)
    }
}
