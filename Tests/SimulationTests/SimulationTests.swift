import TapeSimulation
import Testing

/// A few days of what `simulation` does by the hundred thousand.
@Suite struct SimulationTests {
    @Test("whatever happens, what was acknowledged is there once and in order", arguments: UInt64(1)...4)
    func holds(seed: UInt64) {
        let outcome = Simulation.run(seed: seed)
        #expect(outcome.violations.isEmpty, "seed \(seed): \(outcome.violations.joined(separator: "\n"))")
        #expect(outcome.counts.crashes > outcome.counts.days && outcome.counts.seals > 0)
    }

    @Test("a seed gives the same events every time, another seed others")
    func repeats() {
        let first = Simulation.run(seed: 7)
        #expect(Simulation.run(seed: 7).hash == first.hash)
        #expect(Simulation.run(seed: 8).hash != first.hash)
    }

    @Test(
        "a sync that is forgotten is found",
        arguments: [
            PlantedBug.segmentNotSynced, .markNotSynced, .ledgerNotSynced, .dayDirectoryNotSynced,
            .sealNotSynced,
        ])
    func findsBugs(bug: PlantedBug) {
        var options = SimulationOptions()
        options.planted = bug
        let isFound = (UInt64(1)...20).contains { !Simulation.run(seed: $0, options).violations.isEmpty }
        #expect(isFound)
    }

    @Test("a disk that lies loses something, and nobody dies of it")
    func liar() {
        var options = SimulationOptions()
        options.lies = true
        let outcomes = (UInt64(1)...5).map { Simulation.run(seed: $0, options) }
        #expect(outcomes.contains { !$0.violations.isEmpty && $0.counts.lies > 0 })
    }
}
