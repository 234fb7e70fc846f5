internal import Market
internal import Tape
internal import TestSupport

/// Sealing and pruning, beside a capture that may be running.
extension World {
    /// Days with something that has been acknowledged.
    var requiredDays: [StreamDay] {
        capture.days.filter(capture.isRequired).map { StreamDay(stream: World.wire, day: $0) }
            + imports.days.filter(imports.isRequired).map { StreamDay(stream: World.trades, day: $0) }
    }

    /// Seals some day, for the first time or again.
    func sealOne() {
        let days = requiredDays
        if !days.isEmpty { seal(random.pick(days)) }
    }

    /// Prunes some day that has been sealed.
    func pruneOne() {
        let days = sealed.sorted()
        if !days.isEmpty { prune(random.pick(days), reallyRemove: random.below(5) > 0) }
    }

    /// Seals a day; what is sealed is durable.
    func seal(_ day: StreamDay) {
        let process = ProcessDisk(disk, plan)
        touched.insert(day)
        // A seal that fails on the way may leave a file to which the old one does not belong.
        sealed.remove(day)
        let outcome = attempt("seal", process) { (tape) throws(TapeError) in
            try Seal(tape: tape, stream: day.stream, day: day.day).run()
        }
        guard let outcome, !isDead(process) else { return buried(process) }
        plan.hash.add(outcome.seal.root)
        sealed.insert(day)
        counts.seals += 1
        guard let messages = check(day) else { return }
        if messages.count < outcome.seal.messages {
            violations.append("\(day.stream) of \(day.day) has fewer messages than its seal")
        } else if day.stream == World.wire {
            capture.acknowledge(day.day, Int(outcome.seal.messages))
        }
        checkRows(day, messages)
    }

    /// Removes a sealed day's segments.
    func prune(_ day: StreamDay, reallyRemove: Bool) {
        let process = ProcessDisk(disk, plan)
        touched.insert(day)
        let outcome = attempt("prune", process) { (tape) throws(TapeError) in
            try Prune(tape: tape, stream: day.stream, day: day.day).run(reallyRemove: reallyRemove)
        }
        guard let outcome, !isDead(process) else { return buried(process) }
        if reallyRemove { counts.prunedSegments += outcome.segments.count }
        _ = check(day)
    }

    private func buried(_ process: ProcessDisk) {
        if process.isDead, !plan.isMachineDead { counts.kills += 1 }
    }
}
