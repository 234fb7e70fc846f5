internal import Market
internal import Platform

/// Scans what belongs to a stream as a whole: its ledger, its chain of seals, and names that are no days.
struct StreamScan {
    private let scanner: TapeScanner
    private let stream: StreamName
    private var tape: Tape { scanner.tape }
    private var directory: String { tape.path(of: stream) }

    init(_ scanner: TapeScanner, _ stream: StreamName) {
        self.scanner = scanner
        self.stream = stream
    }

    func findings() -> [Finding] {
        do throws(TapeError) {
            let names = try onDisk { () throws(DiskError) in try tape.disk.list(directory) }
            let days = try tape.days(of: stream)
            return unknown(names) + (try ledger(days)) + (try chain(days))
        } catch {
            return [scanner.unreadable(error, directory, stream)]
        }
    }

    private static let known: Set<String> = [
        Ledger.fileName, Ledger.markName, DaySeal.chainName, "\(DaySeal.chainName).new", "lock", "seal.lock",
    ]

    private func unknown(_ names: [String]) -> [Finding] {
        names.compactMap { name in
            if StreamScan.known.contains(name) || TradingDay(name) != nil { return nil }
            let path = "\(directory)/\(name)"
            return Finding(
                .note, FileRule.fileUnknown.rawValue, stream: stream, path: path, "not a file of a stream",
                mend: "move \(path) away")
        }
    }

    private func damage(
        _ rule: FileRule, _ path: String, of day: TradingDay? = nil, at offset: Int64? = nil,
        size: Int64? = nil,
        messages: Range<UInt64>? = nil, _ text: String
    ) -> Finding {
        Finding(
            .damage, rule.rawValue, stream: stream, day: day, path: path, offset: offset, size: size,
            messages: messages, text, mend: scanner.mend.restore(path))
    }

    // MARK: Ledger

    private func ledger(_ days: [TradingDay]) throws(TapeError) -> [Finding] {
        let path = "\(directory)/\(Ledger.fileName)"
        let markPath = "\(directory)/\(Ledger.markName)"
        let marks = MarkScan(
            scanner, stream, nil, path: markPath,
            mend: "import anything into \(stream), or \(scanner.mend.restore(markPath))")
        guard let facts = try LedgerFacts.read(scanner, stream) else {
            return days.isEmpty && !marks.exists
                ? [] : [damage(.ledgerMissing, path, "the ledger is missing")]
        }
        var findings = marks.findings
        for flaw in facts.flaws where !isTorn(flaw.offset, flaw.size, facts, marks.mark) {
            findings.append(
                damage(
                    .ledgerLine, path, at: flaw.offset, size: flaw.size,
                    "line \(flaw.line) does not carry its checksum"))
        }
        if let tail = facts.tail, let mark = marks.mark, tail.offset < mark.offset {
            findings.append(
                damage(.ledgerLine, path, at: tail.offset, size: tail.size, "its last line does not end"))
        }
        if let mark = marks.mark {
            findings += check(facts, against: mark, path, hasFlaws: !findings.isEmpty)
        } else if marks.findings.isEmpty, !facts.bytes.isEmpty {
            findings.append(
                Finding(
                    .note, FileRule.ledgerMark.rawValue, stream: stream, path: markPath,
                    "the ledger has no mark: an earlier version wrote it, or the mark is gone",
                    mend: "the next import into \(stream) makes it"))
        }
        return findings + (try sources(facts, days, path))
    }

    /// A line that a killed run has left half written: above the mark, and the last one.
    private func isTorn(_ offset: Int64, _ size: Int64, _ facts: LedgerFacts, _ mark: Mark?) -> Bool {
        guard offset + size == Int64(facts.bytes.count), offset >= mark?.offset ?? 0 else { return false }
        return facts.bytes[Int(offset)...].contains(0)
    }

    private func check(_ facts: LedgerFacts, against mark: Mark, _ path: String, hasFlaws: Bool) -> [Finding]
    {
        let size = Int64(facts.bytes.count)
        guard size >= mark.offset else {
            return [
                damage(
                    .ledgerLength, path, at: size, size: mark.offset - size,
                    "it ends at byte \(size) of \(mark.offset)")
            ]
        }
        let sum = facts.bytes[..<Int(mark.offset)].withUnsafeBytes { CRC32C.checksum($0) }
        guard sum != mark.chain, !hasFlaws else { return [] }
        return [
            damage(
                .ledgerChain, path, at: 0, size: mark.offset,
                "its lines are not those that were written, or not in their order")
        ]
    }

    /// Compares the messages that the ledger knows with those that the days hold.
    private func sources(
        _ facts: LedgerFacts, _ days: [TradingDay], _ path: String
    ) throws(TapeError) -> [Finding] {
        var findings: [Finding] = []
        for (day, ranges) in facts.ranges.sorted(by: { $0.key < $1.key }) where !days.contains(day) {
            guard let end = ranges.map(\.end).max(), end > 0 else { continue }
            findings.append(
                damage(
                    .dayMissing, "\(directory)/\(day)", of: day, messages: 0..<end,
                    "the ledger knows this day, and it is gone"))
        }
        // What is captured has no source that could be imported again.
        guard !["wire", "system", "robot"].contains(stream.content) else { return findings }
        for day in days {
            let mark = MarkScan(scanner, stream, day, path: "\(directory)/\(day)/\(Mark.fileName)", mend: "")
                .mark
            guard let mark, let unknown = facts.unknown(of: day, below: mark.nextNumber) else { continue }
            findings.append(
                damage(
                    .ledgerSource, path, of: day, messages: unknown,
                    "no import in the ledger has brought these messages"))
        }
        return findings
    }

    // MARK: Seals

    private func chain(_ days: [TradingDay]) throws(TapeError) -> [Finding] {
        let chain = try SealChainFile(scanner, stream)
        var findings = chain.flaws.map { flaw in
            damage(
                .sealChain, chain.path, at: flaw.offset, size: flaw.size, "line \(flaw.line) is not a seal's")
        }
        if let tail = chain.tail {
            findings.append(
                damage(.sealChain, chain.path, at: tail.offset, size: tail.size, "it ends in half a line"))
        }
        var sealedDays: [TradingDay] = []
        for link in chain.links {
            guard let day = TradingDay(link.day), !sealedDays.contains(day) else { continue }
            sealedDays.append(day)
            if !days.contains(day) {
                findings.append(
                    damage(
                        .dayMissing, "\(directory)/\(day)", of: day,
                        "the chain of seals names this day, and it is gone"))
            } else if try !hasSeal(day) {
                findings.append(
                    damage(
                        .sealMissing, "\(directory)/\(day)/\(DaySeal.fileName)", of: day,
                        "the chain of seals names this day, and its seal is gone"))
            }
        }
        return findings
    }

    /// Whether the day has a seal or a sealed file of which one can be made; a salvage keeps both aside.
    private func hasSeal(_ day: TradingDay) throws(TapeError) -> Bool {
        let names = try onDisk { () throws(DiskError) in try tape.disk.list("\(directory)/\(day)") }
        return names.contains(SealedFile.name) || names.contains(DaySeal.fileName)
            || names.contains { $0.hasPrefix(SealedFile.name) && $0.hasSuffix(".damaged") }
    }
}
