import Glibc
import TestSupport
import Testing

@testable import Tape

@Suite struct AcknowledgementTests {
    /// What a reader misses if the power is cut just as a commit returns and nothing unsynced survives.
    private func missingAfterEachAck(_ lies: FaultyDisk.Lies = []) throws -> [String] {
        var found: [String] = []
        for seed in UInt64(1)...20 {
            var world = try WriterWorld(FaultyDisk(lies: lies, reserveSizeMax: 1024), seed: seed)
            let error = world.write(groups: 12) { world in
                let disk = world.test.disk.copy()
                disk.crash(.nothing)
                return world.missing(in: TestTape(disk).tape).map { "seed \(seed): \($0)" }
            }
            #expect(error == nil)
            found += world.violations
        }
        return found
    }

    @Test("an acknowledgement never precedes the durability of frames, mark and names")
    func order() throws {
        let missing = try missingAfterEachAck()
        #expect(missing.isEmpty, "\(missing.joined(separator: "\n"))")
    }

    @Test("a disk that ignores syncs is found out")
    func ignoredSync() throws {
        #expect(try !missingAfterEachAck(.ignoresSyncData).isEmpty)
    }

    @Test("a disk that ignores syncs of directories is found out")
    func ignoredDirectorySync() throws {
        #expect(try !missingAfterEachAck(.ignoresDirectorySync).isEmpty)
    }

    @Test("a disk that does not drop its cache is found out by a failed sync and a restart")
    func undroppedCache() throws {
        var trial = WriterTrial(lies: .lyingDropCache)
        var found = 0
        for seed in UInt64(1)...10 {
            trial.seed = seed
            found += try trial.exhaust(.syncData, codes: [EIO]).isEmpty ? 0 : 1
        }
        #expect(found > 0)
    }
}
