internal import Platform
internal import Synchronization

/// What is simulated.
package struct SimulationOptions: Sendable {
    /// A bug that has to be found.
    package var planted: PlantedBug?
    /// Whether some syncs of the disk lie. What was acknowledged may then be lost, which is counted.
    package var lies = false
    /// Whether each step is printed.
    package var traces = false

    /// A disk that fails and never lies, and an engine as it is.
    package init() {}
}

/// What happened in simulated days.
package struct SimulationCounts: Sendable, Equatable {
    package var days = 0
    package var powerCuts = 0
    package var kills = 0
    package var faults = 0
    package var lies = 0
    package var calls = 0
    package var seals = 0
    package var prunedSegments = 0
    package var comparisons = 0
    package var scans = 0

    /// Nothing yet.
    package init() {}

    /// Ends of processes and of the machine.
    package var crashes: Int { powerCuts + kills }

    /// Adds other days.
    package mutating func add(_ other: SimulationCounts) {
        days += other.days
        powerCuts += other.powerCuts
        kills += other.kills
        faults += other.faults
        lies += other.lies
        calls += other.calls
        seals += other.seals
        prunedSegments += other.prunedSegments
        comparisons += other.comparisons
        scans += other.scans
    }
}

/// What one seed came to.
package struct SimulationOutcome: Sendable {
    /// The seed, which replays it.
    package let seed: UInt64
    /// The hash of every call and result; equal in every run of the seed.
    package let hash: UInt64
    /// What happened.
    package let counts: SimulationCounts
    /// What is wrong.
    package let violations: [String]
}

/// The whole engine on a simulated disk and clock (RELIABILITY §4, figure 9): import, capture, seal, prune and
/// replay, with faults and crashes anywhere, compared with a plain model.
package enum Simulation {
    /// Days that one seed lives through.
    package static let daysPerSeed = 10

    /// Simulates one seed.
    package static func run(seed: UInt64, _ options: SimulationOptions = SimulationOptions())
        -> SimulationOutcome
    {
        let world = World(seed: seed, options)
        world.run(days: daysPerSeed)
        return SimulationOutcome(
            seed: seed, hash: world.plan.hash.value, counts: world.counts, violations: world.violations)
    }

    /// Simulates consecutive seeds on several threads and gives each outcome, in any order, to `body`, which
    /// returns false to stop.
    package static func run(
        seeds: Range<UInt64>, threadCount: Int, _ options: SimulationOptions,
        _ body: (SimulationOutcome) -> Bool
    ) {
        let queue = BoundedQueue<SimulationOutcome>(capacity: 64)
        let work = SharedCounter(next: seeds.lowerBound, end: seeds.upperBound)
        let threads = (0..<threadCount).map { _ in
            Thread {
                while let seed = work.take() {
                    if !queue.push(run(seed: seed, options)) { return }
                }
            }
        }
        for _ in seeds {
            guard let outcome = queue.pop(), body(outcome) else { break }
        }
        queue.close()
        for thread in threads { thread.join() }
    }
}

/// Hands out seeds.
private final class SharedCounter: Sendable {
    private let next: Atomic<UInt64>
    private let end: UInt64

    init(next: UInt64, end: UInt64) {
        self.next = Atomic(next)
        self.end = end
    }

    func take() -> UInt64? {
        let taken = next.add(1, ordering: .relaxed).oldValue
        return taken < end ? taken : nil
    }
}
