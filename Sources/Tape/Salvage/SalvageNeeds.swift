internal import Market
internal import Platform

/// What a damaged day needs: which files have to go, and from which message on it is written anew.
struct SalvageNeeds {
    /// The number from which on messages are written anew; nil: none.
    private(set) var from: UInt64?
    /// Files that are kept under other names.
    private(set) var setAside: [String] = []
    /// The mark as it is; nil where it is unreadable.
    let mark: Mark?
    /// How many messages the day holds, as mark, seal and ledger know.
    let end: UInt64
    /// Where messages are read.
    let source: SalvageSource
    /// Scales of the messages.
    let scales: StreamScales
    /// Whether it is enough to open the day as a writer does.
    let onlyRecovery: Bool

    private let segments: [UInt64]
    /// Messages that a whole seal holds.
    private let sealedCount: UInt64

    private static let sealedRules: Set<FileRule> = [.sealedForm, .sealedLayout, .blockHash, .sealedHash]
    private static let markRules: Set<FileRule> = [.markMissing, .markUnreadable]

    init(
        tape: Tape, stream: StreamName, day: TradingDay, _ findings: [Finding]
    ) throws(TapeError) {
        let rules = Set(findings.compactMap { FileRule(rawValue: $0.rule) })
        onlyRecovery = rules.isSubset(of: [.segmentTail, .segmentLength])
        let directory = tape.path(of: stream, on: day)
        let names = try onDisk { () throws(DiskError) in try tape.disk.list(directory) }
        segments = names.compactMap(SegmentFile.firstNumber(inName:)).sorted()
        let hasSealed = names.contains(SealedFile.name)
        let isSealedWhole = hasSealed && rules.isDisjoint(with: SalvageNeeds.sealedRules)
        let reader = try? SealedReader.openDamaged(tape: tape, stream: stream, day: day)
        sealedCount = isSealedWhole ? reader?.messageCount ?? 0 : 0
        source = SalvageSource(tape: tape, stream: stream, day: day, sealed: reader)
        let scanner = TapeScanner(tape: tape, level: .quick)
        mark = MarkScan(scanner, stream, day, path: "\(directory)/\(Mark.fileName)", mend: "").mark
        let known = try LedgerFacts.read(scanner, stream)?.end(of: day)
        end = max(mark?.nextNumber ?? 0, reader?.messageCount ?? 0, known ?? 0)
        scales = try Catalog.load(tape).stream(stream)?.scales ?? .whole

        if hasSealed, !isSealedWhole {
            from = 0
            setAside = [SealedFile.name, DaySeal.fileName, SanityReport.fileName].filter(names.contains)
        } else {
            from = firstDamaged(findings, rules)
        }
        setAside += damagedSegments(findings, rules).map { SegmentFile.name(firstNumber: $0) }
    }

    /// Checksum of the frame before a number, which begins a segment; 0 where there is none that could be read.
    func chain(before number: UInt64) throws(TapeError) -> UInt32 {
        guard number > 0,
            segments.contains(where: { $0 < number && $0 >= sealedCount || $0 == sealedCount && $0 < number })
        else { return 0 }
        let survey = try HotCursor.Survey(tape: source.tape, stream: source.stream, day: source.day)
        let cursor = HotCursor(
            tape: source.tape, stream: source.stream, day: source.day, wanted: 0..<number, survey,
            sealed: sealedCount)
        while try cursor.next() != nil {}
        return cursor.chain
    }

    private static let rewriting: Set<FileRule> = [
        .frameChecksum, .segmentMissing, .segmentHeader, .segmentChain, .ledgerRange,
    ]

    /// Begin of the first segment that has to be written anew.
    private func firstDamaged(_ findings: [Finding], _ rules: Set<FileRule>) -> UInt64? {
        var first: UInt64?
        for finding in findings {
            guard let rule = FileRule(rawValue: finding.rule), SalvageNeeds.rewriting.contains(rule) else {
                continue
            }
            var place = finding.messages?.lowerBound
            if let segment = segment(finding) { place = min(place ?? segment, segment) }
            guard let place, end(ofSegmentAt: place) > sealedCount else { continue }
            first = min(first ?? UInt64.max, max(place, sealedCount))
        }
        if first == nil, !rules.isDisjoint(with: SalvageNeeds.markRules) {
            // Where the last segment ends is not known without the mark.
            first = max(segments.last ?? 0, sealedCount)
        }
        // A segment is written anew as a whole.
        guard let found = first, let holder = segments.last(where: { $0 <= found }) else { return first }
        return max(holder, sealedCount)
    }

    private func segment(_ finding: Finding) -> UInt64? {
        finding.path?.split(separator: "/").last.flatMap { SegmentFile.firstNumber(inName: String($0)) }
    }

    private func end(ofSegmentAt first: UInt64) -> UInt64 { segments.first { $0 > first } ?? UInt64.max }

    private func damagedSegments(_ findings: [Finding], _ rules: Set<FileRule>) -> [UInt64] {
        let named = Set(findings.compactMap(segment))
        return segments.filter { first in
            if let from, end(ofSegmentAt: first) > from { return true }
            let isTwin = rules.contains(.sealedTwin) && end(ofSegmentAt: first) <= sealedCount
            return isTwin || named.contains(first)
        }
    }
}
