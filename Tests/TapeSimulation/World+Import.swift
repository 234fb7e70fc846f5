internal import Ingest
internal import Market
internal import Platform
internal import Synchronization
internal import Tape
internal import TestSupport

/// Imports of files and pipes, old and new, whole and growing.
extension World {
    /// Imports one or two sources.
    func importSome() {
        let first = chosen(date: nil)
        var batch = [first]
        if random.below(4) == 0 {
            let second = chosen(date: first.date)
            if second !== first, second.date == first.date { batch.append(second) }
        }
        importAll(batch, asPipe: random.below(4) == 0, interrupt: random.below(12) == 0)
    }

    /// Runs an import, and compares the days of its sources with the model where it could end.
    func importAll(_ batch: [ImportedSource], asPipe: Bool, interrupt: Bool) {
        let process = ProcessDisk(disk, plan)
        var options = ImportOptions(stream: World.trades)
        options.date = batch[0].date
        options.scales = .whole
        options.segmentSizeMax = segmentSizeMax
        options.schedule = .inline(chunkSize: 200 << random.below(6))
        for source in batch {
            for day in source.days.keys { touched.insert(StreamDay(stream: World.trades, day: day)) }
        }
        trace("\(asPipe ? "pipe" : "files") of source \(batch.map { imports.number(of: $0) })")
        let durable = Atomic<Int>(0)
        let report = attempt("import", process) { (tape) throws(ImportError) -> ImportReport? in
            let importer = Importer(tape: tape, options: options)
            func run(_ paths: [String]) -> Result<ImportReport, ImportError> {
                Result { () throws(ImportError) in
                    try importer.run(
                        paths,
                        onDurable: { count in
                            durable.store(count, ordering: .relaxed)
                            if interrupt { importer.interrupt() }
                        })
                }
            }
            let result = asPipe ? batch[0].withPipe { run([$0]) } : run(batch.map(\.path))
            if case .failure(.interrupted) = result { return nil }
            return try result.get()
        }
        acknowledge(asPipe ? [batch[0]] : batch, durable.load(ordering: .relaxed))
        guard !isDead(process) else {
            if !plan.isMachineDead { counts.kills += 1 }
            return
        }
        guard let report = report ?? nil else { return }
        violations += needsHand(report.remarks)
        ended(asPipe ? [batch[0]] : batch, report)
    }

    private func ended(_ batch: [ImportedSource], _ report: ImportReport) {
        let count = batch.reduce(0) { $0 + $1.count }
        if report.appended + report.alreadyThere != count {
            violations.append(
                "import of \(count) payloads counts \(report.appended) and \(report.alreadyThere)")
        }
        for source in batch { source.isWhole = true }
        for day in Set(batch.flatMap(\.days.keys)).sorted() {
            guard let messages = check(StreamDay(stream: World.trades, day: day)) else { return }
            imports.keep(day, messages)
        }
    }

    /// The first payloads of the sources, taken together, are durable.
    private func acknowledge(_ batch: [ImportedSource], _ durable: Int) {
        var left = durable
        for source in batch {
            for (day, count) in source.days(ofFirst: left) {
                source.acknowledged[day] = max(source.acknowledged[day] ?? 0, count)
            }
            left = max(0, left - source.count)
        }
    }

    /// A source: known, grown or new; of the given date where one is asked for.
    private func chosen(date: TradingDay?) -> ImportedSource {
        let known = imports.sources.filter { date == nil || $0.date == date }
        if !known.isEmpty, random.below(2) == 0 {
            let source = random.pick(known)
            if random.below(2) == 0 { grow(source) }
            return source
        }
        let source = imports.add(
            date: date ?? (random.below(3) == 0 ? today.advanced(by: -random.below(3)) : nil))
        grow(source)
        return source
    }

    private func grow(_ source: ImportedSource) {
        var lines: [(TradingDay, String)] = []
        for _ in 0..<(1 + random.below(24)) {
            if let last = lines.last, random.below(5) == 0 {
                lines.append(last)
            } else if let date = source.date {
                lines.append((date, feed.twentyFields()))
            } else {
                let day = today.advanced(by: random.below(8) == 0 ? 1 : -random.below(8) / 5)
                lines.append(
                    (
                        day,
                        random.below(6) == 0
                            ? feed.envelope(day, nanos: clock.wallNanos()) : feed.sixFields(day)
                    ))
            }
        }
        // A line may lack its LF, or some of its end, but not its date.
        let isCut = random.below(4) == 0
        if isCut {
            lines.append(
                (source.date ?? today, source.date == nil ? feed.sixFields(today) : feed.twentyFields()))
        }
        source.grow(lines, cutting: isCut ? 1 + random.below(3) : 0)
        imports.learn(source)
    }
}
