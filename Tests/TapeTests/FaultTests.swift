import Glibc
import TestSupport
import Testing

@testable import Tape

@Suite struct FaultTests {
    private func expectNone(_ violations: [String]) {
        #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
    }

    @Test("what was acknowledged survives the failure of any call", arguments: FaultyDisk.Call.allCases)
    func anyCall(call: FaultyDisk.Call) throws {
        expectNone(try WriterTrial().exhaust(call, codes: [EIO, ENOSPC]))
    }

    @Test("what was acknowledged survives the end of process or power at any change")
    func anyDeath() throws {
        for seed in UInt64(0)..<2 { expectNone(try WriterTrial(seed: seed << 32).exhaust(nil, codes: [EIO])) }
    }

    @Test("what was acknowledged survives a second end inside recovery")
    func secondDeath() throws {
        expectNone(
            try WriterTrial.untilUnreached { first in
                var reached = false
                let violations = try WriterTrial.untilUnreached { second in
                    var trial = WriterTrial(seed: UInt64(first * 1000 + second), groups: 3)
                    trial.fault = FaultyDisk.Fault(nil, nth: first, code: EIO, isForEver: true)
                    trial.ending = WriterTrial.Ending.allCases[second % 4]
                    trial.second = (
                        FaultyDisk.Fault(nil, nth: second, code: EIO, isForEver: true),
                        WriterTrial.Ending.allCases[(first + second / 4) % 4]
                    )
                    let (violations, fired) = try trial.run()
                    reached = reached || fired
                    if !violations.isEmpty { return .violated(violations) }
                    return fired ? .reached : .unreached
                }
                if !violations.isEmpty { return .violated(violations) }
                return reached ? .reached : .unreached
            })
    }

    @Test("a failed sync, then a restart on the same page cache, then a power cut lose nothing")
    func failedSyncAndRestart() throws {
        for call in [FaultyDisk.Call.syncData, .sync] {
            for seed in UInt64(100)..<103 {
                expectNone(try WriterTrial(seed: seed).exhaust(call, codes: [EIO]))
            }
        }
    }

    @Test("with the reserve that production takes, too, everything survives")
    func withReserve() throws {
        var trial = WriterTrial(groups: 2)
        trial.reserveSizeMax = .max
        for nth in stride(from: 1, to: 60, by: 7) {
            trial.seed = UInt64(nth)
            trial.fault = FaultyDisk.Fault(nil, nth: nth, code: EIO, isForEver: true)
            trial.ending = WriterTrial.Ending.allCases[nth % 4]
            expectNone(try trial.run().violations)
        }
    }
}
