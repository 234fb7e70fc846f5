import Glibc
import TestSupport
import Testing

@testable import Tape

@Suite struct SealFaultTests {
    /// What is done while a call fails.
    enum Work: String, CaseIterable, Sendable {
        case seal
        case sealAgain
        case prune
        case pruneAgain
    }

    /// What happens behind the failure.
    private enum Ending: CaseIterable {
        case goOn
        case kill
        case cut
        case cutKeepingSome
        case cutKeepingAll
    }

    private static let calls: [FaultyDisk.Call] = [
        .open, .write, .sync, .syncData, .rename, .remove, .syncDirectory, .truncate, .allocate, .read, .list,
        .kind, .lock, .dropCache,
    ]

    /// A tape on which `work` is what comes next, all of it durable.
    private static func made(_ work: Work) throws -> (FaultyDisk, [StoredMessage]) {
        let test = try TestTape.made()
        let all = SealTests.messages(24)
        try SealTests.write(Array(all[..<16]), test)
        if work != .seal { _ = try SealTests.seal(test).run() }
        if work == .pruneAgain { _ = try SealTests.prune(test).run(reallyRemove: true) }
        if work == .sealAgain || work == .pruneAgain { try SealTests.write(Array(all[16...]), test) }
        if work == .pruneAgain { _ = try SealTests.seal(test).run() }
        test.disk.crash(.nothing)
        return (test.disk, work == .sealAgain || work == .pruneAgain ? all : Array(all[..<16]))
    }

    private static func run(_ work: Work, _ test: TestTape) throws(TapeError) {
        switch work {
        case .seal, .sealAgain: _ = try SealTests.seal(test).run()
        case .prune, .pruneAgain: _ = try SealTests.prune(test).run(reallyRemove: true)
        }
    }

    /// Everything that was acknowledged, and no more.
    private static func problems(_ test: TestTape, _ messages: [StoredMessage], _ when: String) -> [String] {
        do throws(TapeError) {
            let content = try test.read()
            if content.messages == messages, content.numbers == Array(0..<UInt64(messages.count)),
                content.damages.isEmpty
            {
                return []
            }
            return ["\(when): \(content.messages.count) of \(messages.count), \(content.damages)"]
        } catch {
            return ["\(when): \(error)"]
        }
    }

    /// What went wrong, and whether the fault was reached.
    private static func trial(
        _ work: Work, _ whole: FaultyDisk, _ messages: [StoredMessage], _ fault: FaultyDisk.Fault,
        _ ending: Ending, seed: UInt64
    ) -> (found: [String], fired: Bool) {
        let disk = whole.copy()
        let test = TestTape(disk)
        var found: [String] = []
        disk.arm(fault)
        do throws(TapeError) {
            try run(work, test)
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
        found += problems(test, messages, "afterwards")
        let late = messages + [StoredMessage([1, 2, 3], receiveTimeNanos: 5)]
        do {
            _ = try SealTests.seal(test).run()
            _ = try SealTests.prune(test).run(reallyRemove: true)
            found += problems(test, messages, "sealed and pruned")
            // A power cut here must find all of it.
            disk.crash(.nothing)
            found += problems(test, messages, "after a power cut")
            try SealTests.write([late.last!], test)
            found += problems(test, late, "with a late message")
            let seal = try SealTests.seal(test).run().seal
            _ = try SealTests.prune(test).run(reallyRemove: true)
            found += problems(test, late, "sealed again")
            found += chainProblems(test, seal)
        } catch {
            found.append("cannot go on: \(error)")
        }
        for directory in [test.path(""), "\(TestTape.root)/\(TestTape.stream)/"] {
            let names = (try? disk.list(String(directory.dropLast()))) ?? []
            found += names.filter { $0.hasSuffix(".new") || $0.hasSuffix(".log") }.map { "\($0) stays" }
        }
        if disk.openCount > 0 { found.append("\(disk.openCount) files stay open") }
        return (found.map { "\(work), \(fault), \(ending), seed \(seed): \($0)" }, fired)
    }

    /// The chain's lines have the numbers from 1 on, and the last is that of the seal.
    private static func chainProblems(_ test: TestTape, _ seal: DaySeal) -> [String] {
        let content = test.disk.content("\(TestTape.root)/\(TestTape.stream)/seals") ?? []
        let lines = String(decoding: content, as: UTF8.self).split(separator: "\n")
            .map { $0.split(separator: " ") }
        guard lines.compactMap({ $0.first.flatMap { Int($0) } }) == Array(1...seal.number),
            lines.allSatisfy({ $0.count == 5 }), lines.last!.last! == seal.hash,
            lines.count == 1 || lines[lines.count - 2].last! == seal.previous
        else { return ["the chain is broken: \(lines)"] }
        return []
    }

    private func exhaust(_ work: Work, _ call: FaultyDisk.Call?, _ codes: [Int32]) throws {
        let (whole, messages) = try SealFaultTests.made(work)
        let violations = WriterTrial.untilUnreached { nth in
            var reached = false
            for code in codes {
                for isForEver in [false, true] {
                    for (number, ending) in Ending.allCases.enumerated() {
                        let fault = FaultyDisk.Fault(call, nth: nth, code: code, isForEver: isForEver)
                        let (found, fired) = SealFaultTests.trial(
                            work, whole, messages, fault, ending, seed: UInt64(nth * 16 + number))
                        if !found.isEmpty { return .violated(found) }
                        reached = reached || fired
                    }
                }
            }
            return reached ? .reached : .unreached
        }
        #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
    }

    @Test(
        "what was acknowledged survives the failure of any call", arguments: Work.allCases,
        SealFaultTests.calls)
    func anyCall(work: Work, call: FaultyDisk.Call) throws { try exhaust(work, call, [EIO, ENOSPC]) }

    @Test(
        "what was acknowledged survives the end of process or power at any change", arguments: Work.allCases)
    func anyDeath(work: Work) throws {
        // Nothing changes from the nth change on: the process is dead.
        let (whole, messages) = try SealFaultTests.made(work)
        let violations = WriterTrial.untilUnreached { nth in
            let fault = FaultyDisk.Fault(nil, nth: nth, code: EIO, isForEver: true)
            for ending in Ending.allCases where ending != .goOn {
                for seed in UInt64(0)..<(ending == .cutKeepingSome ? 12 : 1) {
                    let (found, fired) = SealFaultTests.trial(
                        work, whole, messages, fault, ending, seed: seed * 97 + UInt64(nth))
                    if !found.isEmpty { return .violated(found) }
                    if !fired { return .unreached }
                }
            }
            return .reached
        }
        #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
    }
}
