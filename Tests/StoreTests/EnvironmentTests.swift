import Glibc
import Market
import Testing

@testable import Store

@Suite struct EnvironmentTests {
    let folder = StoreFolder()
    let day = TradingDay("2026-02-10")!
    let symbol = Symbol("BBCA")!

    @Test("a missing store is missing to a reader and made by a writer")
    func missing() throws {
        let path = folder.path + "/copy"
        #expect(throws: StoreError.missing(path: path)) { try Store.open(at: path, access: .readOnly) }
        #expect(throws: StoreError.missing(path: path)) { try Store.verify(at: path) }
        try Store.remove(at: path)
        let store = try Store.open(at: path, access: .readWrite)
        try store.close()
        try store.close()
        let reader = try Store.open(at: path, access: .readOnly)
        #expect(throws: StoreError.readOnly(path: reader.path)) { try reader.write { _ in } }
        _ = try reader.read { transaction throws in
            #expect(throws: StoreError.readOnly(path: reader.path)) {
                try transaction.coverage.put(stream: "a", day: day, [1])
            }
        }
        try reader.sync()
        try reader.close()
    }

    @Test("the map grows from 1 MiB by small transactions and by a great one")
    func growth() throws {
        let store = try folder.open(mapSize: 1 << 20)
        let value = [UInt8](repeating: 0xA5, count: 3000)
        var runs = 0
        for part in 0..<10 {
            try store.write { transaction in
                runs += 1
                for index in 0..<(part == 9 ? 10_000 : 700) {
                    try transaction.undecodable.put(
                        stream: "s", day: day, firstMessageNumber: UInt64(part * 1000 + index), value)
                }
            }
        }
        #expect(runs > 10)
        var count = 0
        try store.read { transaction throws in
            try transaction.undecodable.forEach(stream: "s", day: day) { _, bytes in
                count += bytes.count == 3000 && bytes[2999] == 0xA5 ? 1 : 0
            }
        }
        #expect(count == 9 * 700 + 10_000)
        try store.close()
        try Store.verify(at: folder.path)
    }

    @Test("a full map at the commit runs the body again too")
    func growthAtCommit() throws {
        let store = try folder.open(mapSize: 1 << 20)
        // Single entries, each in a commit that frees and takes a few pages: sooner or later only the
        // list of free pages does not fit.
        let value = [UInt8](repeating: 1, count: 1800)
        for number in UInt64(0)..<1500 {
            try store.write { transaction in
                try transaction.undecodable.put(stream: "s", day: day, firstMessageNumber: number, value)
            }
        }
        var count = 0
        try store.read { transaction throws in
            try transaction.undecodable.forEach(stream: "s", day: day) { _, _ in count += 1 }
        }
        #expect(count == 1500)
        try store.close()
        try Store.verify(at: folder.path)
    }

    @Test("a body that swallows the full map is run again all the same")
    func swallowedGrowth() throws {
        let store = try folder.open(mapSize: 1 << 20)
        let value = [UInt8](repeating: 1, count: 2_000_000)
        try store.write { transaction in
            try? transaction.coverage.put(stream: "s", day: day, value)
        }
        try store.read { transaction throws in
            #expect(try transaction.coverage.get(stream: "s", day: day) == value)
        }
        try store.close()
    }

    @Test("readers and a growing writer do not disturb each other")
    func concurrentGrowth() async throws {
        let store = try folder.open(mapSize: 1 << 20)
        let day = day
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for number in UInt64(0)..<40 {
                    try store.write { transaction in
                        try transaction.undecodable.put(
                            stream: "s", day: day, firstMessageNumber: number,
                            [UInt8](repeating: UInt8(number), count: 200_000))
                    }
                    await Task.yield()
                }
            }
            group.addTask {
                var last = 0
                for _ in 0..<400 {
                    var count = 0
                    try store.read { transaction throws in
                        try transaction.undecodable.forEach(stream: "s", day: day) { number, bytes in
                            #expect(bytes[bytes.count - 1] == UInt8(number))
                            count += 1
                        }
                    }
                    #expect(count >= last)
                    last = count
                    await Task.yield()
                }
            }
        }
        try store.close()
        try Store.verify(at: folder.path)
    }

    @Test("an environment is opened once in a process, by whatever path")
    func openedTwice() throws {
        let store = try folder.open()
        for path in [folder.path, folder.path + "/.", "/tmp/../" + folder.path] {
            for access in [Store.Access.readOnly, .readWrite] {
                #expect(throws: StoreError.busy(path: path, pid: getpid())) {
                    try Store.open(at: path, access: access)
                }
            }
            #expect(throws: StoreError.busy(path: path, pid: getpid())) { try Store.remove(at: path) }
        }
        try store.close()
        try folder.open().close()
    }

    @Test("a store that is let go without closing can be opened again")
    func letGo() throws {
        do {
            let store = try folder.open()
            try store.write { try $0.coverage.put(stream: "s", day: day, [1]) }
        }
        #expect(!folder.exists("clean"))
        let store = try folder.open()
        try store.read { transaction throws in
            #expect(try transaction.coverage.get(stream: "s", day: day) == [1])
        }
        try store.close()
        #expect(folder.exists("clean"))
    }

    @Test("an error in a body leaves nothing behind")
    func thrownBody() throws {
        struct Stop: Error {}
        let store = try folder.open()
        try store.write { try $0.coverage.put(stream: "s", day: day, [1]) }
        #expect(throws: Stop.self) {
            try store.write { transaction in
                try transaction.coverage.put(stream: "s", day: day, [2])
                try transaction.coverage.put(stream: "t", day: day, [2])
                #expect(try transaction.coverage.get(stream: "s", day: day) == [2])
                throw Stop()
            }
        }
        try store.read { transaction throws in
            #expect(try transaction.coverage.get(stream: "s", day: day) == [1])
            #expect(try transaction.coverage.get(stream: "t", day: day) == nil)
        }
        try store.close()
    }

    @Test("a reader sees the state at its beginning, also during and after a write")
    func isolation() async throws {
        let store = try folder.open()
        try store.write { try $0.coverage.put(stream: "s", day: day, [1]) }
        try store.write { transaction in
            try transaction.coverage.put(stream: "s", day: day, [2])
            try store.read { inner throws in
                #expect(try inner.coverage.get(stream: "s", day: day) == [1])
            }
        }
        try store.read { transaction throws in
            let writer = BackgroundThread {
                do {
                    try store.write { try $0.coverage.put(stream: "s", day: TradingDay("2026-02-10")!, [3]) }
                } catch {
                    Issue.record(error)
                }
            }
            writer.join()
            #expect(try transaction.coverage.get(stream: "s", day: day) == [2])
            try store.read { inner throws in
                #expect(try inner.coverage.get(stream: "s", day: day) == [3])
            }
        }
        try store.close()
    }

    @Test("a value that is not what was written is found, and named")
    func damagedValue() throws {
        let store = try folder.open()
        try store.write { transaction in
            let access = TableAccess(transaction: transaction, table: .candles)
            try transaction.candles.put(day: day, market: "idx", symbol: symbol, hour: 9, [1, 2, 3])
            let sealed = SealedValue.checksum(key: [1, 2], payload: [9])
            for (hour, bytes) in [
                (UInt8(10), [UInt8](repeating: 7, count: 20)), (11, [1, 2]), (12, []),
                (13, (0..<4).map { UInt8(truncatingIfNeeded: sealed >> (8 * $0)) } + [9]),
            ] {
                var key = access.makeKey()
                key.append(day)
                try key.append("idx")
                key.append(symbol)
                key.append(hour: hour)
                try access.putRaw(key.bytes, bytes)
            }
        }
        func expected(_ hour: Int) -> StoreError {
            .damaged(
                path: store.path, detail: "candles 2026-02-10 idx BBCA \(hour): the checksum does not match")
        }
        try store.read { transaction throws in
            #expect(
                try transaction.candles.get(day: day, market: "idx", symbol: symbol, hour: 9) == [1, 2, 3])
            for hour in UInt8(10)...13 {
                #expect(throws: expected(Int(hour))) {
                    try transaction.candles.get(day: day, market: "idx", symbol: symbol, hour: hour)
                }
            }
            #expect(throws: expected(10)) {
                try transaction.candles.forEach(day: day, market: "idx") { _, _, _ in }
            }
            #expect(try transaction.candles.days() == [day])
        }
        try store.close()
        #expect(
            throws: StoreError.damaged(
                path: folder.path,
                detail: "data.mdb: candles 2026-02-10 idx BBCA 10: the checksum does not match")
        ) { try Store.verify(at: folder.path) }
    }

    @Test("another format version is outdated; removed, the store is new")
    func outdated() throws {
        var store = try folder.open()
        try store.write { transaction in
            try transaction.meta.putVersion(Store.formatVersion + 1)
            try transaction.coverage.put(stream: "s", day: day, [1])
        }
        try store.close()
        let expected = StoreError.outdated(
            path: folder.path, found: Store.formatVersion + 1, expected: Store.formatVersion)
        for access in [Store.Access.readOnly, .readWrite] {
            #expect(throws: expected) { try folder.open(access) }
        }
        #expect(throws: expected) { try Store.verify(at: folder.path) }
        unlink(folder.file("clean"))
        #expect(throws: expected) { try folder.open() }
        try Store.remove(at: folder.path)
        #expect(!folder.exists("data.mdb") && !folder.exists("lock.mdb") && !folder.exists("clean"))
        store = try folder.open()
        try store.read { transaction throws in
            #expect(try transaction.coverage.get(stream: "s", day: day) == nil)
        }
        try store.close()
    }
}

extension SealedValue {
    static func checksum(key: [UInt8], payload: [UInt8]) -> UInt32 {
        key.withUnsafeBytes { key in payload.withUnsafeBytes { checksum(key: key, payload: $0) } }
    }
}
