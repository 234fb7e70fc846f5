import Glibc
import Platform
import TestSupport
import Testing

@testable import Tape

/// Retention under faults: a day is there whole or it is gone with a tombstone, and nothing in between.
@Suite struct RetireFaultTests {
    private enum Ending: CaseIterable {
        case goOn
        case kill
        case cut
        case cutKeepingSome
        case cutKeepingAll
    }

    private static let messages = SealTests.messages(16)

    /// A tape whose Monday is sealed; with its segments still beside it, or without.
    private static func made(isPruned: Bool) throws -> (FaultyDisk, DaySeal) {
        let test = try TestTape.made()
        try SealTests.write(messages, test)
        let seal = try SealTests.seal(test).run().seal
        if isPruned { _ = try SealTests.prune(test).run(reallyRemove: true) }
        test.disk.crash(.nothing)
        return (test.disk, seal)
    }

    /// Whether the day is gone; a problem where it is neither there whole nor gone with its proof.
    private static func look(_ test: TestTape, _ seal: DaySeal, _ when: String) -> (isGone: Bool, [String]) {
        do throws(TapeError) {
            let content = try test.read()
            let isWhole = content.messages == messages && content.damages.isEmpty
            return (false, isWhole ? [] : ["\(when): \(content.messages.count), \(content.damages)"])
        } catch {
            guard case .retired(let tombstone) = error, tombstone.seal == seal.hash,
                tombstone.messages == seal.messages, tombstone.rawSha256 == seal.rawSha256
            else { return (false, ["\(when): \(error)"]) }
            return (true, [])
        }
    }

    private static func trial(
        _ whole: FaultyDisk, _ seal: DaySeal, _ fault: FaultyDisk.Fault, _ ending: Ending, seed: UInt64
    ) -> (found: [String], fired: Bool) {
        let disk = whole.copy()
        let test = TestTape(disk)
        var found: [String] = []
        disk.arm(fault)
        do throws(TapeError) {
            _ = try RetireTests.retire(test)
        } catch {
            if !disk.hasFired { found.append("fails without a fault: \(error)") }
        }
        let fired = disk.hasFired
        disk.arm(nil)
        switch ending {
        case .goOn: break
        case .kill: disk.kill()
        case .cut: disk.crash(.nothing)
        case .cutKeepingSome: disk.crash(.some, seed: seed)
        case .cutKeepingAll: disk.crash(.everything)
        }
        let (wasGone, problems) = look(test, seal, "afterwards")
        found += problems
        do throws(TapeError) {
            // The next run finishes it, and a power cut then brings nothing back.
            _ = try RetireTests.retire(test)
            disk.crash(.nothing)
            let (isGone, problems) = look(test, seal, "finished")
            found += problems
            if !isGone { found.append(wasGone ? "it came back" : "it did not go") }
            let names = try onDisk { () throws(DiskError) in
                try disk.list(String(test.path("").dropLast()))
            }
            if names != ["day.json", "mark", "sanity-info.json", "tombstone.json"] {
                found.append("\(names) stay")
            }
            try test.write([[1, 2]], to: TestTape.tuesday)
            let next = try SealTests.seal(test, TestTape.tuesday).run().seal
            if next.previous != seal.hash || next.number != 2 { found.append("the chain is broken") }
        } catch {
            found.append("cannot go on: \(error)")
        }
        if disk.openCount > 0 { found.append("\(disk.openCount) files stay open") }
        return (found.map { "\(fault), \(ending), seed \(seed): \($0)" }, fired)
    }

    @Test(
        "a day stays whole or goes with a tombstone when any call fails", arguments: [false, true],
        FaultyDisk.Call.allCases)
    func anyCall(isPruned: Bool, call: FaultyDisk.Call) throws {
        let (whole, seal) = try RetireFaultTests.made(isPruned: isPruned)
        let violations = WriterTrial.untilUnreached { nth in
            var reached = false
            for code in [EIO, ENOSPC] {
                for isForEver in [false, true] {
                    for (number, ending) in Ending.allCases.enumerated() {
                        let (found, fired) = RetireFaultTests.trial(
                            whole, seal, FaultyDisk.Fault(call, nth: nth, code: code, isForEver: isForEver),
                            ending, seed: UInt64(nth * 16 + number))
                        if !found.isEmpty { return .violated(found) }
                        reached = reached || fired
                    }
                }
            }
            return reached ? .reached : .unreached
        }
        #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
    }

    @Test("a day stays whole or goes with a tombstone when process or power ends at any change")
    func anyDeath() throws {
        for isPruned in [false, true] {
            let (whole, seal) = try RetireFaultTests.made(isPruned: isPruned)
            let violations = WriterTrial.untilUnreached { nth in
                // Nothing changes from the nth change on: the process is dead.
                let fault = FaultyDisk.Fault(nil, nth: nth, code: EIO, isForEver: true)
                for ending in Ending.allCases where ending != .goOn {
                    for seed in UInt64(0)..<(ending == .cutKeepingSome ? 24 : 1) {
                        let (found, fired) = RetireFaultTests.trial(
                            whole, seal, fault, ending, seed: seed * 97 + UInt64(nth))
                        if !found.isEmpty { return .violated(found) }
                        if !fired { return .unreached }
                    }
                }
                return .reached
            }
            #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
        }
    }
}
