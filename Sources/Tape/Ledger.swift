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

    static let fileName = "ledger"

    private init(file: any DiskFile, size: Int64) {
        self.file = file
        self.size = size
    }

    /// Reads the ledger, makes it where there is none, and cuts a torn last line, on which nothing rests:
    /// a line is durable before the messages that need it.
    static func open(tape: Tape, stream: StreamName) throws(TapeError) -> Ledger {
        let directory = tape.path(of: stream)
        let path = "\(directory)/\(fileName)"
        return try onDisk { () throws(DiskError) in
            let isNew = try tape.disk.kind(of: path) == nil
            let file = try tape.disk.open(path, isNew ? .create : .update)
            // What a killed run has left is made durable, or forgotten where a sync of it has failed.
            try file.sync()
            try file.dropCache()
            try tape.disk.syncDirectory(directory)
            var bytes = [UInt8](repeating: 0, count: Int(try file.size()))
            let result = bytes.withUnsafeMutableBytes { raw in
                Result { () throws(DiskError) in try file.read(into: raw, at: 0) }
            }
            _ = try result.get()
            let ledger = Ledger(file: file, size: 0)
            ledger.load(bytes)
            if ledger.size < Int64(bytes.count) {
                try file.truncate(to: ledger.size)
                try file.sync()
            }
            return ledger
        }
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

    func close() { file.close() }

    /// Appends lines and makes them durable.
    func append(_ lines: [String]) throws(DiskError) {
        var bytes: [UInt8] = []
        for line in lines {
            let body = Array(line.utf8)
            let sum = body.withUnsafeBytes { CRC32C.checksum($0) }
            let hex = String(sum, radix: 16)
            bytes += Array((String(repeating: "0", count: 8 - hex.count) + hex + " ").utf8) + body + [0x0A]
        }
        let result = bytes.withUnsafeBytes { raw in
            Result { () throws(DiskError) in try file.write(raw, at: size) }
        }
        try result.get()
        try file.syncData()
        size += Int64(bytes.count)
        for line in lines { apply(line) }
    }

    func settle(_ id: Int, _ ranges: [LedgerRange]) throws(DiskError) {
        let line = (["cut \(id)"] + ranges.map(\.description)).joined(separator: " ")
        try append([line])
    }

    // MARK: Lines

    private func load(_ bytes: [UInt8]) {
        var start = 0
        while let end = bytes[start...].firstIndex(of: 0x0A) {
            let line = bytes[start..<end]
            guard line.count > 9, let sum = UInt32(String(decoding: line.prefix(8), as: UTF8.self), radix: 16)
            else { return }
            let body = Array(line.dropFirst(9))
            guard body.withUnsafeBytes({ CRC32C.checksum($0) }) == sum else { return }
            apply(String(decoding: body, as: UTF8.self))
            start = end + 1
            size = Int64(start)
        }
    }

    private func apply(_ line: String) {
        let words = line.split(separator: " ")
        guard words.count >= 2, let id = Int(words[1]) else { return }
        nextID = max(nextID, id + 1)
        switch words[0] {
        case "begin":
            let entry = LedgerEntry(
                id: id, date: TradingDay(words[2]), layout: String(words[3]),
                ranges: words[5...].compactMap { LedgerRange(String($0)) }, digest: nil)
            if let base = Int(words[4]) { entries.removeAll { $0.id == base } }
            entries.append(entry)
            unsettled.append(Unsettled(id: id, ranges: entry.ranges, openRanges: []))
        case "range":
            guard let index = unsettled.firstIndex(where: { $0.id == id }), let day = TradingDay(words[2]),
                let first = UInt64(words[3])
            else { return }
            unsettled[index].openRanges.append((day, first))
        case "cut":
            unsettled.removeAll { $0.id == id }
            let ranges = LedgerRange.merged(words[2...].compactMap { LedgerRange(String($0)) })
            update(id) { $0.ranges = ranges }
            // An import that left nothing is not worth comparing with.
            if ranges.isEmpty { entries.removeAll { $0.id == id } }
        case "end":
            unsettled.removeAll { $0.id == id }
            guard let digest = SourceDigest(words: words[2..<7]) else { return }
            let ranges = LedgerRange.merged(words[7...].compactMap { LedgerRange(String($0)) })
            update(id) {
                $0.digest = digest
                $0.ranges = ranges
            }
        default:
            return
        }
    }

    private func update(_ id: Int, _ change: (inout LedgerEntry) -> Void) {
        if let index = entries.firstIndex(where: { $0.id == id }) { change(&entries[index]) }
    }
}
