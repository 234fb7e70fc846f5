internal import Columns
internal import Market
internal import Platform

/// Scans a day's mark and hot segments.
struct HotScan {
    private let scan: DayScan
    private let names: [String]
    private let sealed: SealedIndex?
    private(set) var mark: Mark?
    private(set) var findings: [Finding] = []

    private var segments: [UInt64] { names.compactMap(SegmentFile.firstNumber(inName:)).sorted() }
    private var markPath: String { "\(scan.directory)/\(Mark.fileName)" }

    /// - Parameters:
    ///   - names: What lies in the day's directory.
    ///   - sealed: The index of the sealed part; nil where there is none that can be read.
    init(_ scan: DayScan, _ names: [String], sealed: SealedIndex?) {
        self.scan = scan
        self.names = names
        self.sealed = sealed
    }

    mutating func run() throws(TapeError) {
        let marks = MarkScan(scan.scanner, scan.stream, scan.day, path: markPath, mend: scan.salvage)
        findings += marks.findings
        mark = marks.mark
        if names.contains(Salvage.planName) {
            let path = "\(scan.directory)/\(Salvage.planName)"
            findings.append(scan.finding(.note, .segmentTail, path, "a salvage has not ended"))
        }
        if mark == nil, marks.findings.isEmpty, !segments.isEmpty || sealed != nil {
            findings.append(
                marks.exists
                    ? scan.finding(.damage, .markUnreadable, markPath, at: 0, "it is empty beside messages")
                    : scan.finding(.damage, .markMissing, markPath, "the mark is missing"))
        }
        if let mark, let sealed, mark.nextNumber < sealed.messageCount {
            findings.append(
                scan.finding(
                    .damage, .markBehind, markPath, messages: mark.nextNumber..<sealed.messageCount,
                    "it stands at message \(mark.nextNumber), the seal holds \(sealed.messageCount)"))
        }
        if scan.scanner.readsContent { try readFrames() } else { try readHeaders() }
        if let mark { try checkEnds(mark) }
    }

    // MARK: Content

    /// The lowest message that hot segments are expected to hold: a seal replaces those before it.
    private var floor: UInt64 {
        guard let sealed else { return 0 }
        return min(segments.first ?? UInt64.max, sealed.messageCount)
    }

    private mutating func readFrames() throws(TapeError) {
        for first in segments { try scan.scanner.forget(path(first)) }
        let survey = try HotCursor.Survey(tape: scan.tape, stream: scan.stream, day: scan.day)
        let cursor = HotCursor(
            tape: scan.tape, stream: scan.stream, day: scan.day, wanted: 0..<UInt64.max, survey, sealed: floor
        )
        var gaps = GapRuns()
        var hash = SHA256()
        var hashed: UInt64 = 0
        while let messages = try cursor.next() {
            for message in messages {
                gaps.add(message)
                if let sealed, floor == 0, message.number == hashed, hashed < sealed.messageCount {
                    hash.update(message.bytes)
                    [UInt8(0x0A)].withUnsafeBytes { hash.update($0) }
                    hashed += 1
                }
            }
        }
        for damage in cursor.damages where damage.kind != .mark { findings.append(finding(damage)) }
        for run in gaps.runs where run.messages.upperBound > sealed?.messageCount ?? 0 {
            findings.append(run.finding(scan, "\(scan.directory)"))
        }
        if let sealed, hashed == sealed.messageCount, hashed > 0, hash.current() != sealed.rawHash {
            findings.append(
                scan.finding(
                    .damage, .sealedTwin, "\(scan.directory)/\(SealedFile.name)", messages: 0..<hashed,
                    "it holds other messages than the segments beside it"))
        }
    }

    private func finding(_ damage: TapeDamage) -> Finding {
        let rule: FileRule =
            switch damage.kind {
            case .frame: .frameChecksum
            case .missing: .segmentMissing
            case .header: .segmentHeader
            case .chain: .segmentChain
            case .mark: .markUnreadable
            case .block: .blockHash
            }
        let text =
            switch damage.kind {
            case .frame: "frames do not carry their checksum"
            case .missing:
                damage.size == 0 && damage.offset == 0
                    ? "the segment before it ends too early, or is missing"
                    : "it ends before the mark, or is missing"
            case .header: "its header is damaged, or is that of another segment"
            case .chain: "it does not continue what stands before it, or does not end as the mark says"
            case .mark: "the mark cannot be read"
            case .block: "a block does not have its hash"
            }
        return scan.finding(
            .damage, rule, damage.path, at: damage.offset, size: damage.size, messages: damage.lost, text)
    }

    // MARK: Form

    private mutating func readHeaders() throws(TapeError) {
        for first in segments where first <= mark?.segmentFirstNumber ?? 0 {
            let path = path(first)
            let bytes = try head(path)
            switch bytes.withUnsafeBytes(SegmentHeader.decode) {
            case .failure(let flaw):
                findings.append(
                    scan.finding(
                        .damage, .segmentHeader, path, at: 0, size: Int64(SegmentHeader.size), flaw.detail))
            case .success(let (header, _)):
                guard header.stream != scan.stream || header.day != scan.day || header.firstNumber != first
                else { continue }
                findings.append(
                    scan.finding(
                        .damage, .segmentHeader, path, at: 0, size: Int64(SegmentHeader.size),
                        "it is segment \(header.firstNumber) of \(header.stream) of \(header.day)"))
            }
        }
        guard let mark, mark.offset > 0, mark.nextNumber > sealed?.messageCount ?? 0,
            !segments.contains(mark.segmentFirstNumber)
        else { return }
        findings.append(
            scan.finding(
                .damage, .segmentMissing, path(mark.segmentFirstNumber), at: 0, size: mark.offset,
                messages: mark.segmentFirstNumber..<mark.nextNumber, "it is missing"))
    }

    private func head(_ path: String) throws(TapeError) -> [UInt8] {
        let file = try onDisk { () throws(DiskError) in try scan.tape.disk.open(path, .read) }
        defer { file.close() }
        return try file.bytes(at: 0, count: SegmentHeader.size)
    }

    // MARK: Ends

    /// Compares where files end with where the mark stands.
    private mutating func checkEnds(_ mark: Mark) throws(TapeError) {
        let inMark = mark.offset > 0 ? mark.segmentFirstNumber : nil
        // Whether the segment before goes on behind the mark: a killed writer may have begun several.
        var goesOn = false
        for first in segments {
            if first == inMark {
                goesOn = try checkMarked(mark)
            } else if inMark == nil || first > inMark! {
                // What a writer has begun and not marked before it was killed is no part of the tape.
                let isLeft = first == mark.nextNumber || goesOn
                goesOn = isLeft
                findings.append(
                    scan.finding(
                        isLeft ? .note : .damage, isLeft ? .segmentTail : .segmentForeign, path(first), at: 0,
                        isLeft ? "it was begun and never acknowledged" : "no segment begins at this message"))
            }
        }
    }

    /// Whether the segment in which the mark is goes on behind it.
    private mutating func checkMarked(_ mark: Mark) throws(TapeError) -> Bool {
        let path = path(mark.segmentFirstNumber)
        let (file, size) = try onDisk { () throws(DiskError) in
            let file = try scan.tape.disk.open(path, .read)
            return (file, try file.size())
        }
        defer { file.close() }
        if size < mark.offset {
            // Read frames tell it themselves, with the messages.
            guard !scan.scanner.readsContent else { return false }
            findings.append(
                scan.finding(
                    .damage, .segmentMissing, path, at: size, size: mark.offset - size,
                    "it ends before the mark"))
        } else if mark.isClosed, size > mark.offset, try !isAlive(mark) {
            // So leaves it also a writer that was killed before it could move the mark.
            findings.append(
                scan.finding(
                    .note, .segmentLength, path, at: mark.offset, size: size - mark.offset,
                    "it was closed at byte \(mark.offset) and goes on behind it, never acknowledged"))
            return true
        } else if !mark.isClosed, let flaw = try firstNonzero(file, from: mark.offset, to: size),
            try !isAlive(mark)
        {
            findings.append(
                scan.finding(
                    .note, .segmentTail, path, at: flaw, size: size - flaw,
                    "bytes behind the mark, which were never acknowledged"))
            return true
        }
        return false
    }

    /// Whether a writer has gone on since the mark was read.
    private func isAlive(_ mark: Mark) throws(TapeError) -> Bool {
        let now = MarkScan(scan.scanner, scan.stream, scan.day, path: markPath, mend: "")
        return now.mark != mark
    }

    private func firstNonzero(
        _ file: any DiskFile, from start: Int64, to end: Int64
    ) throws(TapeError) -> Int64? {
        var offset = start
        while offset < end {
            let bytes = try file.bytes(at: offset, count: Int(min(1 << 20, end - offset)))
            if let index = bytes.firstIndex(where: { $0 != 0 }) { return offset + Int64(index) }
            if bytes.isEmpty { return nil }
            offset += Int64(bytes.count)
        }
        return nil
    }

    private func path(_ first: UInt64) -> String {
        "\(scan.directory)/\(SegmentFile.name(firstNumber: first))"
    }
}
