internal import Market
internal import Platform

/// Scans what lies at the top of a tape: `streams.json`, and names that are no streams.
struct CatalogScan {
    private let scanner: TapeScanner
    private var tape: Tape { scanner.tape }
    private var path: String { "\(tape.root)/\(Catalog.fileName)" }

    init(_ scanner: TapeScanner) { self.scanner = scanner }

    func findings() -> [Finding] {
        do throws(TapeError) {
            let names = try onDisk { () throws(DiskError) in try tape.disk.list(tape.root) }
            return try unknown(names) + catalog(names)
        } catch {
            return [scanner.unreadable(error, tape.root, nil)]
        }
    }

    private static let known: Set<String> = [Catalog.fileName, "\(Catalog.fileName).new", ".catalog.lock"]

    private func unknown(_ names: [String]) throws(TapeError) -> [Finding] {
        var findings: [Finding] = []
        for name in names where !CatalogScan.known.contains(name) {
            let path = "\(tape.root)/\(name)"
            let kind = try onDisk { () throws(DiskError) in try tape.disk.kind(of: path) }
            if kind == .directory, (try? StreamName(name)) != nil { continue }
            findings.append(
                Finding(
                    .note, FileRule.fileUnknown.rawValue, path: path, "not a file of a tape",
                    mend: "move \(path) away"))
        }
        return findings
    }

    private func catalog(_ names: [String]) throws(TapeError) -> [Finding] {
        let catalog: Catalog
        do throws(TapeError) {
            catalog = try Catalog.load(tape)
        } catch {
            return [damage(.catalogForm, "\(error)")]
        }
        var findings: [Finding] = []
        if catalog.format != Catalog().format {
            findings.append(damage(.catalogForm, "it has format \(catalog.format)"))
        }
        for stream in try tape.streams() {
            let days = try tape.days(of: stream)
            guard let entry = catalog.stream(stream) else {
                if !days.isEmpty {
                    findings.append(damage(.catalogStream, "\(stream) has days and is not named", stream))
                }
                continue
            }
            findings += check(entry, stream, days)
        }
        for name in catalog.streams.keys.sorted() where !names.contains(name) {
            // So leaves it also an import that was killed at its very beginning.
            findings.append(
                Finding(
                    .note, FileRule.catalogStream.rawValue, path: path,
                    "\(name) is named and has no directory",
                    mend: "import something into \(name), or remove it from \(path)"))
        }
        for feed in catalog.feeds {
            if catalog.streams[feed.stream] == nil {
                findings.append(damage(.catalogStream, "a feed reads \(feed.stream), which is not named"))
            }
            if let from = feed.from, TradingDay(from) == nil {
                findings.append(damage(.catalogForm, "the feed \(feed.stream) begins on no day: '\(from)'"))
            }
        }
        return findings
    }

    private func check(_ entry: Catalog.Stream, _ stream: StreamName, _ days: [TradingDay]) -> [Finding] {
        guard let scales = entry.scales else {
            return [damage(.catalogScales, "\(stream) has impossible scales", stream)]
        }
        guard let lotSize = UInt32(exactly: entry.lotSize), lotSize > 0 else {
            return [damage(.catalogForm, "\(stream) has the lot size \(entry.lotSize)", stream)]
        }
        // Only the last day: scales are fixed by the first import, and every day is compared in its own scan.
        guard let day = days.last, let written = writtenScales(stream, day), written != scales else {
            return []
        }
        return [
            damage(
                .catalogScales,
                "\(stream) has price scale \(scales.price.digits) and quantity scale "
                    + "\(scales.quantity.digits); \(day) was written with \(written.price.digits) and "
                    + "\(written.quantity.digits)", stream)
        ]
    }

    private func writtenScales(_ stream: StreamName, _ day: TradingDay) -> StreamScales? {
        let directory = tape.path(of: stream, on: day)
        if let sealed = try? SealedReader.openIfSealed(tape: tape, stream: stream, day: day) {
            return sealed.index.scales
        }
        guard let first = try? tape.segments(of: stream, on: day).first,
            let file = try? tape.disk.open("\(directory)/\(SegmentFile.name(firstNumber: first))", .read)
        else { return nil }
        defer { file.close() }
        guard let bytes = try? file.bytes(at: 0, count: SegmentHeader.size),
            case .success(let (header, _)) = bytes.withUnsafeBytes(SegmentHeader.decode)
        else { return nil }
        return header.scales
    }

    private func damage(_ rule: FileRule, _ text: String, _ stream: StreamName? = nil) -> Finding {
        Finding(
            .damage, rule.rawValue, stream: stream, path: path, text, mend: scanner.mend.restore(path))
    }
}
