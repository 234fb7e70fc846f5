internal import Columns
internal import Feed
internal import Market
internal import Platform
internal import Tape

/// One source on its way to the tape: passes over what is there already, appends the rest, hands groups to
/// the commit thread and counts.
final class SourceRun {
    /// Counts of the whole import so far.
    private(set) var report: ImportReport

    private let source: SourceFile
    private let options: ImportOptions
    private let writer: TapeWriter
    private let commits: CommitThread
    private let before: ImportReport
    private var target: SourceImport?
    private var skip = SourceMatcher.Skip.first(0)
    private var undecided: StreamMatcher?
    private var withheld: [Withheld] = []
    private var openStart: Int64 = -1

    /// A payload that may be on the tape already; which is not known yet.
    private struct Withheld {
        let bytes: [UInt8]
        let day: TradingDay
        let facts: PayloadFacts
        let number: Int
    }

    init(
        source: SourceFile, options: ImportOptions, writer: TapeWriter, commits: CommitThread,
        report: ImportReport
    ) {
        self.source = source
        self.options = options
        self.writer = writer
        self.commits = commits
        self.report = report
        before = report
    }

    /// Messages of the whole import that have been dealt with.
    var processed: Int { report.appended + report.alreadyThere }

    /// Begins with what is known of the source: the import that it continues, if any.
    func begin(_ match: SourceMatcher.Match?) {
        skip = match?.skip ?? .first(0)
        target = SourceImport(
            writer: writer, date: options.date, layout: options.layout.rawValue, continuing: match?.entry)
    }

    /// Begins with a source that cannot be read twice: what it continues is found out while it comes.
    func begin(_ matcher: StreamMatcher) { undecided = matcher }

    /// Takes the next payload.
    func accept(_ payload: PayloadReader.Payload, _ day: TradingDay, _ facts: PayloadFacts, number: Int)
        throws(ImportError)
    {
        if payload.isOpen { openStart = payload.offset }
        guard let matcher = undecided else { return try take(payload.bytes, day, facts, number) }
        withheld.append(Withheld(bytes: Array(payload.bytes), day: day, facts: facts, number: number))
        if try !matcher.mayContinue(payload.bytes, day) { try decide() }
    }

    /// Hands what has been appended to the commit thread.
    func commit() throws(ImportError) {
        guard let group = writer.takeGroup() else { return }
        do { try commits.commit(group, processed: processed) } catch { throw .tape(error) }
    }

    /// Takes what is still withheld when no more payloads come.
    func settle() throws(ImportError) {
        if undecided != nil { try decide() }
        try commit()
    }

    /// Ends a source that has been read to its end, and waits until all of it is durable.
    func end(_ total: ChunkReader.Total?) throws(ImportError) {
        do throws(TapeError) {
            // The line that says it is whole may only be written once everything before it is durable.
            try commits.drain(processed: processed)
            guard let total, let target, report.appended > before.appended else { return }
            try target.end(
                SourceDigest(
                    size: total.size, crc: total.crc, sha256: total.sha256,
                    messages: processed - before.appended - before.alreadyThere, openPayloadStart: openStart))
            if let group = writer.takeGroup() { try commits.commit(group, processed: processed) }
            try commits.drain(processed: processed)
        } catch {
            throw .tape(error)
        }
    }

    private func decide() throws(ImportError) {
        begin(undecided?.best)
        undecided = nil
        let waiting = withheld
        withheld = []
        for payload in waiting {
            // Decoders may read a little behind a payload.
            let padded = payload.bytes + [UInt8](repeating: 0, count: RawMessage.payloadSlack)
            let result = padded.withUnsafeBytes { raw in
                Result { () throws(ImportError) in
                    try take(
                        UnsafeRawBufferPointer(rebasing: raw[..<payload.bytes.count]), payload.day,
                        payload.facts,
                        payload.number)
                }
            }
            try result.get()
        }
    }

    @inline(__always)
    private func take(
        _ payload: UnsafeRawBufferPointer, _ day: TradingDay, _ facts: PayloadFacts, _ number: Int
    ) throws(ImportError) {
        if skip.takes(day) {
            report.alreadyThere += 1
            return
        }
        let message = RawMessage(
            payload: payload.baseAddress!, payloadSize: payload.count, number: 0,
            receiveTimeNanos: facts.receiveTime.nanos, channel: 0, direction: 0)
        do throws(TapeError) { try target!.append(message, to: day) } catch { throw .tape(error) }
        report.appended += 1
        if let flaw = facts.flaw {
            report.undecodable += 1
            if report.firstUndecodable == nil { report.firstUndecodable = (source.name, number, flaw) }
        }
        if writer.pendingCount >= Importer.groupCountMax { try commit() }
    }
}
