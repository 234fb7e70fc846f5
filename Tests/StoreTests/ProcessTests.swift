import Glibc
import Market
import Testing

@testable import Store

/// What needs a second process: exit tests run their body in one.
@Suite struct ProcessTests {
    let folder = StoreFolder()
    let day = TradingDay("2026-02-10")!

    @Test("a second writing process is refused and told who writes; a reading one is not")
    func secondWriter() async throws {
        let store = try folder.open()
        try store.write { try $0.coverage.put(stream: "s", day: day, [1]) }
        await #expect(processExitsWith: .success) { [path = folder.path as String, pid = getpid() as Int32] in
            #expect(throws: StoreError.busy(path: path, pid: pid)) {
                try Store.open(at: path, access: .readWrite)
            }
            #expect(throws: StoreError.busy(path: path, pid: pid)) { try Store.remove(at: path) }
            let reader = try Store.open(at: path, access: .readOnly) { _ in
                Issue.record("a store with a living writer was checked")
                return false
            }
            try reader.read { transaction throws in
                #expect(try transaction.coverage.get(stream: "s", day: TradingDay("2026-02-10")!) == [1])
            }
            try reader.close()
        }
        try store.close()
    }

    @Test("a reader follows the map that another process enlarges")
    func resizedMap() async throws {
        try folder.open(mapSize: 1 << 20).close()
        let reader = try folder.open(.readOnly)
        try reader.read { transaction throws in
            #expect(try transaction.coverage.get(stream: "s", day: day) == nil)
        }
        await #expect(processExitsWith: .success) { [path = folder.path as String] in
            let store = try Store.open(at: path, access: .readWrite, initialMapSize: 1 << 20)
            try store.write { transaction in
                try transaction.coverage.put(
                    stream: "s", day: TradingDay("2026-02-10")!, [UInt8](repeating: 1, count: 20_000_000))
            }
            try store.close()
        }
        try reader.read { transaction throws in
            #expect(try transaction.coverage.get(stream: "s", day: day)?.count == 20_000_000)
        }
        try reader.close()
    }

    @Test("what a killed writer has committed is still there, what it had begun is not")
    func killedWriter() async throws {
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.path as String] in
            let store = try Store.open(at: path, access: .readWrite)
            let day = TradingDay("2026-02-10")!
            try store.write { try $0.coverage.put(stream: "s", day: day, [1]) }
            try store.write { transaction in
                try transaction.coverage.put(stream: "s", day: day, [2])
                kill(getpid(), SIGKILL)
            }
        }
        #expect(!folder.exists("clean"))
        let store = try folder.open()
        try store.read { transaction throws in
            #expect(try transaction.coverage.get(stream: "s", day: day) == [1])
        }
        try store.close()
    }

    @Test("a write inside a write or a read of the same thread stops the process")
    func nestedWrites() async {
        await #expect(processExitsWith: .failure) { [path = folder.path as String] in
            let store = try Store.open(at: path, access: .readWrite)
            try store.write { _ in try store.write { _ in } }
        }
        await #expect(processExitsWith: .failure) { [path = folder.path as String] in
            let store = try Store.open(at: path, access: .readWrite)
            try store.read { _ in try store.write { _ in } }
        }
    }

    @Test("a transaction used after its end stops the process")
    func escapedTransaction() async {
        await #expect(processExitsWith: .failure) { [path = folder.path as String] in
            let store = try Store.open(at: path, access: .readWrite)
            let escaped = try store.write { $0 }
            _ = try escaped.coverage.get(stream: "s", day: TradingDay("2026-02-10")!)
        }
    }

    @Test("a write that the disk refuses changes nothing, and the store goes on")
    func refusedWrite() async throws {
        await #expect(processExitsWith: .success) { [path = folder.path as String] in
            let day = TradingDay("2026-02-10")!
            let store = try Store.open(at: path, access: .readWrite)
            try store.write { try $0.coverage.put(stream: "s", day: day, [1]) }
            // The file may not grow beyond 1 MiB: write(2) fails like on a full disk.
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 1 << 20, rlim_max: 1 << 20)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let error = #expect(throws: StoreError.self) {
                try store.write { transaction in
                    try transaction.coverage.put(stream: "s", day: day, [2])
                    try transaction.coverage.put(
                        stream: "t", day: day, [UInt8](repeating: 1, count: 5_000_000))
                }
            }
            guard case .io? = error else { exit(3) }
            try store.write { try $0.coverage.put(stream: "u", day: day, [3]) }
            try store.close()
        }
        let store = try folder.open { _ in
            Issue.record("a store closed cleanly was checked")
            return false
        }
        try store.read { transaction throws in
            #expect(try transaction.coverage.get(stream: "s", day: day) == [1])
            #expect(try transaction.coverage.get(stream: "t", day: day) == nil)
            #expect(try transaction.coverage.get(stream: "u", day: day) == [3])
        }
        try store.close()
        try Store.verify(at: folder.path)
    }
}
