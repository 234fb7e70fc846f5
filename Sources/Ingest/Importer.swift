public import Feed
public import Market
internal import Platform
internal import Synchronization
public import Tape

/// What an import is to do.
public struct ImportOptions: Sendable {
    /// The stream to append to.
    public var stream: StreamName
    /// The trading day of payloads that carry none.
    public var date: TradingDay?
    /// How sources are cut into payloads.
    public var layout: PayloadSplitter.Layout = .auto
    /// Scales of a new stream; nil: what the stream has, or whole numbers.
    public var scales: StreamScales?
    /// What the sources are about, where their rows do not say.
    public var instrument: Symbol?
    /// How the import's parts take turns.
    package var schedule = ImportSchedule.threads
    /// Largest segment that it writes.
    package var segmentSizeMax = TapeWriter.segmentSizeMaxDefault

    /// Options for a stream.
    public init(stream: StreamName) { self.stream = stream }

    /// How the ledger names the way in which a source is read: another one is another source.
    var ledgerLayout: String { layout.rawValue + (instrument.map { ":\($0)" } ?? "") }
}

/// What an import did.
public struct ImportReport: Sendable, Equatable {
    /// Messages appended.
    public var appended = 0
    /// Messages that were on the tape already.
    public var alreadyThere = 0
    /// Appended messages that will not decode; they are on the tape all the same.
    public var undecodable = 0
    /// The first of them: source, payload number from 1, and why.
    public var firstUndecodable: (source: String, payload: Int, reason: UndecodableReason)?
    /// What recovering the stream after an earlier run met: a line each.
    public var remarks: [String] = []
    /// Days of messages that were on the tape once, and that retention has removed since.
    var retiredDays: Set<TradingDay> = []

    /// Reports of the same counts.
    public static func == (left: ImportReport, right: ImportReport) -> Bool {
        left.appended == right.appended && left.alreadyThere == right.alreadyThere
            && left.undecodable == right.undecodable
    }
}

/// Appends files of raw messages to a stream, so that importing twice adds nothing.
///
/// Three threads joined by bounded queues: one reads, decompresses and hashes; the caller's cuts, dates and
/// frames; one makes groups of up to 10,000 messages durable.
public final class Importer: Sendable {
    private let tape: Tape
    private let options: ImportOptions
    private let isInterrupted = Atomic<Bool>(false)
    private let reading = Mutex<ChunkReader?>(nil)

    /// Most messages that become durable together.
    public static let groupCountMax = 10_000

    /// An importer into a tape.
    public init(tape: Tape, options: ImportOptions) {
        self.tape = tape
        self.options = options
    }

    /// Stops as soon as possible; ``run(_:onDurable:onProgress:)`` then throws ``ImportError/interrupted``
    /// with everything acknowledged on the tape. May be called on any thread.
    public func interrupt() {
        isInterrupted.store(true, ordering: .sequentiallyConsistent)
        reading.withLock { $0?.stop() }
    }

    /// Imports sources one after the other.
    /// - Parameters:
    ///   - paths: Files, `-` for standard input; compressed ones are read as they are.
    ///   - onDurable: Called on the commit thread after each durable group with the number of messages of
    ///     all sources so far that are durable, those already there included.
    ///   - onProgress: Called now and then with messages so far, and raw bytes read and in all of the source.
    /// - Throws: ``ImportError``. What was appended before stays, and the next run continues it.
    public func run(
        _ paths: [String], onDurable: @escaping @Sendable (Int) -> Void = { _ in },
        onProgress: (Int, Int64, Int64?) -> Void = { _, _, _ in }
    ) throws(ImportError) -> ImportReport {
        // A source that cannot be opened is refused before anything is appended.
        for path in paths where path != "-" {
            do { try FileSource.check(path) } catch { throw .source(error) }
        }
        let writer: TapeWriter
        let scales: StreamScales
        let channel: UInt16
        let retired: Set<TradingDay>
        do throws(TapeError) {
            let entry = try Catalog.register(
                options.stream, scales: options.scales, instrument: options.instrument, tape: tape)
            scales = entry.scales ?? .whole
            channel = options.instrument.flatMap { entry.channel(of: $0) } ?? 0
            writer = try TapeWriter(
                tape: tape, stream: options.stream, scales: scales, segmentSizeMax: options.segmentSizeMax)
            do throws(TapeError) {
                // Retention waits for the writer's lock, so this stays true.
                retired = try tape.retiredDays(of: options.stream)
            } catch {
                writer.abandon()
                throw error
            }
        } catch {
            throw .tape(error)
        }
        let commits = CommitThread(writer, options.schedule, onDurable: onDurable)
        var report = ImportReport()
        do throws(ImportError) {
            for path in paths {
                let run = SourceRun(
                    tape: tape, source: SourceFile(path: path), options: options, writer: writer,
                    commits: commits, report: report, retired: retired, channel: channel)
                defer { report = run.report }
                try importSource(
                    SourceFile(path: path), run, writer.ledger.entries, retired,
                    PayloadInspector(
                        priceScale: scales.price, quantityScale: scales.quantity,
                        instrument: options.instrument),
                    onProgress)
            }
        } catch {
            // Everything framed so far is worth keeping, unless it is the tape that failed.
            if case .tape = error {
            } else {
                try? commits.drain(processed: report.appended + report.alreadyThere)
            }
            commits.finish()
            if case .tape = error { writer.abandon() } else { try? writer.close() }
            throw error
        }
        commits.finish()
        report.remarks = writer.recoveryRemarks + (try retirementRemarks(report.retiredDays))
        do { try writer.close() } catch { throw .tape(error) }
        return report
    }

    private func retirementRemarks(_ days: Set<TradingDay>) throws(ImportError) -> [String] {
        var remarks: [String] = []
        do throws(TapeError) {
            for day in days.sorted() {
                guard let tombstone = try tape.tombstone(of: options.stream, on: day) else { continue }
                remarks.append("\(tombstone.explanation); they were not appended again")
            }
        } catch {
            throw .tape(error)
        }
        return remarks
    }

    private func importSource(
        _ source: SourceFile, _ run: SourceRun, _ ledger: [LedgerEntry], _ retired: Set<TradingDay>,
        _ inspector: PayloadInspector, _ onProgress: (Int, Int64, Int64?) -> Void
    ) throws(ImportError) {
        let entries = ledger.filter { $0.date == options.date && $0.layout == options.ledgerLayout }
        if !source.isRepeatable, !entries.isEmpty {
            run.begin(
                StreamMatcher(tape: tape, stream: options.stream, entries: entries, retired: retired))
        } else {
            if options.date == nil, source.isRepeatable { try checkDates(source, inspector) }
            run.begin(try match(entries, retired, source, inspector))
        }

        let opened: SourceFile.Opened
        do { opened = try source.open() } catch { throw .source(error) }
        let chunks = ChunkReader(opened, options.schedule, hashes: true)
        reading.withLock { $0 = chunks }
        defer { reading.withLock { $0 = nil } }
        let reader = PayloadReader(chunks, name: source.name, layout: options.layout)
        var payloads = DatedPayloads(reader, name: source.name, date: options.date, inspector: inspector)
        // A slow source must not keep what it has delivered from becoming durable.
        reader.beforeWaiting = { () throws(ImportError) in try run.commit() }
        var shown = 0

        do throws(ImportError) {
            try payloads.forEach { (payload, day, facts) throws(ImportError) in
                if isInterrupted.load(ordering: .relaxed) { return false }
                try run.accept(payload, day, facts, number: reader.payloadCount)
                if reader.payloadCount - shown >= Importer.groupCountMax {
                    shown = reader.payloadCount
                    onProgress(run.processed, chunks.position.read, chunks.position.size)
                }
                return true
            }
            if isInterrupted.load(ordering: .sequentiallyConsistent) { throw .interrupted }
            try run.settle()
        } catch {
            // What has been appended goes on the tape before the error goes to the user. What is withheld
            // equals what an earlier import brought, and comes again with the same command.
            chunks.stop()
            if case .tape = error {} else { try? run.commit() }
            throw error
        }
        try run.end(reader.total)
    }

    /// Without a date from the user every payload needs its own; a source in which one has none is refused
    /// before anything is appended.
    private func checkDates(_ source: SourceFile, _ inspector: PayloadInspector) throws(ImportError) {
        var pass = try payloads(source, inspector)
        try pass.forEach { (_, _, _) throws(ImportError) in !isInterrupted.load(ordering: .relaxed) }
    }

    private func match(
        _ entries: [LedgerEntry], _ retired: Set<TradingDay>, _ source: SourceFile,
        _ inspector: PayloadInspector
    ) throws(ImportError) -> SourceMatcher.Match? {
        guard !entries.isEmpty else { return nil }
        let matcher = SourceMatcher(tape: tape, stream: options.stream, retired: retired)
        let finished = try matcher.finished(entries, source)
        let killed = try matcher.unfinished(
            entries, { () throws(ImportError) in try payloads(source, inspector) })
        // What covers more of the source; a finished import, where both cover the same.
        guard let killed, killed.count > finished?.count ?? 0 else { return finished }
        return killed
    }

    private func payloads(
        _ source: SourceFile, _ inspector: PayloadInspector
    ) throws(ImportError) -> DatedPayloads {
        let opened: SourceFile.Opened
        do { opened = try source.open() } catch { throw .source(error) }
        let reader = PayloadReader(
            ChunkReader(opened, options.schedule, hashes: false), name: source.name, layout: options.layout)
        return DatedPayloads(reader, name: source.name, date: options.date, inspector: inspector)
    }
}

extension SourceMatcher.Skip {
    /// Whether the next payload, of this day, is on the tape already; counts it.
    mutating func takes(_ day: TradingDay) -> Bool {
        switch self {
        case .first(let count):
            guard count > 0 else { return false }
            self = .first(count - 1)
            return true
        case .perDay(var counts):
            guard let left = counts[day], left > 0 else { return false }
            self = .first(0)
            counts[day] = left - 1
            self = .perDay(counts)
            return true
        }
    }
}
