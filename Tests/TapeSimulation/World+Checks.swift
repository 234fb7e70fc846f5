internal import Market
internal import Replay
internal import Tape
internal import TestSupport

/// Comparisons of the tape with the model, by a reader to whom nothing happens.
extension World {
    /// Reads a day and compares it; nil where something is wrong, or nothing is there and nothing need be.
    func check(_ place: StreamDay) -> [StoredMessage]? {
        let isWire = place.stream == World.wire
        do throws(TapeError) {
            let content = try DayContent(tape, place.stream, place.day)
            // A power cut may tear a mark's newer half, on which nothing rests yet; the next writer mends it.
            let isWritten = content.damages.filter { $0.kind != .mark || !$0.lost.isEmpty }
            var found = isWritten.map(\.description)
            if content.numbers != Array(0..<UInt64(content.numbers.count)) {
                found.append("\(place.day) has holes")
            }
            found +=
                isWire
                ? capture.problems(place.day, content.messages)
                : imports.problems(place.day, content.messages)
            violations += found.map { "\(place.stream): \($0)" }
            counts.comparisons += 1
            plan.hash.add(UInt64(content.numbers.count))
            return found.isEmpty ? content.messages : nil
        } catch {
            if isWire ? capture.isRequired(place.day) : imports.isRequired(place.day) {
                violations.append("\(place.stream) of \(place.day) cannot be read: \(error)")
            }
            return nil
        }
    }

    /// Compares the days that something was done to since they were compared last.
    func checkTouched() {
        for place in touched.sorted() where violations.isEmpty { _ = check(place) }
        touched = []
    }

    /// Compares some day, and what a replay makes of it.
    func readOne() {
        let days = requiredDays
        guard !days.isEmpty else { return }
        let place = random.pick(days)
        if let messages = check(place) { checkRows(place, messages) }
    }

    /// Compares, at the end of a day, everything of this day and the rows of both its streams.
    func checkDay() {
        checkTouched()
        for stream in [World.wire, World.trades] where violations.isEmpty {
            let place = StreamDay(stream: stream, day: today)
            if let messages = check(place) { checkRows(place, messages) }
        }
    }

    /// Compares what a replay makes of a day with the direct fold of its messages.
    func checkRows(_ place: StreamDay, _ messages: [StoredMessage]) {
        do throws(ReplayError) {
            let rows = try replay.rows(of: place.stream, on: place.day)
            for digest in rows.digests { plan.hash.add(digest.hash) }
            if rows != directFold.rows(messages, on: place.day) {
                violations.append(
                    "a replay of \(place.stream) of \(place.day) gives other rows than its messages")
            }
        } catch {
            violations.append("\(place.stream) of \(place.day) cannot be replayed: \(error)")
        }
    }

    /// Everything comes to rest: nothing fails any more, everything is finished, and then all has to be there,
    /// also behind a power cut, and nothing unfinished left.
    func rest() {
        plan.disarmDeath()
        plan.failuresPerTenThousand = 0
        plan.isFull = false
        closeCapture()
        captureSome()
        closeCapture()
        importEverything()
        for place in requiredDays where violations.isEmpty {
            seal(place)
            prune(place, reallyRemove: true)
        }
        if violations.isEmpty { checkLeftovers() }
        disk.crash(.nothing)
        for place in requiredDays where violations.isEmpty { _ = check(place) }
        importEverything()
        if violations.isEmpty, !imports.sources.isEmpty {
            importAll([random.pick(imports.sources)], asPipe: true, interrupt: false)
        }
        if violations.isEmpty { scan() }
        if disk.openCount > 0 { violations.append("\(disk.openCount) files stay open") }
    }

    /// At rest a scan finds nothing: whatever has happened, nothing is left to be mended by hand.
    private func scan() {
        let scanner = TapeScanner(tape: tape, level: .full)
        do throws(TapeError) {
            for unit in try scanner.units() {
                let found = scanner.scan(unit).findings.filter { $0.severity != .note }
                violations += found.map {
                    "a scan finds \($0.rule) in \($0.path ?? $0.stream ?? "the tape"): \($0.text)"
                }
                counts.scans += 1
            }
        } catch {
            violations.append("a scan fails: \(error)")
        }
    }

    private func importEverything() {
        let dates = Set(imports.sources.map(\.date)).sorted {
            ($0?.daysSinceEpoch ?? 0) < ($1?.daysSinceEpoch ?? 0)
        }
        for date in dates where violations.isEmpty {
            importAll(imports.sources.filter { $0.date == date }, asPipe: false, interrupt: false)
        }
    }

    private func checkLeftovers() {
        for place in requiredDays {
            let names = (try? disk.list("\(World.root)/\(place.stream)/\(place.day)")) ?? []
            // A half copy of a torn tail may stay (`tape/FORMAT.md`, "Files"); nothing else may.
            let left = names.filter {
                $0.hasSuffix(".log") || ($0.hasSuffix(".new") && !$0.hasSuffix(".broken.new"))
            }
            violations += left.map { "\($0) stays in \(place.stream) of \(place.day)" }
        }
    }
}
