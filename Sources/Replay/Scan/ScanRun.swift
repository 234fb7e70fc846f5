public import Market
internal import Platform
public import Projections
internal import Store
public import Tape

/// What a scan is to look at.
public struct ScanOptions: Sendable {
    /// How deep.
    public var level = ScanLevel.full
    /// Only this stream.
    public var stream: StreamName?
    /// First day.
    public var from: TradingDay?
    /// Last day.
    public var to: TradingDay?
    /// In an audit, only this symbol's rows.
    public var symbol: Symbol?
    /// Only one slice of so many.
    public var slice: (number: Int, count: Int)?
    /// Stops between two units after this time.
    public var durationMaxNanos: Int64?
    /// Goes on where the last run with the same options has stopped.
    public var resumes = false
    /// Only what had findings when it was last looked at, and what never was.
    public var onlyErrors = false
    /// The rules for trades.
    public var rules = RuleSettings()
    /// What an audit replays.
    public var registry = ProjectionRegistry.standard
    /// Days and sessions on which trades are expected.
    public var calendar = TradingCalendar.idx

    /// Everything, fully.
    public init() {}

    /// Whether a day is wanted.
    func contains(_ day: TradingDay) -> Bool {
        from.map { $0 <= day } ?? true && to.map { day <= $0 } ?? true
    }

    func contains(_ unit: ScanUnit) -> Bool {
        switch unit {
        case .tape: if stream != nil { return false }
        case .stream(let name): if let stream, stream != name { return false }
        case .day(let name, let day):
            if let stream, stream != name { return false } else if !contains(day) { return false }
        }
        return slice.map { unit.slice(of: $0.count) == $0.number } ?? true
    }

    /// The options that have to be equal for a run to go on, as text.
    var wanted: String {
        let slice = slice.map { "\($0.number)/\($0.count)" } ?? "-"
        return [
            stream?.text ?? "-", from?.description ?? "-", to?.description ?? "-", symbol?.description ?? "-",
            slice,
            onlyErrors ? "errors" : "all",
        ].joined(separator: " ")
    }
}

/// What a scan came to.
public struct ScanReport: Sendable {
    /// One stream and day.
    public struct Day: Sendable {
        /// The stream.
        public let stream: StreamName
        /// The trading day.
        public let day: TradingDay
        /// Messages on the tape.
        public let messages: UInt64
        /// Counts per minute; nil where the store does not know the day as it is now.
        public let coverage: [CoverageMinute]?
    }

    /// What was found, by unit.
    public internal(set) var findings: [Finding] = []
    /// The days that were looked at.
    public internal(set) var days: [Day] = []
    /// Units that were wanted.
    public internal(set) var unitCount = 0
    /// Units that were looked at, by this run or the one that it goes on with.
    public internal(set) var doneCount = 0
    /// The first unit that was not looked at, where the time was up.
    public internal(set) var next: String?
    /// Whether everything wanted was looked at.
    public var isComplete: Bool { doneCount == unitCount }
}

/// A scan: unit by unit, remembered, within its time.
public struct ScanRun {
    private let tape: Tape
    private let storePath: String
    private let recordPath: String
    private let options: ScanOptions
    private let mend: Mend
    private let scanner: TapeScanner

    /// A scan of a tape and of the store that was built from it, if there is one.
    public init(tape: Tape, storePath: String, recordPath: String, options: ScanOptions) {
        self.tape = tape
        self.storePath = storePath
        self.recordPath = recordPath
        self.options = options
        mend = Mend(tape: tape.root, store: storePath)
        scanner = TapeScanner(tape: tape, level: options.level, mend: mend)
    }

    /// Runs it.
    /// - Parameter onUnit: Called after each unit with how many are done and how many there are; false stops.
    /// - Throws: ``TapeError``, ``DiskError`` of the record, ``ReplayError``.
    public func run(onUnit: (Int, Int) -> Bool = { _, _ in true }) throws -> ScanReport {
        let start = tape.clock.monotonicNanos()
        let record = ScanRecord(path: recordPath, disk: tape.disk)
        defer { record.close() }
        if let stream = options.stream, try !tape.streams().contains(stream) {
            throw TapeError.noStream(stream, root: tape.root)
        }
        var units = try scanner.units().filter(options.contains)
        if options.onlyErrors {
            units = units.filter { record.entries[$0.description].map { !$0.findings.isEmpty } ?? true }
        }
        let earlier = record.entries
        // A run that has seen everything is over: the next one reads everything again.
        let resumes = options.resumes && units.contains { earlier[$0.description]?.run != record.newestRun }
        let run = try record.begin(
            wanted: options.wanted, level: options.level, resumes: resumes, at: tape.clock.wallNanos())
        var report = ScanReport()
        report.unitCount = units.count
        let (store, flaw) = openStore()
        defer { try? store?.close() }
        if let flaw { report.findings.append(flaw) }
        let storeScan = store.map {
            StoreScan(
                tape: tape, store: $0, mend: mend, settings: options.rules, symbol: options.symbol,
                registry: options.registry)
        }
        for unit in units {
            if resumes, let entry = earlier[unit.description], entry.run == run {
                try report.add(entry, unit, storeScan)
                continue
            }
            if let limit = options.durationMaxNanos, tape.clock.monotonicNanos() - start >= limit {
                report.next = report.next ?? unit.description
                continue
            }
            let (entry, day) = try scan(unit, run, storeScan)
            try record.add(entry)
            report.findings += entry.findings
            if let day { report.days.append(day) }
            report.doneCount += 1
            guard onUnit(report.doneCount, report.unitCount) else { throw ReplayError.interrupted }
        }
        return report
    }

    private func openStore() -> (Store?, Finding?) {
        do throws(StoreError) {
            return (try Store.open(at: storePath, access: .readOnly), nil)
        } catch {
            guard case .damaged = error else { return (nil, nil) }
            return (
                nil,
                Finding(
                    .damage, TradeRule.storeDamaged.rawValue, path: storePath, "\(error)",
                    mend: mend.replayAll)
            )
        }
    }

    private func scan(
        _ unit: ScanUnit, _ run: Int, _ store: StoreScan?
    ) throws -> (ScanRecord.Entry, ScanReport.Day?) {
        let outcome = scanner.scan(unit)
        var findings = outcome.findings
        var facts: ScanReport.Day?
        switch unit {
        case .tape: if options.level == .audit, let store { findings += try store.auditSeries() }
        case .stream(let stream):
            let rules = StreamRules(settings: options.rules, mend: mend, calendar: options.calendar)
            findings += rules.findings(
                stream, try tape.days(of: stream), trades: try tradeDays(stream.market),
                isWanted: options.contains)
        case .day(let stream, let day):
            let messages = outcome.messages ?? 0
            let known = try store?.look(stream, day, messages: messages, audits: options.level == .audit)
            findings += known?.findings ?? []
            facts = ScanReport.Day(stream: stream, day: day, messages: messages, coverage: known?.coverage)
            if let coverage = known?.coverage {
                findings += DayRules(settings: options.rules, mend: mend, calendar: options.calendar)
                    .findings(
                        DayFacts(
                            stream: stream, day: day, coverage: coverage, symbolCount: known?.symbolCount,
                            isOver: day < TradingDay(containing: Timestamp(nanos: tape.clock.wallNanos()))))
            }
        }
        let entry = ScanRecord.Entry(
            run: run, unit: unit.description, wanted: nil, level: options.level, at: tape.clock.wallNanos(),
            findings: findings, messages: outcome.messages)
        return (entry, facts)
    }

    /// Days with trades of a market, from its streams of trades.
    private func tradeDays(_ market: String) throws(TapeError) -> [TradingDay] {
        var days: Set<TradingDay> = []
        for stream in try tape.streams() where stream.market == market && stream.content == "trades" {
            days.formUnion(try tape.days(of: stream))
        }
        return days.sorted()
    }
}

extension ScanReport {
    /// Takes over what an earlier part of the run has found.
    fileprivate mutating func add(_ entry: ScanRecord.Entry, _ unit: ScanUnit, _ store: StoreScan?) throws {
        findings += entry.findings
        doneCount += 1
        guard case .day(let stream, let day) = unit else { return }
        let messages = entry.messages ?? 0
        let known = try store?.look(stream, day, messages: messages, audits: false)
        days.append(Day(stream: stream, day: day, messages: messages, coverage: known?.coverage))
    }
}
