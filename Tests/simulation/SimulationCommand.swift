import Glibc
import TapeSimulation

/// `simulation`: lives through simulated days and says what happened.
struct SimulationCommand {
    private var days = 1000
    private var firstSeed: UInt64 = 1
    private var onlySeed: UInt64?
    private var threadCount = 1
    private var isJSON = false
    private var options = SimulationOptions()

    static let usage = """
        usage: simulation [--days N] [--first-seed S] [--seed S] [--threads T] [--planted BUG] [--lies] [--json] [--trace]
        BUG: \(PlantedBug.allCases.map(\.rawValue).joined(separator: ", "))
        Exit 1: something acknowledged was lost or doubled, or needs a hand; the seed is printed and replays it.
        """

    /// What was wrong with the command line.
    struct UsageError: Error, CustomStringConvertible {
        let description: String
    }

    init(_ arguments: [String]) throws(UsageError) {
        var rest = arguments[...]
        func value(_ name: String) throws(UsageError) -> String {
            guard let value = rest.popFirst() else {
                throw UsageError(description: "\(name) needs a value\n\(SimulationCommand.usage)")
            }
            return value
        }
        func number(_ name: String) throws(UsageError) -> UInt64 {
            let text = try value(name)
            guard let number = UInt64(text) else {
                throw UsageError(description: "'\(text)' is no number for \(name)")
            }
            return number
        }
        while let argument = rest.popFirst() {
            switch argument {
            case "--days": days = Int(try number(argument))
            case "--first-seed": firstSeed = try number(argument)
            case "--seed": onlySeed = try number(argument)
            case "--threads": threadCount = max(1, Int(try number(argument)))
            case "--lies": options.lies = true
            case "--json": isJSON = true
            case "--trace": options.traces = true
            case "--planted":
                let name = try value(argument)
                guard let bug = PlantedBug(rawValue: name) else {
                    throw UsageError(description: "'\(name)' is no planted bug\n\(SimulationCommand.usage)")
                }
                options.planted = bug
            default: throw UsageError(description: "unknown argument \(argument)\n\(SimulationCommand.usage)")
            }
        }
    }

    /// Runs it and returns the exit code.
    func run() -> Int32 {
        let first = onlySeed ?? firstSeed
        let seedCount =
            onlySeed != nil ? 1 : UInt64((days + Simulation.daysPerSeed - 1) / Simulation.daysPerSeed)
        var totals = SimulationCounts()
        var hash: UInt64 = 0
        var failed: [SimulationOutcome] = []
        var finished: UInt64 = 0
        let start = seconds()
        Simulation.run(seeds: first..<(first + seedCount), threadCount: threadCount, options) { outcome in
            totals.add(outcome.counts)
            // A sum does not depend on the order in which threads finish.
            hash &+= outcome.hash
            finished += 1
            if !outcome.violations.isEmpty { failed.append(outcome) }
            // With lies, losses are expected; without, one failure is enough.
            return options.lies || failed.isEmpty
        }
        report(first, finished, totals, hash, failed, seconds() - start)
        return failed.isEmpty || options.lies ? 0 : 1
    }

    private func report(
        _ first: UInt64, _ seeds: UInt64, _ totals: SimulationCounts, _ hash: UInt64,
        _ failed: [SimulationOutcome],
        _ elapsed: Double
    ) {
        let perSecond = Int(Double(totals.days) / elapsed)
        let crashesPerDay = Double(totals.crashes * 10 / max(totals.days, 1)) / 10
        let hex = String(hash, radix: 16)
        if isJSON {
            print(
                "{\"first_seed\":\(first),\"seeds\":\(seeds),\"days\":\(totals.days),\"crashes\":\(totals.crashes),"
                    + "\"power_cuts\":\(totals.powerCuts),\"kills\":\(totals.kills),\"faults\":\(totals.faults),"
                    + "\"lies\":\(totals.lies),\"disk_calls\":\(totals.calls),\"seals\":\(totals.seals),"
                    + "\"pruned_segments\":\(totals.prunedSegments),\"comparisons\":\(totals.comparisons),"
                    + "\"scans\":\(totals.scans),"
                    + "\"failed_seeds\":\(failed.map(\.seed).sorted()),\"threads\":\(threadCount),"
                    + "\"seconds\":\(Int(elapsed)),\"days_per_second\":\(perSecond),\"event_hash\":\"\(hex)\"}"
            )
        } else {
            print(
                "\(totals.days) days of \(seeds) seeds from \(first), \(totals.crashes) crashes (\(crashesPerDay) a "
                    + "day), \(totals.faults) faults, \(totals.seals) seals, \(totals.prunedSegments) segments pruned, "
                    + "\(totals.comparisons) comparisons, \(totals.scans) scans; \(perSecond) days/s; event hash \(hex)"
            )
        }
        for outcome in failed.sorted(by: { $0.seed < $1.seed }).prefix(options.lies ? 0 : 3) {
            print("seed \(outcome.seed) fails (simulation --seed \(outcome.seed)):")
            for violation in outcome.violations.prefix(5) { print("  \(violation)") }
        }
        if options.lies { print("\(failed.count) of \(seeds) seeds lost something to a disk that lies") }
    }

    private func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
