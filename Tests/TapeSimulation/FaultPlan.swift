internal import Glibc
internal import TestSupport

/// Decides, call by call and from the seed alone, what the disk does: it works, it fails, or the process or the
/// whole machine ends. Keeps the counts and the hash of all that happened.
final class FaultPlan {
    /// What a call comes to.
    enum Verdict {
        case works
        /// The call does nothing and says that it worked.
        case lies
        case fails(Int32)
    }

    /// Who ends.
    enum Scope { case process, machine }

    /// Calls of ten thousand that fail.
    var failuresPerTenThousand = 0
    /// Syncs of a hundred that say they worked and did nothing.
    var liesPerHundred = 0
    /// Whether the disk is full.
    var isFull = false
    /// The call that has no effect.
    let planted: PlantedBug?
    private(set) var faultCount = 0
    private(set) var lieCount = 0
    private(set) var callCount = 0
    private(set) var isMachineDead = false
    var hash = EventHash()
    var random: SplitMix64

    /// What another process does between two calls of this one.
    private var intrusion: (callsLeft: Int, body: () -> Void)?
    private var death: (callsLeft: Int, scope: Scope)?

    init(seed: UInt64, planted: PlantedBug?) {
        random = SplitMix64(seed: seed)
        self.planted = planted
    }

    /// The process that makes the `calls`th call from now dies in it, alone or with all others.
    func armDeath(after calls: Int, _ scope: Scope) { death = (calls, scope) }

    /// Nobody dies.
    func disarmDeath() { death = nil }

    /// Between the `calls`th call from now and the one before, other processes do something.
    func armIntrusion(after calls: Int, _ body: @escaping () -> Void) { intrusion = (calls, body) }

    /// Nobody comes between.
    func disarmIntrusion() { intrusion = nil }

    /// The machine runs again.
    func revive() { isMachineDead = false }

    /// What becomes of a call of a process that may live on.
    func verdict(_ call: FaultyDisk.Call, _ path: String, _ process: ProcessDisk) -> Verdict {
        if isMachineDead || process.isDead { return .fails(EIO) }
        if let armed = intrusion {
            intrusion = armed.callsLeft > 1 ? (armed.callsLeft - 1, armed.body) : nil
            if armed.callsLeft <= 1 { armed.body() }
            if isMachineDead || process.isDead { return .fails(EIO) }
        }
        callCount += 1
        hash.add(path)
        let verdict = decide(call, path, process)
        if case .fails(let code) = verdict { hash.add(UInt64(code)) }
        hash.add(UInt64(call.number))
        return verdict
    }

    private func decide(_ call: FaultyDisk.Call, _ path: String, _ process: ProcessDisk) -> Verdict {
        if var armed = death {
            armed.callsLeft -= 1
            death = armed
            if armed.callsLeft <= 0 {
                death = nil
                process.isDead = true
                isMachineDead = armed.scope == .machine
                return .fails(EIO)
            }
        }
        if isFull, call.takesRoom {
            faultCount += 1
            return .fails(ENOSPC)
        }
        if failuresPerTenThousand > 0, random.below(10_000) < failuresPerTenThousand {
            faultCount += 1
            return .fails([EIO, EIO, ENOSPC, EINTR, EDQUOT][random.below(5)])
        }
        if let planted, planted.swallows(call, path) { return .lies }
        if liesPerHundred > 0, call == .syncData || call == .sync, random.below(100) < liesPerHundred {
            lieCount += 1
            return .lies
        }
        return .works
    }
}

extension FaultyDisk.Call {
    /// Whether a full disk refuses it.
    var takesRoom: Bool {
        switch self {
        case .write, .allocate, .createDirectory: true
        default: false
        }
    }

    /// A number of its own, the same in every run.
    var number: Int {
        switch self {
        case .open: 1
        case .read: 2
        case .list: 3
        case .kind: 4
        case .lock: 5
        case .createDirectory: 6
        case .rename: 7
        case .remove: 8
        case .syncDirectory: 9
        case .write: 10
        case .allocate: 11
        case .truncate: 12
        case .syncData: 13
        case .sync: 14
        case .dropCache: 15
        }
    }
}
