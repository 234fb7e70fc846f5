internal import Columns
internal import Foundation
internal import Market
internal import Platform

/// Scans a sealed day: `day.tape`, `day.json` and `sanity-info.json`.
struct SealedScan {
    private let scan: DayScan
    private let names: [String]
    /// The index of `day.tape`; nil where there is none that can be read.
    private(set) var index: SealedIndex?
    private(set) var findings: [Finding] = []

    private var path: String { "\(scan.directory)/\(SealedFile.name)" }
    private var sealPath: String { "\(scan.directory)/\(DaySeal.fileName)" }
    private var reportPath: String { "\(scan.directory)/\(SanityReport.fileName)" }
    private var sealAgain: String { scan.scanner.mend.seal(scan.stream, scan.day) }

    init(_ scan: DayScan, _ names: [String]) {
        self.scan = scan
        self.names = names
    }

    mutating func run() {
        do throws(TapeError) {
            guard names.contains(SealedFile.name) else { return try checkUnsealed() }
            if scan.scanner.readsContent { try scan.scanner.forget(path) }
            guard let reader = try open() else { return }
            index = reader.index
            checkLayout(reader.index)
            if scan.scanner.readsContent { try restore(reader) }
            try checkSeal(reader)
        } catch {
            findings.append(scan.scanner.unreadable(error, path, scan.stream, scan.day))
        }
    }

    private mutating func add(
        _ rule: FileRule, _ path: String, at offset: Int64? = nil, size: Int64? = nil, block: Int? = nil,
        messages: Range<UInt64>? = nil, _ text: String, mend: String? = nil, isNote: Bool = false
    ) {
        findings.append(
            scan.finding(
                isNote ? .note : .damage, rule, path, at: offset, size: size, block: block,
                messages: messages,
                text, mend: mend))
    }

    private mutating func checkUnsealed() throws(TapeError) {
        guard names.contains(DaySeal.fileName) else { return }
        add(
            .sealedMissing, path, "the day has a seal and no sealed file",
            mend: scan.scanner.mend.restore(path))
    }

    // MARK: day.tape

    private mutating func open() throws(TapeError) -> SealedReader? {
        do throws(TapeError) {
            return try SealedReader(tape: scan.tape, stream: scan.stream, day: scan.day, path: path)
        } catch {
            guard case .notATape(_, let detail) = error else { throw error }
            let place = try SealedFlaw.place(scan.tape, path)
            add(.sealedForm, path, at: place.offset, size: place.size, detail)
            return nil
        }
    }

    /// Every byte belongs to a column, every message to a block.
    private mutating func checkLayout(_ index: SealedIndex) {
        var end = UInt64(SealedFile.headerSize)
        for column in index.blocks.flatMap(\.columns).sorted(by: { $0.offset < $1.offset }) {
            if column.offset != end {
                add(
                    .sealedLayout, path, at: Int64(clamping: end), "bytes that belong to no column, or to two"
                )
                return
            }
            end += UInt64(column.storedSize)
        }
        var next: UInt64 = 0
        for (number, block) in index.blocks.enumerated() {
            if block.firstNumber != next {
                add(
                    .sealedLayout, path, block: number,
                    "the block does not begin where the one before it ends")
                return
            }
            next += UInt64(block.messageCount)
        }
        if next != index.messageCount {
            add(.sealedLayout, path, "its blocks hold \(next) messages, not \(index.messageCount)")
        }
    }

    private mutating func restore(_ reader: SealedReader) throws(TapeError) {
        let arena = MessageArena()
        var gaps = GapRuns()
        var hash = SHA256()
        var isWhole = true
        for number in 0..<reader.blockCount {
            do throws(TapeError) {
                if let damage = try reader.messages(ofBlock: number, into: arena) {
                    isWhole = false
                    add(
                        .blockHash, path, at: damage.offset, size: damage.size, block: number,
                        messages: damage.lost, "the block does not have its hash, or cannot be restored")
                    continue
                }
            } catch {
                isWhole = false
                add(.blockHash, path, block: number, "\(error)")
                continue
            }
            for message in arena.messages[..<arena.count] {
                gaps.add(message)
                hash.update(message.bytes)
                [UInt8(0x0A)].withUnsafeBytes { hash.update($0) }
            }
        }
        if isWhole, hash.current() != reader.index.rawHash {
            add(.sealedHash, path, "the restored messages do not have the hash of the index")
        }
        for run in gaps.runs { findings.append(run.finding(scan, path)) }
    }

    // MARK: day.json and sanity-info.json

    /// Whether a seal that is running, or was killed, may not have come to its end: only then are the segments that
    /// it replaces still there. The next seal finishes it.
    private var isBeingSealed: Bool { names.contains { SegmentFile.firstNumber(inName: $0) == 0 } }

    private mutating func checkSeal(_ reader: SealedReader) throws(TapeError) {
        guard let bytes = try scan.scanner.bytes(of: sealPath) else {
            return add(
                .sealMissing, sealPath, "the sealed day has no seal", mend: sealAgain, isNote: isBeingSealed)
        }
        let seal = DaySeal.decoded(bytes)
        let chain = try SealChainFile(scan.scanner, scan.stream)
        guard let link = newestLink(chain, seal, root: SHA256.hex(reader.index.root)) else {
            return add(
                .sealChain, chain.path, "it has no line for the seal of the day",
                mend: scan.scanner.mend.restore(chain.path))
        }
        var expected = try DaySeal.derived(tape: scan.tape, sealed: reader, at: link.sealedAt)
        expected.number = link.number
        let before = chain.links.first { $0.number == link.number - 1 }
        expected.previous = before?.hash ?? expected.previous
        if expected.hash == link.hash, expected.root == link.root, expected.day == link.day {
            checkContent(seal, bytes, expected)
        } else {
            // The line before is wrong where the seal tells another hash for it, and is right otherwise.
            expected.previous = seal?.previous ?? expected.previous
            let isBefore = expected.hash == link.hash && before != nil
            let flaw = isBefore ? before! : link
            add(
                .sealChain, chain.path, at: flaw.offset, size: flaw.size,
                "line \(flaw.line) is not the seal of \(flaw.day)",
                mend: scan.scanner.mend.restore(chain.path))
            // Which of the two is wrong is not known where the seal follows from nothing.
            if seal == nil || seal?.sealedAt != link.sealedAt && seal?.hash != link.hash {
                add(
                    .sealContent, sealPath, at: 0, size: Int64(bytes.count), "it may not be the day's seal",
                    mend: sealAgain)
            }
        }
        if let newest = chain.links.last(where: { $0.day == link.day }), newest.number != link.number {
            add(
                .sealChain, sealPath,
                "the day was sealed again as number \(newest.number): an older copy was restored",
                mend: sealAgain)
        }
        try checkReport(SanityReport(tape: scan.tape, sealed: reader, seal: expected).bytes)
    }

    /// The chain's line for what `day.tape` holds; else the one that the seal names.
    private func newestLink(_ chain: SealChainFile, _ seal: DaySeal?, root: String) -> SealChainFile.Link? {
        chain.links.last { $0.day == scan.day.description && $0.root == root }
            ?? chain.links.first { $0.number == seal?.number }
    }

    private mutating func checkContent(_ seal: DaySeal?, _ bytes: [UInt8], _ expected: DaySeal) {
        guard bytes != expected.json else { return }
        add(
            .sealContent, sealPath, at: flaw(bytes, expected.json),
            seal == expected ? "it is written in another form" : "it does not say what day.tape holds",
            mend: sealAgain, isNote: seal == expected)
    }

    private mutating func checkReport(_ expected: [UInt8]) throws(TapeError) {
        guard let bytes = try scan.scanner.bytes(of: reportPath) else {
            return add(
                .reportContent, reportPath, "the sealed day has no sanity report", mend: sealAgain,
                isNote: isBeingSealed)
        }
        guard bytes != expected else { return }
        // The first reports had the codecs as a list, in any order, and no hours.
        let first = firstForm(bytes)
        let found = first ?? values(bytes)
        var wanted = values(expected)
        if first != nil { wanted?["messages_by_hour"] = nil }
        let isEqual = found.map { NSDictionary(dictionary: $0).isEqual(to: wanted ?? [:]) } ?? false
        if isEqual, first != nil, bytes.last == 0x0A { return }
        add(
            .reportContent, reportPath, at: flaw(bytes, expected),
            isEqual ? "it is written in another form" : "it does not say what day.tape holds",
            mend: sealAgain,
            isNote: isEqual)
    }

    private func values(_ bytes: [UInt8]) -> [String: Any]? {
        try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
    }

    /// What a report of the first form says, in today's names; nil where it is of another form.
    private func firstForm(_ bytes: [UInt8]) -> [String: Any]? {
        guard var object = values(bytes), let list = object.removeValue(forKey: "codecs") as? [Int],
            list.count % 2 == 0, object["messages_by_codec"] == nil
        else { return nil }
        let pairs = stride(from: 0, to: list.count, by: 2).map { ("\(list[$0])", list[$0 + 1]) }
        object["messages_by_codec"] = Dictionary(pairs, uniquingKeysWith: { $1 })
        return object
    }

    private func flaw(_ bytes: [UInt8], _ expected: [UInt8]) -> Int64 {
        Int64(zip(bytes, expected).prefix { $0 == $1 }.count)
    }
}

/// Where the frame of a sealed file is damaged.
private enum SealedFlaw {
    static func place(_ tape: Tape, _ path: String) throws(TapeError) -> (offset: Int64, size: Int64) {
        let (file, size) = try onDisk { () throws(DiskError) in
            let file = try tape.disk.open(path, .read)
            return (file, try file.size())
        }
        defer { file.close() }
        let trailer = Int64(SealedFile.trailerSize)
        guard size >= Int64(SealedFile.headerSize) + trailer else { return (size, 0) }
        let head = try file.bytes(at: 0, count: SealedFile.headerSize)
        if let flaw = zip(head, SealedFile.header).enumerated().first(where: { $1.0 != $1.1 }) {
            return (Int64(flaw.offset), 1)
        }
        let tail = try file.bytes(at: size - trailer, count: SealedFile.trailerSize)
        let sum = (Array(tail[..<48]) + head).withUnsafeBytes { CRC32C.checksum($0) }
        let stored = tail.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 48, as: UInt32.self) }
        guard UInt32(littleEndian: stored) == sum,
            Array(tail[52...]) == [0, 0, 0, 0] + Array("JEJAKEND".utf8)
        else { return (size - trailer, trailer) }
        let start = tail.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 0, as: UInt64.self) }
        let offset = Int64(clamping: UInt64(littleEndian: start))
        return (min(offset, size), max(0, size - trailer - offset))
    }
}
