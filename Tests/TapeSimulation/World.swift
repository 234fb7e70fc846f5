internal import Feed
internal import Ingest
internal import Market
internal import Platform
internal import Replay
internal import Tape
internal import TestSupport

/// Some simulated days of one tape: a capture, imports, sealing, pruning and readers on a disk that fails and a
/// machine that dies, beside a plain model of what has to be there. One thread; the seed decides everything.
final class World {
    static let root = "/tape"
    static let wire = try! StreamName("ipot.wire")
    static let trades = try! StreamName("idx.trades")

    let disk: FaultyDisk
    let plan: FaultPlan
    let clock = ManualClock(nanos: 1_770_600_000_000_000_000)
    let segmentSizeMax: Int64
    var random: SplitMix64
    var feed: LineFeed
    var today = TradingDay("2026-02-09")!

    let capture = CaptureModel()
    let imports = ImportModel()
    var captureWriter: (writer: TapeWriter, process: ProcessDisk)?
    /// Days that a seal has been made of.
    var sealed: Set<StreamDay> = []
    /// Days that have to be compared with the model before long.
    var touched: Set<StreamDay> = []

    /// What is wrong; the simulation stops at the first.
    var violations: [String] = []
    var counts = SimulationCounts()
    let directFold = DirectFold()
    let replay: DayReplay

    /// A stream's day.
    struct StreamDay: Hashable, Comparable {
        let stream: StreamName
        let day: TradingDay

        static func < (left: StreamDay, right: StreamDay) -> Bool {
            (left.stream, left.day) < (right.stream, right.day)
        }
    }

    private let traces: Bool
    private let failuresPerTenThousand: Int
    private var isIntruding = false

    init(seed: UInt64, _ options: SimulationOptions) {
        random = SplitMix64(seed: seed)
        // Each seed has its own mix: some worlds never fail but only die, some have room for reserves.
        let reserveSizeMax = random.below(8) == 0 ? 1 << 20 : 1024
        disk = FaultyDisk(reserveSizeMax: reserveSizeMax)
        plan = FaultPlan(seed: random.next(), planted: options.planted)
        traces = options.traces
        plan.liesPerHundred = options.lies ? 20 : 0
        failuresPerTenThousand = [0, 0, 20, 60, 200][random.below(5)]
        segmentSizeMax = Int64([300, 700, 2000, 20_000][random.below(4)])
        feed = LineFeed(seed: random.next())
        replay = DayReplay(tape: Tape(root: World.root, disk: disk, clock: clock, codecs: FeedCodecs()))
    }

    /// The tape as a reader sees it to whom nothing happens.
    var tape: Tape { Tape(root: World.root, disk: disk, clock: clock, codecs: FeedCodecs()) }

    /// Lives through the days and comes to rest.
    func run(days: Int) {
        for _ in 0..<days where violations.isEmpty {
            for _ in 0..<(8 + random.below(8)) where violations.isEmpty { step() }
            if violations.isEmpty { checkDay() }
            today = today.advanced(by: 1)
            counts.days += 1
        }
        if violations.isEmpty { rest() }
        counts.faults = plan.faultCount
        counts.lies = plan.lieCount
        counts.calls = plan.callCount
    }

    /// Runs a process; nil where it failed, which it may only where something was done to it.
    func attempt<Result, Failure: Error>(
        _ name: String, _ process: ProcessDisk, _ body: (Tape) throws(Failure) -> Result
    ) -> Result? {
        plan.hash.add(name)
        let faultsBefore = plan.faultCount
        do {
            let result = try body(Tape(root: World.root, disk: process, clock: clock, codecs: FeedCodecs()))
            trace("\(today) \(name): \(result)\(isDead(process) ? ", and dies" : "")")
            return result
        } catch {
            trace("\(today) \(name): \(isDead(process) ? "dies" : "\(error)")")
            let isExcused =
                process.isDead || plan.isMachineDead || plan.faultCount > faultsBefore || isBusy(error)
            if !isExcused { violations.append("\(name) fails though nothing was done to it: \(error)") }
            return nil
        }
    }

    /// Whether an intruder found a lock held by the process between whose calls it came.
    private func isBusy(_ error: any Error) -> Bool {
        switch error {
        case TapeError.locked, ImportError.tape(.locked): isIntruding
        default: false
        }
    }

    func trace(_ line: @autoclosure () -> String) {
        if traces { print(line()) }
    }

    /// Lets other processes come between two calls of a step: housekeeping between a writer's, a writer between
    /// those of housekeeping.
    private func disturbed(byWriter: Bool, _ step: () -> Void) {
        if random.below(3) == 0 {
            plan.armIntrusion(after: 1 + random.below(40)) { [unowned self] in
                isIntruding = true
                defer { isIntruding = false }
                if byWriter {
                    if random.below(2) == 0 { captureSome() } else { importSome() }
                } else {
                    if random.below(2) == 0 { sealOne() }
                    pruneOne()
                }
            }
        }
        step()
        plan.disarmIntrusion()
    }

    func isDead(_ process: ProcessDisk) -> Bool { process.isDead || plan.isMachineDead }

    private func step() {
        plan.failuresPerTenThousand = failuresPerTenThousand
        plan.isFull = failuresPerTenThousand > 0 && random.below(12) == 0
        if random.below(20) < 13 {
            plan.armDeath(
                after: 1 + random.below(random.below(3) == 0 ? 250 : 60),
                [.process, .machine, .machine][random.below(3)])
        }
        // A clock that steps back, and one that was set wrong, among small steps.
        clock.sleep(
            nanos: [1_000_000, 60_000_000_000, 1_800_000_000_000, -7_200_000_000_000][random.below(4)])
        switch random.below(16) {
        case 0..<6: disturbed(byWriter: false) { captureSome() }
        case 6..<10: disturbed(byWriter: false) { importSome() }
        case 10..<12: disturbed(byWriter: true) { sealOne() }
        case 12..<14: disturbed(byWriter: true) { pruneOne() }
        case 14: disturbed(byWriter: false) { closeCapture() }
        default: readOne()
        }
        bury()
    }

    /// Deals with whoever has died in this step, and now and then ends everybody at a quiet moment.
    func bury() {
        if plan.isMachineDead || random.below(12) == 0 {
            restart()
        } else if let present = captureWriter, present.process.isDead {
            present.writer.abandon()
            captureWriter = nil
            counts.kills += 1
        }
    }

    /// The machine is switched off and on, or all processes are killed, and what is durable is compared.
    private func restart() {
        captureWriter?.process.isDead = true
        captureWriter?.writer.abandon()
        captureWriter = nil
        if random.below(3) > 0 {
            counts.powerCuts += 1
            trace("power cut")
            disk.crash([.nothing, .some, .some, .everything][random.below(4)], seed: random.next())
        } else {
            counts.kills += 1
            trace("all killed")
            disk.kill()
        }
        plan.revive()
        checkTouched()
    }
}
