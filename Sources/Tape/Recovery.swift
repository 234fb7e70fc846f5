internal import Columns
internal import Market
internal import Platform

/// Brings a day's files into a state in which a writer may go on (TAPE "Hot segments", RELIABILITY §0).
///
/// After a clean close the last segment is simply continued. Otherwise nothing in the page cache is
/// believed: the last segment is read from the disk, whole frames above the mark are kept, a torn tail is
/// copied to a `.broken` file and cut, and the writer goes on in a new segment. Below the mark nothing is
/// ever changed. Every step can be repeated after a crash in the middle of it.
struct Recovery {
    let tape: Tape
    let stream: StreamName
    let day: TradingDay

    /// Where the writer goes on.
    struct Outcome {
        var mark: Mark
        /// The segment to continue; nil: begin a new one at `mark.nextNumber`.
        var resume: (firstNumber: UInt64, offset: Int64)?
        /// What was found damaged or kept aside; one line each.
        var remarks: [String] = []
    }

    private var directory: String { tape.path(of: stream, on: day) }
    private var disk: any Disk { tape.disk }

    /// Opens or makes the day, and its mark, and recovers it.
    func run() throws(TapeError) -> Outcome {
        // Between its steps the day is half the old one and half the new one.
        try SalvagePlan.finish(tape: tape, directory: directory)
        let sealed = try SealedReader.openIfSealed(tape: tape, stream: stream, day: day)?.messageCount
        let markPath = "\(directory)/\(Mark.fileName)"
        if sealed != nil, try onDisk({ () throws(DiskError) in try disk.kind(of: markPath) }) == nil {
            throw .notATape(path: markPath, detail: "it is missing beside a sealed day; restore the file")
        }
        let markFile = try onDisk(openMark)
        defer { markFile.close() }
        let (mark, isTorn): (Mark, Bool)
        switch try onDisk({ () throws(DiskError) in try Mark.read(from: markFile) }) {
        case .mark(let newest, let damagedSlot): (mark, isTorn) = (newest, damagedSlot != nil)
        case .neverWritten: (mark, isTorn) = (Mark(isClosed: false), false)
        case .unreadable:
            throw .notATape(
                path: markFile.path,
                detail: "its mark is unreadable, so nothing may be cut or appended; restore the file")
        }
        let outcome = try onDisk { () throws(DiskError) in try recover(mark, isTorn, markFile) }
        // What is appended behind such a mark would take the numbers of sealed messages.
        let next = outcome.mark.nextNumber
        if let sealed, next < sealed {
            throw .notATape(
                path: markPath,
                detail: "it stands at message \(next) of \(sealed) sealed ones; restore the file")
        }
        return outcome
    }

    private func openMark() throws(DiskError) -> any DiskFile {
        try disk.createDirectory(directory)
        let path = "\(directory)/\(Mark.fileName)"
        let isNew = try disk.kind(of: path) == nil
        let file = try disk.open(path, isNew ? .create : .update)
        do throws(DiskError) {
            // What a killed run has left may be in the page cache only: names, content, or content of which
            // a sync has failed. All of it is made durable, or forgotten, before anything rests on it.
            try file.sync()
            try file.dropCache()
            // The mark is whole before the first segment is made: a short one beside segments is damaged.
            let isWhole = try file.size() == Int64(Mark.fileSize)
            let isFirst = try segments().isEmpty
            if isWhole || isFirst { try Mark.make(in: file) }
            try disk.syncDirectory(directory)
            try disk.syncDirectory(tape.path(of: stream))
        } catch {
            file.close()
            throw error
        }
        return file
    }

    private func segments() throws(DiskError) -> [UInt64] {
        try disk.list(directory).compactMap(SegmentFile.firstNumber(inName:)).sorted()
    }

    private func recover(
        _ start: Mark, _ isTorn: Bool, _ markFile: any DiskFile
    ) throws(DiskError) -> Outcome {
        var mark = start
        let segments = try segments()
        // A sealed day goes on in a segment of its own, so that the ones it replaces can be pruned.
        let isSealed = try disk.kind(of: "\(directory)/\(SealedFile.name)") != nil
        if !isTorn, mark.isClosed, isSealed, segments.isEmpty { return Outcome(mark: mark) }
        if !isTorn, !isSealed, mark.isClosed, mark.offset > 0, segments.last == mark.segmentFirstNumber,
            try size(ofSegment: mark.segmentFirstNumber) == mark.offset
        {
            return Outcome(mark: mark, resume: (mark.segmentFirstNumber, mark.offset))
        }
        if !isTorn, segments.isEmpty, mark.offset == 0 { return Outcome(mark: mark) }

        var outcome = Outcome(mark: mark)
        if isTorn {
            outcome.remarks.append("half of \(markFile.path) is torn or damaged; the other half was used")
        }
        // A sealed day's segments may have been pruned; what is missing behind the seal, readers report.
        if mark.offset > 0, !isSealed, !segments.contains(mark.segmentFirstNumber) {
            let path = path(ofSegment: mark.segmentFirstNumber)
            outcome.remarks.append("\(path) is missing, with acknowledged messages; restore it")
        }
        var isOpenEnded = true
        for first in segments where first >= mark.segmentFirstNumber {
            let isMarked = first == mark.segmentFirstNumber && mark.offset > 0
            if isOpenEnded, isMarked || first == mark.nextNumber {
                isOpenEnded = try keepWholeFrames(of: first, isMarked: isMarked, &mark, &outcome)
            } else {
                try setAside(segment: first, from: 0, &outcome)
            }
        }
        // The next writer begins a new segment, so the old one is closed for good.
        mark.isClosed = true
        try mark.write(to: markFile)
        outcome.mark = mark
        return outcome
    }

    /// Moves the mark over the whole frames of a segment and cuts what follows. Returns whether the next
    /// segment may continue this one, which it may only where nothing was cut.
    private func keepWholeFrames(
        of first: UInt64, isMarked: Bool, _ mark: inout Mark, _ outcome: inout Outcome
    ) throws(DiskError) -> Bool {
        let file = try disk.open(path(ofSegment: first), .update)
        defer { file.close() }
        try file.dropCache()
        let size = try file.size()
        // Shorter than the mark: damage below it, which readers report and nobody overwrites.
        if isMarked, size < mark.offset {
            outcome.remarks.append(
                "\(file.path) ends at byte \(size) of \(mark.offset) acknowledged ones; restore it")
            return true
        }
        let bytes = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Int(size - (isMarked ? mark.offset : 0)), alignment: 64)
        defer { bytes.deallocate() }
        let start = isMarked ? mark.offset : 0
        let count = try file.read(into: bytes, at: start)
        let raw = UnsafeRawBufferPointer(rebasing: bytes[..<count])

        var offset = 0
        if !isMarked {
            guard case .success(let (header, seed)) = SegmentHeader.decode(raw), header.firstNumber == first,
                header.stream == stream, header.day == day, header.previousChain == mark.chain
            else {
                try setAside(segment: first, from: 0, &outcome)
                return false
            }
            offset = SegmentHeader.size
            mark.chain = seed
        }
        let before = mark.nextNumber
        while offset + Frame.headerSize <= raw.count {
            let source = raw.baseAddress! + offset
            let header = Frame.Header(at: source)
            let size = Frame.paddedSize(payloadSize: header.payloadSize)
            guard header.isPlausible(number: mark.nextNumber), offset + size <= raw.count,
                Frame.isValid(at: source, size: size, chain: mark.chain)
            else { break }
            mark.chain = header.checksum
            mark.nextNumber += 1
            offset += size
        }
        if !isMarked, mark.nextNumber == before {
            // A header without a frame: the next writer makes the segment anew.
            mark.chain = outcome.mark.chain
            try setAside(segment: first, from: Int64(SegmentHeader.size), &outcome)
            return false
        }
        mark.segmentFirstNumber = first
        mark.offset = start + Int64(offset)
        outcome.mark = mark
        let isTorn = raw[offset...].contains { $0 != 0 }
        if isTorn { try keepBroken(raw[offset...], ofSegment: first, &outcome) }
        try file.truncate(to: mark.offset)
        try file.sync()
        return !isTorn
    }

    /// Takes a segment that never became part of the tape out of it, keeping its bytes from `offset` on.
    private func setAside(
        segment first: UInt64, from offset: Int64, _ outcome: inout Outcome
    ) throws(DiskError) {
        let path = path(ofSegment: first)
        let file = try disk.open(path, .read)
        defer { file.close() }
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(try file.size()), alignment: 64)
        defer { bytes.deallocate() }
        let count = try file.read(into: bytes, at: 0)
        let tail = UnsafeRawBufferPointer(rebasing: bytes[min(Int(offset), count)..<count])
        if tail.contains(where: { $0 != 0 }) { try keepBroken(tail[...], ofSegment: first, &outcome) }
        try disk.remove(path)
        try disk.syncDirectory(directory)
    }

    /// Copies bytes that are about to be cut to a `.broken` file, durably; a second copy of the same bytes,
    /// after a crash between copying and cutting, is not made. The copy gets its name when it is whole, so
    /// that a full disk leaves none that is not, and no more than one at all.
    private func keepBroken(
        _ bytes: Slice<UnsafeRawBufferPointer>, ofSegment first: UInt64, _ outcome: inout Outcome
    ) throws(DiskError) {
        var end = bytes.endIndex
        while end > bytes.startIndex, bytes[end - 1] == 0 { end -= 1 }
        let tail = UnsafeRawBufferPointer(rebasing: bytes[bytes.startIndex..<end])
        let stem = "\(directory)/\(SegmentFile.name(firstNumber: first).dropLast(4))"
        var path = "\(stem).broken"
        var attempt = 0
        while try disk.kind(of: path) != nil, try !holds(path, tail) {
            attempt += 1
            path = "\(stem).\(attempt).broken"
        }
        if try disk.kind(of: path) == nil { try write(tail, to: path, by: "\(stem).broken.new") }
        try disk.syncDirectory(directory)
        outcome.remarks.append("\(tail.count) bytes of a torn tail were kept in \(path)")
    }

    private func write(
        _ bytes: UnsafeRawBufferPointer, to path: String, by temporary: String
    ) throws(DiskError) {
        do throws(DiskError) {
            let file = try disk.open(temporary, .replace)
            defer { file.close() }
            try file.write(bytes, at: 0)
            try file.sync()
        } catch {
            // It helps nobody, and the room may be short.
            try? disk.remove(temporary)
            throw error
        }
        try disk.rename(temporary, to: path)
    }

    private func holds(_ path: String, _ bytes: UnsafeRawBufferPointer) throws(DiskError) -> Bool {
        let file = try disk.open(path, .read)
        defer { file.close() }
        guard try file.size() == Int64(bytes.count) else { return false }
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
        defer { copy.deallocate() }
        guard try file.read(into: copy, at: 0) == bytes.count, copy.elementsEqual(bytes) else { return false }
        // The copy may be in the page cache only, and its original is about to be cut.
        try file.sync()
        return true
    }

    private func size(ofSegment first: UInt64) throws(DiskError) -> Int64 {
        let file = try disk.open(path(ofSegment: first), .read)
        defer { file.close() }
        return try file.size()
    }

    private func path(ofSegment first: UInt64) -> String {
        "\(directory)/\(SegmentFile.name(firstNumber: first))"
    }
}
