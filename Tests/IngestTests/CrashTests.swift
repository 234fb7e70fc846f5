import Glibc
import TestSupport
import Testing

@testable import Ingest

/// Imports that are killed, and given the same sources again.
@Suite struct CrashTests {
    /// Imports three sources, dying at random changes of the disk, until it ends; returns what is wrong then.
    private func trial(_ seed: UInt64, sizes: [Int], lies: FaultyDisk.Lies = []) throws -> [String] {
        var random = SplitMix64(seed: seed)
        let test = ImportedTape(disk: FaultyDisk(lies: lies, reserveSizeMax: 1024))
        var paths: [String] = []
        var expected: [String: [String]] = ["2026-02-09": [], "2026-02-10": []]
        for (index, size) in sizes.enumerated() {
            // Distinct first lines: no source is the beginning of another.
            let lines =
                ["20260209|08590\(index)|HEAD|100|1|S"]
                + ImportedTape.lines(size / 2 + random.below(size / 2), seed: random.next())
            paths.append(test.source("\(index).txt", lines.map { $0 + "\n" }.joined()))
            for line in lines {
                expected[line.hasPrefix("20260209") ? "2026-02-09" : "2026-02-10", default: []].append(line)
            }
        }
        var died = 0
        for _ in 0..<(1 + random.below(3)) {
            test.disk.arm(FaultyDisk.Fault(nil, nth: 1 + random.below(90), code: EIO, isForEver: true))
            if (try? test.run(paths)) == nil { died += 1 }
            switch random.below(3) {
            case 0: test.disk.kill()
            case 1: test.disk.crash(.nothing)
            default: test.disk.crash(.some, seed: random.next())
            }
        }
        let report = try test.run(paths)
        test.disk.crash(.nothing)
        var found: [String] = []
        let total = expected.values.reduce(0) { $0 + $1.count }
        if report.appended + report.alreadyThere != total { found.append("counts \(report), has \(total)") }
        for (day, lines) in expected where !lines.isEmpty {
            let texts = try test.texts(day)
            if texts != lines {
                found.append("\(day) has \(texts.count) payloads of \(lines.count), or others")
            }
        }
        if try test.run(paths).appended != 0 { found.append("a repetition appends") }
        return found.map { "seed \(seed), died \(died) times: \($0)" }
    }

    @Test("an import killed at any moment and repeated brings every payload once", arguments: 0..<10)
    func killed(batch: Int) throws {
        for seed in 0..<20 {
            let violations = try trial(UInt64(batch * 20 + seed), sizes: [40, 30, 20])
            #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
        }
    }

    @Test("so does one of many groups")
    func manyGroups() throws {
        let violations = try trial(1000, sizes: [24_000, 10])
        #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
    }

    @Test(
        "a disk that breaks a promise is found out",
        arguments: [FaultyDisk.Lies.ignoresSyncData, .ignoresDirectorySync])
    func liar(lies: FaultyDisk.Lies) throws {
        let isFound = (0..<20).contains { seed in
            // A tape that cannot be read any more is found out, too.
            guard let violations = try? trial(UInt64(seed), sizes: [20, 20, 20], lies: lies) else {
                return true
            }
            return !violations.isEmpty
        }
        #expect(isFound)
    }
}
