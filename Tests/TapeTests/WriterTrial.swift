import TestSupport

@testable import Tape

/// One run of a writer through faults: write until something fails, end the process or the power, recover
/// (perhaps failing again), compare, go on writing, cut the power, compare again.
struct WriterTrial: CustomStringConvertible {
    enum Ending: String, CaseIterable {
        case kill
        case cut
        case cutKeepingSome
        case cutKeepingAll
    }

    var fault: FaultyDisk.Fault?
    var ending = Ending.kill
    /// What fails while the next writer recovers, and how that one ends.
    var second: (fault: FaultyDisk.Fault, ending: Ending)?
    var seed: UInt64 = 1
    var lies: FaultyDisk.Lies = []
    var groups = 5
    var reserveSizeMax = 1024

    var description: String {
        let then = second.map { ", then \($0.fault), \($0.ending)" } ?? ""
        return "seed \(seed): \(fault.map(\.description) ?? "no fault"), \(ending)\(then)"
    }

    /// What went wrong, each with the trial; and whether the faults were reached.
    func run() throws -> (violations: [String], fired: Bool) {
        let disk = FaultyDisk(lies: lies, reserveSizeMax: reserveSizeMax)
        var world = try WriterWorld(disk, seed: seed)
        disk.arm(fault)
        let error = world.write(groups: groups)
        var fired = fault == nil || disk.hasFired
        var found: [String] = []
        if fault == nil, let error { found.append("fails without a fault: \(error)") }
        end(disk, ending, salt: 1)
        if let second {
            disk.arm(second.fault)
            _ = world.write(groups: 1)
            fired = fired && disk.hasFired
            end(disk, second.ending, salt: 2)
        }
        world.recover()
        if let error = world.write(groups: 2) { found.append("cannot go on: \(error)") }
        disk.crash(.nothing)
        found += world.missing(in: world.test.tape)
        world.recover()
        return ((found + world.violations).map { "\(self): \($0)" }, fired)
    }

    private func end(_ disk: FaultyDisk, _ ending: Ending, salt: UInt64) {
        switch ending {
        case .kill: disk.kill()
        case .cut: disk.crash(.nothing)
        case .cutKeepingSome: disk.crash(.some, seed: seed &* 31 &+ salt)
        case .cutKeepingAll: disk.crash(.everything)
        }
    }
}

extension WriterTrial {
    /// Runs trials with the first, second, … call failing, in every way and with every ending, until there
    /// are no more such calls. Returns what went wrong in the first one in which something did.
    func exhaust(_ call: FaultyDisk.Call?, codes: [Int32]) throws -> [String] {
        try WriterTrial.untilUnreached { nth in
            var reached = false
            for code in codes {
                for isForEver in [false, true] {
                    for ending in Ending.allCases {
                        var one = self
                        one.fault = FaultyDisk.Fault(call, nth: nth, code: code, isForEver: isForEver)
                        one.ending = ending
                        one.seed = seed &+ UInt64(nth)
                        let (violations, fired) = try one.run()
                        if !violations.isEmpty { return .violated(violations) }
                        reached = reached || fired
                    }
                }
            }
            return reached ? .reached : .unreached
        }
    }

    enum Step {
        case reached
        case unreached
        case violated([String])
    }

    static func untilUnreached(_ body: (Int) throws -> Step) rethrows -> [String] {
        for nth in 1...5000 {
            switch try body(nth) {
            case .reached: continue
            case .unreached: return []
            case .violated(let violations): return violations
            }
        }
        return ["more calls than a trial can make"]
    }
}
