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

    private let tape: Tape
    private let source: SourceFile
    private let options: ImportOptions
    private let writer: TapeWriter
    private let commits: CommitThread
    private let before: ImportReport
    private let retired: Set<TradingDay>
    private let channel: UInt16
    private var target: SourceImport?
    private var continuing: LedgerEntry?
    private var open: MessagePlace?
    private var skip = SourceMatcher.Skip.first(0)
    private var undecided: StreamMatcher?
    private var withheld: [Withheld] = []
    private var lastPlace: MessagePlace?
    private var endsOpen = false

    /// A payload that may be on the tape already; which is not known yet.
    private struct Withheld {
        let bytes: [UInt8]
        let day: TradingDay
        let facts: PayloadFacts
        let number: Int
    }

    init(
        tape: Tape, source: SourceFile, options: ImportOptions, writer: TapeWriter, commits: CommitThread,
        report: ImportReport, retired: Set<TradingDay>, channel: UInt16
    ) {
        self.tape = tape
        self.source = source
        self.options = options
        self.writer = writer
        self.commits = commits
        self.report = report
        before = report
        self.retired = retired
        self.channel = channel
    }

    /// Messages of the whole import that have been dealt with.
    var processed: Int { report.appended + report.alreadyThere }

    /// Begins with what is known of the source: the import that it continues, if any.
    func begin(_ match: SourceMatcher.Match?) {
        skip = match?.skip ?? .first(0)
        open = match?.open
        continuing = match?.entry
    }

    /// Begins with a source that cannot be read twice: what it continues is found out while it comes.
    func begin(_ matcher: StreamMatcher) { undecided = matcher }

    /// Takes the next payload.
    func accept(_ payload: PayloadReader.Payload, _ day: TradingDay, _ facts: PayloadFacts, number: Int)
        throws(ImportError)
    {
        endsOpen = payload.isOpen
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
                    messages: processed - before.appended - before.alreadyThere,
                    openMessage: endsOpen ? lastPlace : nil))
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
        var isKnown = skip.takes(day)
        if !isKnown { isKnown = try isOpenMessage(payload, day) }
        if isKnown {
            report.alreadyThere += 1
            if !retired.isEmpty, retired.contains(day) { report.retiredDays.insert(day) }
            if endsOpen { lastPlace = placeOfKnown(day) }
            return
        }
        let message = RawMessage(
            payload: payload.baseAddress!, payloadSize: payload.count, number: 0,
            receiveTimeNanos: facts.receiveTime.nanos, channel: channel, direction: 0)
        if target == nil {
            target = SourceImport(
                writer: writer, date: options.date, layout: options.ledgerLayout, continuing: continuing)
        }
        do throws(TapeError) {
            lastPlace = MessagePlace(day: day, number: try target!.append(message, to: day))
        } catch {
            throw .tape(error)
        }
        report.appended += 1
        if let flaw = facts.flaw {
            report.undecodable += 1
            if report.firstUndecodable == nil { report.firstUndecodable = (source.name, number, flaw) }
        }
        if writer.pendingCount >= Importer.groupCountMax { try commit() }
    }

    /// Whether the payload is the message with which an earlier form of the source ended, unchanged. If it has
    /// grown, it is a new message, and the old one is no longer the source's.
    private func isOpenMessage(_ payload: UnsafeRawBufferPointer, _ day: TradingDay) throws(ImportError)
        -> Bool
    {
        guard let place = open else { return false }
        open = nil
        // What retention has removed cannot be compared, and nothing can be added to its day.
        if place.day == day, retired.contains(day) { return true }
        if place.day == day {
            do throws(TapeError) {
                let cursor = try DayCursor(
                    tape: tape, stream: options.stream, day: day, wanted: place.number..<(place.number + 1))
                if let message = try cursor.next()?.first, message.bytes.elementsEqual(payload) {
                    return true
                }
            } catch {
                throw .tape(error)
            }
        }
        continuing = continuing?.excluding(place)
        return false
    }

    /// Where the message stands that has just been passed over as known.
    private func placeOfKnown(_ day: TradingDay) -> MessagePlace? {
        // Only the last payload of a source asks, so the day's last known message is the one.
        guard let last = continuing?.ranges.last(where: { $0.day == day }) else { return nil }
        return MessagePlace(day: day, number: last.end - 1)
    }
}
