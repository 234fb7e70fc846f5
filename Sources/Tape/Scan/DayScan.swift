internal import Columns
internal import Market
internal import Platform

/// Scans one day of a stream: its mark, its hot segments, its sealed file and what belongs to that.
struct DayScan {
    let scanner: TapeScanner
    let stream: StreamName
    let day: TradingDay

    var tape: Tape { scanner.tape }
    var directory: String { tape.path(of: stream, on: day) }
    var salvage: String { scanner.mend.salvage(stream, day) }

    init(_ scanner: TapeScanner, _ stream: StreamName, _ day: TradingDay) {
        self.scanner = scanner
        self.stream = stream
        self.day = day
    }

    func outcome() -> TapeScanner.Outcome {
        var outcome = TapeScanner.Outcome()
        do throws(TapeError) {
            let names = try onDisk { () throws(DiskError) in try tape.disk.list(directory) }
            outcome.findings += unknown(names)
            if let tombstone = try tape.tombstone(of: stream, on: day) {
                outcome.messages = tombstone.messages
                outcome.findings += try retired(tombstone, names)
                return outcome
            }
            var sealed = SealedScan(self, names)
            sealed.run()
            outcome.findings += sealed.findings
            var hot = HotScan(self, names, sealed: sealed.index)
            try hot.run()
            outcome.findings += hot.findings
            outcome.messages = max(hot.mark?.nextNumber ?? 0, sealed.index?.messageCount ?? 0)
            outcome.findings += try ledgerKnowsMore(than: outcome.messages ?? 0)
        } catch {
            outcome.findings.append(scanner.unreadable(error, directory, stream, day))
        }
        return outcome
    }

    func finding(
        _ severity: Finding.Severity, _ rule: FileRule, _ path: String, at offset: Int64? = nil,
        size: Int64? = nil, block: Int? = nil, messages: Range<UInt64>? = nil, _ text: String,
        mend: String? = nil
    ) -> Finding {
        Finding(
            severity, rule.rawValue, stream: stream, day: day, path: path, offset: offset, size: size,
            block: block, messages: messages, text, mend: mend ?? salvage)
    }

    private static let known: Set<String> = [
        Mark.fileName, SealedFile.name, DaySeal.fileName, SanityReport.fileName, Salvage.planName,
        Tombstone.fileName,
    ]
    private static let knownEndings = [".broken", ".new", ".damaged"]

    private func unknown(_ names: [String]) -> [Finding] {
        names.compactMap { name in
            if DayScan.known.contains(name) || SegmentFile.firstNumber(inName: name) != nil { return nil }
            if DayScan.knownEndings.contains(where: name.hasSuffix) { return nil }
            let path = "\(directory)/\(name)"
            return finding(.note, .fileUnknown, path, "not a file of a day", mend: "move \(path) away")
        }
    }

    /// A day that retention has removed: its seal is the tombstone's, and nothing of its bytes is left.
    private func retired(_ tombstone: Tombstone, _ names: [String]) throws(TapeError) -> [Finding] {
        var findings: [Finding] = []
        let sealPath = "\(directory)/\(DaySeal.fileName)"
        if try DaySeal.load(tape: tape, stream: stream, day: day)?.hash != tombstone.seal {
            findings.append(
                finding(
                    .damage, .sealContent, sealPath,
                    "it is missing, or not the seal that the tombstone names",
                    mend: "restore \(sealPath) from a backup"))
        }
        for name in names where name == SealedFile.name || SegmentFile.firstNumber(inName: name) != nil {
            findings.append(
                finding(
                    .note, .fileUnknown, "\(directory)/\(name)",
                    "retention is removing it, and has not ended",
                    mend: "jejak prune --date \(day) --yes"))
        }
        return findings
    }

    /// A mark and segments that were restored from an older copy fit each other; the ledger knows of more.
    private func ledgerKnowsMore(than end: UInt64) throws(TapeError) -> [Finding] {
        guard let facts = try LedgerFacts.read(scanner, stream), let known = facts.end(of: day), known > end
        else { return [] }
        let path = "\(directory)/\(Mark.fileName)"
        return [
            finding(
                .damage, .ledgerRange, path, messages: end..<known,
                "the day ends at message \(end), the ledger knows \(known) of it: older files were restored, or "
                    + "newer ones are gone")
        ]
    }
}
