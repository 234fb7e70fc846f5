internal import Market
internal import Platform

/// Scans a file that holds a mark: a day's or a ledger's.
struct MarkScan {
    let scanner: TapeScanner
    let stream: StreamName
    let day: TradingDay?
    let path: String
    let mend: String

    /// What the file says; nil where that is nothing.
    private(set) var mark: Mark?
    private(set) var findings: [Finding] = []
    /// Whether there is a file.
    private(set) var exists = false

    private static let slots = [0..<Mark.slotSize, 512..<(512 + Mark.slotSize)]

    init(_ scanner: TapeScanner, _ stream: StreamName, _ day: TradingDay?, path: String, mend: String) {
        self.scanner = scanner
        self.stream = stream
        self.day = day
        self.path = path
        self.mend = mend
        look()
        // A writer may just be writing a slot; then it is whole the second time.
        if !findings.isEmpty { look() }
    }

    private mutating func look() {
        (mark, findings, exists) = (nil, [], false)
        do throws(TapeError) {
            guard let bytes = try scanner.bytes(of: path) else { return }
            exists = true
            try read(bytes)
        } catch {
            findings.append(scanner.unreadable(error, path, stream, day))
        }
    }

    private mutating func read(_ bytes: [UInt8]) throws(TapeError) {
        let reading = try onDisk { () throws(DiskError) in
            let file = try scanner.tape.disk.open(path, .read)
            defer { file.close() }
            return try Mark.read(from: file, of: day == nil ? .ledger : .day)
        }
        switch reading {
        case .neverWritten: return
        case .unreadable:
            // With nothing beside it that it could mark.
            if Mark.isUnmade(bytes) { return }
            add(.markUnreadable, at: 0, Int64(bytes.count), "neither of its slots is valid")
            return
        case .mark(let newest, let damagedSlot):
            mark = newest
            if let damagedSlot {
                add(.markSlot, at: damagedSlot, Int64(Mark.slotSize), "one of its two slots is damaged")
            } else if newest.writeCount > 0, let empty = emptySlot(bytes) {
                add(.markSlot, at: Int64(empty), Int64(Mark.slotSize), "one of its two slots is empty")
            } else if let stale = staleSlot(newest, bytes) {
                add(.markSlot, at: stale, Int64(Mark.slotSize), "one of its two slots is of another time")
            }
        }
        if bytes.count != Mark.fileSize, !Mark.isUnmade(bytes) {
            add(
                .markPadding, at: Int64(min(bytes.count, Mark.fileSize)), 0,
                "it has \(bytes.count) bytes, not \(Mark.fileSize)")
        }
        let flaw = bytes.indices.first { index in
            bytes[index] != 0 && !MarkScan.slots.contains { $0.contains(index) }
        }
        if let flaw { add(.markPadding, at: Int64(flaw), 1, "it holds something outside its slots") }
    }

    /// A file that was written to has two slots in use: the first was made with it.
    private func emptySlot(_ bytes: [UInt8]) -> Int? {
        MarkScan.slots.first { slot in
            slot.upperBound > bytes.count || bytes[slot].allSatisfy { $0 == 0 }
        }?.lowerBound
    }

    /// The slots are written in turn, so the older one is of the write before.
    private func staleSlot(_ newest: Mark, _ bytes: [UInt8]) -> Int64? {
        guard newest.writeCount > 0 else { return nil }
        let newer = Int(newest.writeCount % 2)
        func count(_ slot: Int) -> UInt64 {
            bytes[MarkScan.slots[slot]].withUnsafeBytes {
                UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            }
        }
        if count(newer) != newest.writeCount { return Int64(MarkScan.slots[newer].lowerBound) }
        return count(1 - newer) == newest.writeCount - 1 ? nil : Int64(MarkScan.slots[1 - newer].lowerBound)
    }

    private mutating func add(_ rule: FileRule, at offset: Int64, _ size: Int64, _ text: String) {
        findings.append(
            Finding(
                .damage, rule.rawValue, stream: stream, day: day, path: path, offset: offset, size: size,
                text,
                mend: mend))
    }
}
