import Glibc
import Market
import Testing

@testable import Store

@Suite struct DoubtTests {
    let folder = StoreFolder()
    let day = TradingDay("2026-02-10")!

    /// A store with one value, closed cleanly.
    func fill() throws {
        let store = try folder.open()
        try store.write { try $0.coverage.put(stream: "s", day: day, [1]) }
        try store.close()
    }

    @Test("the stamp stands exactly while everything written is on the disk")
    func stamp() throws {
        let store = try folder.open()
        #expect(!folder.exists("clean"))
        try store.sync()
        #expect(folder.exists("clean"))
        try store.write { try $0.coverage.put(stream: "s", day: day, [1]) }
        #expect(!folder.exists("clean"))
        try store.sync()
        let first = folder.contents("clean")
        try store.sync()
        try store.close()
        #expect(folder.contents("clean") == first)
        let reopened = try folder.open { _ in
            Issue.record("a clean store was checked")
            return false
        }
        #expect(folder.exists("clean"))
        try reopened.close()
        #expect(folder.contents("clean") == first)
    }

    @Test("a stamp's bytes are read back, and no other bytes")
    func stampEncoding() {
        let stamp = CleanStamp(
            version: 1, state: Files.State(size: 1 << 40, seconds: -1, nanos: 999_999_999),
            boot: Files.bootIdentity())
        let bytes = stamp.encoded()
        #expect(bytes.count == 76 && CleanStamp(encoded: bytes) == stamp)
        for index in bytes.indices {
            var flipped = bytes
            flipped[index] ^= 1
            #expect(CleanStamp(encoded: flipped) == nil)
            #expect(CleanStamp(encoded: Array(bytes[..<index])) == nil)
        }
    }

    @Test(
        "without a matching stamp the checker decides",
        arguments: ["removed", "garbage", "touched", "longer"], [Store.Access.readOnly, .readWrite])
    func checker(change: String, access: Store.Access) throws {
        try fill()
        switch change {
        case "removed": unlink(folder.file("clean"))
        case "garbage": folder.write("clean", [1, 2, 3])
        case "longer":
            folder.write("data.mdb", folder.contents("data.mdb") + [UInt8](repeating: 0, count: 4096))
        default: folder.write("data.mdb", folder.contents("data.mdb"))
        }
        var asked: [String] = []
        #expect(throws: StoreError.self) {
            try folder.open(access) { path in
                asked.append(path)
                return false
            }
        }
        #expect(asked == [folder.path])
        let store = try folder.open(access) { _ in true }
        try store.close()
        let second = try folder.open(access)
        try second.read { transaction throws in
            #expect(try transaction.coverage.get(stream: "s", day: day) == [1])
        }
        try second.close()
        if access == .readWrite {
            try folder.open { _ in
                Issue.record("closing did not stamp what had been checked")
                return false
            }.close()
        }
    }

    @Test("after a restart of the machine an unsynced store is damaged, a synced one is not")
    func restart() throws {
        try fill()
        folder.write("writer.lock", Array("1 another-boot\n".utf8))
        try folder.open(.readOnly).close()
        try folder.open().close()
        folder.write("writer.lock", Array("1 another-boot\n".utf8))
        unlink(folder.file("clean"))
        let expected = StoreError.damaged(
            path: folder.path, detail: "the machine stopped while it was being written")
        for access in [Store.Access.readOnly, .readWrite, .readWrite] {
            #expect(throws: expected) { try folder.open(access) { _ in true } }
        }
        try Store.remove(at: folder.path)
        try folder.open().close()
    }

    @Test("after a refused sync the store is damaged until it is removed")
    func failedSync() throws {
        try fill()
        folder.write("failed", [])
        let expected = StoreError.damaged(path: folder.path, detail: "the disk refused a sync of it")
        #expect(throws: expected) { try folder.open(.readOnly) }
        #expect(throws: expected) { try folder.open() }
        #expect(throws: expected) { try Store.verify(at: folder.path) }
        try Store.remove(at: folder.path)
        try folder.open().close()
    }

    @Test("a file that is no environment is damaged, not a crash")
    func absurdFiles() throws {
        try fill()
        let whole = folder.contents("data.mdb")
        var random = SplitMix64(seed: 1)
        var otherMagic = whole
        otherMagic[16] ^= 1
        var files: [[UInt8]] = [
            [], [0], [UInt8](repeating: 0, count: 4096), [UInt8](repeating: 0, count: whole.count),
            (0..<whole.count).map { _ in UInt8.random(in: 0...255, using: &random) },
            [UInt8](repeating: 0xFF, count: 65_536), otherMagic,
        ]
        for size in [1, 100, 4095, 4096, 4097, 8191, 8192, 8193, whole.count - 4096, whole.count - 1] {
            files.append(Array(whole[..<size]))
        }
        for bytes in files {
            folder.write("data.mdb", bytes)
            for access in [Store.Access.readOnly, .readWrite] {
                let error = #expect(throws: StoreError.self) { try folder.open(access) }
                guard case .damaged? = error else {
                    Issue.record("\(bytes.count) bytes: \(String(describing: error))")
                    continue
                }
            }
        }
        try Store.remove(at: folder.path)
        try fill()
    }

    @Test("no damage of a page crashes or changes what is read", arguments: [UInt64](1...6))
    func randomDamage(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let store = try folder.open()
        for round in 0..<12 {
            try store.write { transaction in
                for _ in 0..<40 {
                    let number = UInt64.random(in: 0..<500, using: &random)
                    let size = [0, 30, 300, 3000, 9000].randomElement(using: &random)!
                    try transaction.undecodable.put(
                        stream: "s", day: day, firstMessageNumber: number,
                        [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: size))
                }
                if round % 4 == 3 {
                    try transaction.undecodable.removeDay(stream: "s", day: day.advanced(by: round))
                }
                try transaction.coverage.put(stream: "s", day: day.advanced(by: round), [UInt8(round)])
            }
        }
        try store.close()
        func contents(_ store: Store) throws -> [String] {
            var lines: [String] = []
            try store.read { transaction throws in
                try transaction.undecodable.forEach(stream: "s", day: day) {
                    lines.append("\($0) \($1.count) \($1.last ?? 0)")
                }
                try transaction.coverage.forEach { lines.append("\($0) \($1) \($2[0])") }
            }
            return lines
        }
        let reader = try folder.open(.readOnly)
        let lines = try contents(reader)
        try reader.close()
        let whole = folder.contents("data.mdb")
        let pages = whole.count / 4096
        var found = 0
        for turn in 0..<120 {
            var bytes = whole
            let page = Int.random(in: 0..<pages, using: &random)
            switch turn % 4 {
            case 0:
                bytes[Int.random(in: 0..<whole.count, using: &random)] ^=
                    1 << UInt8.random(in: 0..<8, using: &random)
            case 1:
                let start = page * 4096 + 512 * Int.random(in: 0..<8, using: &random)
                for index in start..<(start + 512) {
                    bytes[index] = UInt8.random(in: 0...255, using: &random)
                }
            case 2:
                for index in page * 4096..<(page + 1) * 4096 { bytes[index] = 0 }
            default:
                // The page headers and the meta pages, where LMDB is most fragile.
                let at =
                    turn % 8 == 3
                    ? page * 4096 + Int.random(in: 0..<64, using: &random)
                    : Int.random(in: 0..<2, using: &random) * 4096 + Int.random(in: 0..<160, using: &random)
                bytes[at] = UInt8.random(in: 0...255, using: &random)
            }
            folder.write("data.mdb", bytes)
            do {
                let damaged = try folder.open(.readOnly)
                #expect(try contents(damaged) == lines, "seed \(seed) turn \(turn)")
                try damaged.close()
                let writer = try folder.open()
                try writer.write { transaction in
                    try transaction.undecodable.removeDay(stream: "s", day: day)
                    try transaction.coverage.put(stream: "t", day: day, [UInt8](repeating: 1, count: 50_000))
                }
                try writer.close()
            } catch StoreError.damaged {
                found += 1
            }
        }
        #expect(found > 30, "seed \(seed)")
    }

    @Test("a healthy environment passes its check after any history", arguments: [UInt64](1...4))
    func healthyHistories(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let store = try folder.open()
        for _ in 0..<40 {
            try store.write { transaction in
                let table = transaction.undecodable
                for _ in 0..<Int.random(in: 0..<60, using: &random) {
                    let target = day.advanced(by: Int.random(in: 0..<6, using: &random))
                    if Int.random(in: 0..<20, using: &random) == 0 {
                        try table.removeDay(stream: "s", day: target)
                    } else {
                        try table.put(
                            stream: "s", day: target,
                            firstMessageNumber: UInt64.random(in: 0..<1000, using: &random),
                            [UInt8](repeating: 1, count: Int.random(in: 0..<12_000, using: &random)))
                    }
                }
            }
            // Nobody writes meanwhile, so the page cache holds a committed state.
            try Store.verify(at: folder.path)
        }
        try store.close()
    }
}
