internal import Market
internal import Platform

/// Which sources have been imported into a stream, so that importing one again appends only what is new
/// (TAPE "Hot segments"). `tape/FORMAT.md`, "Ledger", describes the file.
///
/// A finished import is known by the size, CRC-32C and SHA-256 of its decompressed bytes. One that was
/// killed has no hash; it is known by the ranges of message numbers that it left on the tape, with which a
/// source is compared payload by payload.
public final class Ledger: @unchecked Sendable {
    /// The imports so far, oldest first; one that was continued later is left out.
    public private(set) var entries: [LedgerEntry] = []
    /// Imports that were killed and whose ranges are still open.
    private(set) var unsettled: [Unsettled] = []

    struct Unsettled {
        var id: Int
        var ranges: [LedgerRange]
        var openRanges: [(TradingDay, UInt64)]
    }

    private let file: any DiskFile
    private var size: Int64
    private var nextID = 1
    private var mark: LedgerMark?

    static let fileName = "ledger"
    static let markName = "ledger.mark"

    private init(file: any DiskFile, size: Int64) {
        self.file = file
        self.size = size
    }

    /// Reads the ledger, makes it with a new stream, and cuts a torn last line, on which nothing rests: a line
    /// is durable before the messages that need it.
    /// - Throws: ``TapeError/notATape(path:detail:)`` where it is damaged otherwise, or gone although there are
    ///   messages: without it they would be imported a second time. Then nothing is changed.
    static func open(tape: Tape, stream: StreamName) throws(TapeError) -> Ledger {
        let directory = tape.path(of: stream)
        let path = "\(directory)/\(fileName)"
        let isNew = try onDisk { () throws(DiskError) in try tape.disk.kind(of: path) == nil }
        if isNew, try hasMessages(tape, stream) {
            throw .notATape(
                path: path,
                detail: "it is missing beside messages; restore it, or import into another stream")
        }
        let file = try onDisk { () throws(DiskError) in
            try tape.disk.open(path, isNew ? .create : .update)
        }
        do throws(TapeError) {
            let bytes = try onDisk { () throws(DiskError) in
                // What a killed run has left is made durable, or forgotten where a sync of it has failed.
                try file.sync()
                try file.dropCache()
                try tape.disk.syncDirectory(directory)
                var bytes = [UInt8](repeating: 0, count: Int(try file.size()))
                let result = bytes.withUnsafeMutableBytes { raw in
                    Result { () throws(DiskError) in try file.read(into: raw, at: 0) }
                }
                _ = try result.get()
                return bytes
            }
            let ledger = Ledger(file: file, size: 0)
            try ledger.load(bytes)
            let whole = Array(bytes[..<Int(ledger.size)])
            ledger.mark = try LedgerMark(tape: tape, directory: directory, ledger: whole)
            do throws(TapeError) {
                if ledger.size < Int64(bytes.count) {
                    try onDisk { () throws(DiskError) in
                        try file.truncate(to: ledger.size)
                        try file.sync()
                    }
                }
            } catch {
                ledger.mark?.close()
                throw error
            }
            return ledger
        } catch {
            file.close()
            throw error
        }
    }

    private static func hasMessages(_ tape: Tape, _ stream: StreamName) throws(TapeError) -> Bool {
        for day in try tape.days(of: stream) {
            if try !tape.segments(of: stream, on: day).isEmpty { return true }
            let sealed = "\(tape.path(of: stream, on: day))/\(SealedFile.name)"
            if try onDisk({ () throws(DiskError) in try tape.disk.kind(of: sealed) }) != nil { return true }
            if try tape.tombstone(of: stream, on: day) != nil { return true }
        }
        return false
    }

    /// Begins an import; the line becomes durable with the first group of its messages.
    /// - Parameter continuing: The entry whose messages the source begins with; its ranges are taken over.
    func begin(date: TradingDay?, layout: String, continuing entry: LedgerEntry?) -> (id: Int, line: String) {
        let id = nextID
        nextID += 1
        var line = "begin \(id) \(date?.description ?? "-") \(layout) \(entry?.id ?? 0)"
        for range in entry?.ranges ?? [] { line += " \(range)" }
        return (id, line)
    }

    func close() {
        file.close()
        mark?.close()
    }

    /// Appends entries and makes them durable. They stand in one line, so that a torn write, of which the end
    /// or any other part may be missing, leaves one bad line, the last.
    func append(_ entries: [String]) throws(DiskError) {
        let body = Array(entries.joined(separator: "\t").utf8)
        let sum = body.withUnsafeBytes { CRC32C.checksum($0) }
        let hex = String(sum, radix: 16)
        let head = String(repeating: "0", count: 8 - hex.count) + hex + " "
        let bytes = Array(head.utf8) + body + [0x0A]
        let result = bytes.withUnsafeBytes { raw in
            Result { () throws(DiskError) in try file.write(raw, at: size) }
        }
        try result.get()
        try file.syncData()
        size += Int64(bytes.count)
        try mark?.advance(over: bytes)
        for entry in entries {
            let isWhole = apply(entry[...])
            precondition(isWhole, "a ledger entry that cannot be read back")
        }
    }

    func settle(_ id: Int, _ ranges: [LedgerRange]) throws(DiskError) {
        let line = (["cut \(id)"] + ranges.map(\.description)).joined(separator: " ")
        try append([line])
    }

    // MARK: Lines

    /// Applies the lines up to a torn last one. What a torn write leaves out is absent or reads as zeros; a
    /// whole line without zeros, or one with others behind it, was durable and has been damaged since.
    private func load(_ bytes: [UInt8]) throws(TapeError) {
        var start = 0
        var number = 1
        while let end = bytes[start...].firstIndex(of: 0x0A) {
            let line = bytes[start..<end]
            guard let body = Ledger.body(of: line) else {
                if line.contains(0), !bytes[(end + 1)...].contains(0x0A) { return }
                throw .notATape(
                    path: file.path,
                    detail: "line \(number) is damaged, so what was imported is not known; restore the file")
            }
            for entry in String(decoding: body, as: UTF8.self).split(separator: "\t") where !apply(entry) {
                throw .notATape(
                    path: file.path, detail: "line \(number) holds what no import writes; restore the file")
            }
            start = end + 1
            number += 1
            size = Int64(start)
        }
    }

    static func body(of line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard line.count > 9, line[line.startIndex + 8] == 0x20,
            let sum = UInt32(String(decoding: line.prefix(8), as: UTF8.self), radix: 16)
        else { return nil }
        let body = line.dropFirst(9)
        return body.withUnsafeBytes({ CRC32C.checksum($0) }) == sum ? body : nil
    }

    /// Applies an entry; one of an unknown kind is passed over. False where it lacks what its kind has.
    private func apply(_ line: Substring) -> Bool {
        let words = line.split(separator: " ")
        guard let kind = words.first, let least = Ledger.wordsMin[String(kind)] else { return true }
        guard words.count >= least, let id = Int(words[1]), id > 0, id < Int.max else { return false }
        nextID = max(nextID, id + 1)
        switch kind {
        case "begin":
            let entry = LedgerEntry(
                id: id, date: TradingDay(words[2]), layout: String(words[3]),
                ranges: words[5...].compactMap { LedgerRange(String($0)) }, digest: nil)
            if let base = Int(words[4]) { entries.removeAll { $0.id == base } }
            entries.append(entry)
            unsettled.append(Unsettled(id: id, ranges: entry.ranges, openRanges: []))
        case "range":
            guard let day = TradingDay(words[2]), let first = UInt64(words[3]) else { return false }
            guard let index = unsettled.firstIndex(where: { $0.id == id }) else { return true }
            unsettled[index].openRanges.append((day, first))
        case "cut":
            unsettled.removeAll { $0.id == id }
            let ranges = LedgerRange.merged(words[2...].compactMap { LedgerRange(String($0)) })
            update(id) { $0.ranges = ranges }
            // An import that left nothing is not worth comparing with.
            if ranges.isEmpty { entries.removeAll { $0.id == id } }
        default:
            guard let digest = SourceDigest(words: words[2..<7]) else { return false }
            unsettled.removeAll { $0.id == id }
            let ranges = LedgerRange.merged(words[7...].compactMap { LedgerRange(String($0)) })
            update(id) {
                $0.digest = digest
                $0.ranges = ranges
            }
        }
        return true
    }

    /// Words of an entry of each kind, ranges left out.
    private static let wordsMin = ["begin": 5, "range": 4, "cut": 2, "end": 7]

    private func update(_ id: Int, _ change: (inout LedgerEntry) -> Void) {
        if let index = entries.firstIndex(where: { $0.id == id }) { change(&entries[index]) }
    }
}
