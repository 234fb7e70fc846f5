internal import Market
internal import Platform

/// What a ledger says, as far as it can be read, and where it is damaged.
struct LedgerFacts {
    /// Where each import's messages are, damaged lines left out.
    private(set) var ranges: [TradingDay: [LedgerRange]] = [:]
    /// Days of imports that have not ended, by import, and from which number on they are its.
    private var open: [Substring: [(day: TradingDay, first: UInt64)]] = [:]
    /// Lines that do not carry their checksum.
    private(set) var flaws: [(line: Int, offset: Int64, size: Int64)] = []
    /// Bytes behind the last whole line.
    private(set) var tail: (offset: Int64, size: Int64)?
    /// The file's bytes.
    let bytes: [UInt8]

    /// A stream's ledger; nil where there is none.
    static func read(_ scanner: TapeScanner, _ stream: StreamName) throws(TapeError) -> LedgerFacts? {
        let path = "\(scanner.tape.path(of: stream))/\(Ledger.fileName)"
        return try scanner.bytes(of: path).map { LedgerFacts($0) }
    }

    /// How many messages of a day finished imports have left; nil where there are none.
    func end(of day: TradingDay) -> UInt64? { ranges[day]?.map(\.end).max() }

    /// The messages of a day, below `end`, that no import has brought.
    func unknown(of day: TradingDay, below end: UInt64) -> Range<UInt64>? {
        var all = ranges[day] ?? []
        for start in open.values.joined() where start.day == day && start.first < end {
            all.append(LedgerRange(day: day, first: start.first, end: end))
        }
        var next: UInt64 = 0
        for range in all.sorted(by: { $0.first < $1.first }) {
            if range.first > next { return next..<min(range.first, end) }
            next = max(next, range.end)
        }
        return next < end ? next..<end : nil
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var start = 0
        var line = 1
        while let end = bytes[start...].firstIndex(of: 0x0A) {
            if let body = Ledger.body(of: bytes[start..<end]) {
                for entry in String(decoding: body, as: UTF8.self).split(separator: "\t") { apply(entry) }
            } else {
                flaws.append((line, Int64(start), Int64(end + 1 - start)))
            }
            start = end + 1
            line += 1
        }
        if start < bytes.count { tail = (Int64(start), Int64(bytes.count - start)) }
    }

    private mutating func apply(_ entry: Substring) {
        let words = entry.split(separator: " ")
        guard let kind = words.first, words.count > 1 else { return }
        if kind == "range", words.count == 4, let day = TradingDay(words[2]), let first = UInt64(words[3]) {
            open[words[1], default: []].append((day, first))
        }
        guard kind == "begin" || kind == "cut" || kind == "end" else { return }
        if kind != "begin" { open[words[1]] = nil }
        for range in words.compactMap({ LedgerRange(String($0)) }) {
            ranges[range.day, default: []].append(range)
        }
    }
}
