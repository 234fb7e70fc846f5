internal import Columns
internal import Market
internal import Platform

/// Reads the messages of one stream and day that lie in hot segments, from a number on, in order.
///
/// It reads up to the mark as it stood when the cursor was made: what lies above has not been
/// acknowledged. Every frame's chained checksum is verified. Damage is recorded in ``damages`` and read
/// around; the numbers of messages that are lost are simply absent. One thread at a time.
///
/// Cost: one copy of each byte out of the page cache and one CRC-32C, no allocation per message.
final class HotCursor {
    let stream: StreamName
    let day: TradingDay
    /// What was found damaged so far.
    private(set) var damages: [TapeDamage] = []
    /// Number of the message behind the last one read, or of the last one lost.
    private(set) var nextNumber: UInt64
    /// Chained checksum of the last frame read.
    private(set) var chain: UInt32 = 0
    /// Scales in the first segment header read, which were the stream's when it was written.
    private(set) var scales: StreamScales?
    /// Checksum of the last frame below the mark; nil where the mark is unreadable.
    var endChain: UInt32? { mark?.chain }
    /// Number of the first message above the mark.
    let endNumber: UInt64

    private let tape: Tape
    private let mark: Mark?
    private let segments: [UInt64]
    private let wanted: Range<UInt64>

    private var segmentIndex = -1
    private var file: (any DiskFile)?
    private var segmentEnd: UInt64 = 0
    private var limit: Int64 = 0

    private var buffer: UnsafeMutableRawBufferPointer
    private var position = 0
    private var filled = 0
    private var fileOffset: Int64 = 0
    private let messages: UnsafeMutableBufferPointer<RawMessage>

    private static let chunkSize = 256 << 10
    private static let nearSize: Int64 = 4 << 20

    /// What there is of a day's hot segments at a time.
    struct Survey {
        fileprivate let mark: Mark?
        fileprivate let damagedSlot: Int64?
        fileprivate let segments: [UInt64]

        /// Looks at a day. Whoever looks for a sealed file looks for it later: a segment that is gone by now has
        /// been pruned, and then the file that holds its messages is there; before, either might be missed.
        /// - Throws: ``TapeError`` where the day does not exist or cannot be opened.
        init(tape: Tape, stream: StreamName, day: TradingDay) throws(TapeError) {
            // The mark first: a writer beside this reader makes a segment before the mark moves into it. And the
            // mark is made before the first segment, so segments without one deserve a second look.
            var (mark, damagedSlot) = try HotCursor.readMark(tape, stream, day)
            var segments = try tape.segments(of: stream, on: day)
            if mark == nil, !segments.isEmpty {
                (mark, damagedSlot) = try HotCursor.readMark(tape, stream, day)
                segments = try tape.segments(of: stream, on: day)
            }
            (self.mark, self.damagedSlot, self.segments) = (mark, damagedSlot, segments)
        }
    }

    /// A cursor over the messages with numbers in `wanted`.
    /// - Parameters:
    ///   - survey: What there was before the sealed file was looked for.
    ///   - sealed: How many messages are sealed; segments that hold only such are not looked at.
    init(
        tape: Tape, stream: StreamName, day: TradingDay, wanted: Range<UInt64>, _ survey: Survey,
        sealed: UInt64
    ) {
        self.tape = tape
        self.stream = stream
        self.day = day
        self.wanted = max(wanted.lowerBound, sealed)..<max(wanted.upperBound, sealed)
        nextNumber = sealed
        let all = survey.segments
        mark = survey.mark
        if let mark {
            segments =
                mark.offset == 0 || mark.nextNumber <= sealed
                ? [] : HotCursor.unsealed(all.filter { $0 <= mark.segmentFirstNumber }, sealed)
            endNumber = max(mark.nextNumber, sealed)
        } else {
            segments = HotCursor.unsealed(all, sealed)
            endNumber = segments.isEmpty ? sealed : UInt64.max
        }
        buffer = .allocate(byteCount: HotCursor.chunkSize + RawMessage.payloadSlack, alignment: 64)
        buffer.initializeMemory(as: UInt64.self, repeating: 0)
        messages = .allocate(capacity: DayCursor.batchCountMax)
        let markPath = "\(tape.path(of: stream, on: day))/\(Mark.fileName)"
        if mark == nil, !all.isEmpty || sealed > 0 { report(.mark, markPath, at: 0, size: 0, lost: 0..<0) }
        if let damagedSlot = survey.damagedSlot {
            report(.mark, markPath, at: damagedSlot, size: Int64(Mark.slotSize), lost: 0..<0)
        }
        if let mark, mark.offset > 0, mark.nextNumber > sealed, segments.last != mark.segmentFirstNumber {
            let name = SegmentFile.name(firstNumber: mark.segmentFirstNumber)
            report(
                .missing, "\(tape.path(of: stream, on: day))/\(name)", at: 0, size: mark.offset,
                lost: max(mark.segmentFirstNumber, sealed)..<mark.nextNumber)
        }
    }

    deinit {
        file?.close()
        buffer.deallocate()
        messages.deallocate()
    }

    /// The next messages, 1 or more, valid until the next call; nil at the mark.
    func next() throws(TapeError) -> UnsafeBufferPointer<RawMessage>? {
        while true {
            if file == nil {
                guard nextNumber < wanted.upperBound, try openNextSegment() else { return nil }
            }
            let count = try scan()
            // At once, since many cursors may wait behind their last batch.
            if nextNumber >= segmentEnd || nextNumber >= wanted.upperBound { closeSegment() }
            if count > 0 { return UnsafeBufferPointer(rebasing: messages[..<count]) }
        }
    }

    /// The segments that hold messages from number `sealed` on.
    private static func unsealed(_ segments: [UInt64], _ sealed: UInt64) -> [UInt64] {
        Array(segments.drop { first in (segments.first { $0 > first } ?? UInt64.max) <= sealed })
    }

    private static func readMark(
        _ tape: Tape, _ stream: StreamName, _ day: TradingDay
    ) throws(TapeError) -> (Mark?, damagedSlot: Int64?) {
        let path = "\(tape.path(of: stream, on: day))/\(Mark.fileName)"
        do throws(DiskError) {
            let file = try tape.disk.open(path, .read)
            defer { file.close() }
            var reading = try Mark.read(from: file)
            // A writer may just be writing the slot; then it is whole the second time.
            if case .mark(_, .some) = reading { reading = try Mark.read(from: file) }
            switch reading {
            case .mark(let mark, let damagedSlot): return (mark, damagedSlot)
            case .neverWritten: return (Mark(), nil)
            case .unreadable: return (nil, nil)
            }
        } catch {
            if error.isMissing { return (nil, nil) }
            throw TapeError.from(error)
        }
    }

    // MARK: Segments

    private func openNextSegment() throws(TapeError) -> Bool {
        while true {
            segmentIndex += 1
            guard segmentIndex < segments.count else {
                if mark != nil { nextNumber = max(nextNumber, min(endNumber, wanted.upperBound)) }
                return false
            }
            let first = segments[segmentIndex]
            let isLast = segmentIndex == segments.count - 1
            // Where the marked segment is gone, which is reported already, the one before it ends at its number.
            let lastEnd = mark.map { $0.segmentFirstNumber > first ? $0.segmentFirstNumber : endNumber }
            segmentEnd = isLast ? lastEnd ?? endNumber : segments[segmentIndex + 1]
            if segmentEnd <= wanted.lowerBound {
                nextNumber = segmentEnd
                continue
            }
            let path = path(ofSegment: first)
            let (opened, size) = try onDisk { () throws(DiskError) in
                let file = try tape.disk.open(path, .read)
                return (file, try file.size())
            }
            file = opened
            limit = isLast && mark != nil && mark!.segmentFirstNumber == first ? mark!.offset : size
            (position, filled, fileOffset) = (0, 0, 0)
            _ = try fill(atLeast: SegmentHeader.size)
            let head = UnsafeRawBufferPointer(rebasing: buffer[position..<filled])
            switch SegmentHeader.decode(head) {
            case .success(let (header, seed)):
                let continues =
                    segmentIndex == 0 || nextNumber == 0 || header.previousChain == chain
                    || damages.last?.lost.upperBound == first
                if header.stream != stream || header.day != day || header.firstNumber != first {
                    report(.header, path, at: 0, size: limit, lost: first..<min(segmentEnd, knownEnd(first)))
                    nextNumber = segmentEnd
                    closeSegment()
                    continue
                }
                if !continues, wanted.lowerBound == 0 { report(.chain, path, at: 36, size: 4, lost: 0..<0) }
                chain = seed
                if scales == nil { scales = header.scales }
            case .failure:
                guard let seed = try provedChain(first) else {
                    if try readBehindHeader(first, path) { return true }
                    report(.header, path, at: 0, size: limit, lost: first..<min(segmentEnd, knownEnd(first)))
                    nextNumber = segmentEnd
                    closeSegment()
                    continue
                }
                report(.header, path, at: 0, size: Int64(SegmentHeader.size), lost: 0..<0)
                chain = seed
            }
            if first > nextNumber, wanted.lowerBound < first, damages.last?.lost.upperBound != first {
                report(.missing, path, at: 0, size: 0, lost: nextNumber..<first)
            }
            position += SegmentHeader.size
            nextNumber = first
            return true
        }
    }

    /// What seeds the first frame of the open segment, whose header is damaged; nil where that cannot be proved.
    private func provedChain(_ first: UInt64) throws(TapeError) -> UInt32? {
        var size = SegmentHeader.size
        if try fill(atLeast: size + Frame.headerSize) >= size + Frame.headerSize {
            let frame = Frame.Header(at: buffer.baseAddress! + position + size)
            let frameSize = Frame.paddedSize(payloadSize: frame.payloadSize)
            if Int64(size + frameSize) <= limit { size += frameSize }
        }
        let count = try fill(atLeast: size)
        return SegmentHeader.provedChain(
            UnsafeRawBufferPointer(rebasing: buffer[position..<(position + count)]), stream: stream, day: day,
            firstNumber: first, chains: [chain, 0], scales: scales)
    }

    /// Goes on behind a damaged header and the frames that nothing proves, where the rest leads to the known end.
    private func readBehindHeader(_ first: UInt64, _ path: String) throws(TapeError) -> Bool {
        guard segmentEnd != UInt64.max, let file else { return false }
        let start = Int64(SegmentHeader.size)
        let endChain = try knownEndChain()
        let found = try withBytes(of: file, from: start, to: limit) {
            Resync.findAnchored(in: $0, expected: first, end: segmentEnd, endChain: endChain)
        }
        guard let found else { return false }
        report(.header, path, at: 0, size: start + Int64(found.offset), lost: first..<found.number)
        (nextNumber, chain) = (found.number, found.seed)
        (position, filled, fileOffset) = (0, 0, start + Int64(found.offset))
        return true
    }

    private func closeSegment() {
        if let mark, let open = file, nextNumber == mark.nextNumber, segmentIndex == segments.count - 1,
            chain != mark.chain, damages.isEmpty
        {
            report(.chain, open.path, at: mark.offset, size: 0, lost: 0..<0)
        }
        file?.close()
        file = nil
    }

    /// Where the end is not known (no mark), nothing is claimed to be lost.
    private func knownEnd(_ first: UInt64) -> UInt64 { segmentEnd == UInt64.max ? first : segmentEnd }

    // MARK: Frames

    /// Collects frames from the buffer, refilling it when none is whole.
    private func scan() throws(TapeError) -> Int {
        var count = 0
        let end = min(segmentEnd, wanted.upperBound)
        while count < DayCursor.batchCountMax, nextNumber < end {
            var available = filled - position
            if available < Frame.headerSize {
                if count > 0 { return count }
                available = try fill(atLeast: Frame.headerSize)
                if available < Frame.headerSize { return endOfData(available) }
            }
            var source = UnsafeRawPointer(buffer.baseAddress! + position)
            let header = Frame.Header(at: source)
            let size = Frame.paddedSize(payloadSize: header.payloadSize)
            guard header.isPlausible(number: nextNumber) else {
                if count > 0 { return count }
                return try readAround()
            }
            if available < size {
                if count > 0 { return count }
                // A damaged length must not cost the memory that it claims.
                guard Int64(size) <= limit - fileOffset + Int64(available) else { return try readAround() }
                available = try fill(atLeast: size)
                if available < size { return try readAround() }
                source = UnsafeRawPointer(buffer.baseAddress! + position)
            }
            guard Frame.isValid(at: source, size: size, chain: chain) else {
                if count > 0 { return count }
                return try readAround()
            }
            chain = header.checksum
            position &+= size
            if nextNumber >= wanted.lowerBound {
                messages.initializeElement(at: count, to: Frame.message(at: source, header))
                count &+= 1
            }
            nextNumber &+= 1
        }
        return count
    }

    /// Moves what is left to the front and reads on; returns the bytes at hand, fewer than asked for only
    /// at the limit.
    private func fill(atLeast size: Int) throws(TapeError) -> Int {
        let left = filled - position
        if buffer.count - RawMessage.payloadSlack < size {
            let larger = UnsafeMutableRawBufferPointer.allocate(
                byteCount: size + HotCursor.chunkSize + RawMessage.payloadSlack, alignment: 64)
            larger.initializeMemory(as: UInt64.self, repeating: 0)
            larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[position..<filled]))
            buffer.deallocate()
            buffer = larger
        } else if position > 0 {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[position..<filled]))
        }
        (position, filled) = (0, left)
        let room = min(Int64(buffer.count - RawMessage.payloadSlack - filled), limit - fileOffset)
        guard room > 0, let file else { return filled }
        let target = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<(filled + Int(room))])
        let count = try onDisk { () throws(DiskError) in try file.read(into: target, at: fileOffset) }
        filled += count
        fileOffset += Int64(count)
        return filled
    }

    /// The data ended although more was acknowledged. Without a mark, that is simply the end.
    private func endOfData(_ available: Int) -> Int {
        if segmentEnd != UInt64.max {
            report(
                .missing, file!.path, at: fileOffset - Int64(available), size: 0,
                lost: nextNumber..<segmentEnd)
            nextNumber = segmentEnd
        } else {
            segmentEnd = nextNumber
        }
        return 0
    }

    /// Skips a damaged stretch: finds the next frame that can be proved whole, reports what lies between.
    private func readAround() throws(TapeError) -> Int {
        let start = fileOffset - Int64(filled - position)
        // Without a mark the first unreadable frame is taken for the end of the data.
        guard segmentEnd != UInt64.max else {
            segmentEnd = nextNumber
            return 0
        }
        let file = self.file!
        // Where only a payload is damaged the next frame stands close by; the rest is read only where not.
        var found = try withBytes(of: file, from: start, to: min(limit, start + HotCursor.nearSize)) {
            Resync.step(in: $0, number: nextNumber, end: segmentEnd, chain: chain)
        }
        if found == nil {
            let endChain = try knownEndChain()
            found = try withBytes(of: file, from: start, to: limit) {
                Resync.find(in: $0, expected: nextNumber, end: segmentEnd, endChain: endChain, chain: chain)
            }
        }
        if let found {
            report(.frame, file.path, at: start, size: Int64(found.offset), lost: nextNumber..<found.number)
            nextNumber = found.number
            chain = found.seed
            (position, filled) = (0, 0)
            fileOffset = start + Int64(found.offset)
        } else {
            report(.frame, file.path, at: start, size: limit - start, lost: nextNumber..<segmentEnd)
            nextNumber = segmentEnd
        }
        return 0
    }

    private func withBytes<Result>(
        of file: any DiskFile, from start: Int64, to end: Int64, _ body: (UnsafeRawBufferPointer) -> Result
    ) throws(TapeError) -> Result {
        // A forged mark must not cost the memory that it claims.
        let end = try onDisk { () throws(DiskError) in min(end, try file.size()) }
        let bytes = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Int(max(end - start, 0)), alignment: 64)
        defer { bytes.deallocate() }
        let size = try onDisk { () throws(DiskError) in try file.read(into: bytes, at: start) }
        return body(UnsafeRawBufferPointer(rebasing: bytes[..<size]))
    }

    /// The checksum of the open segment's last frame: from the mark, or from the next segment's header.
    private func knownEndChain() throws(TapeError) -> UInt32? {
        let first = segments[segmentIndex]
        if let mark, mark.segmentFirstNumber == first { return mark.chain }
        guard segmentIndex + 1 < segments.count else { return nil }
        let path = path(ofSegment: segments[segmentIndex + 1])
        let next = try onDisk { () throws(DiskError) in try tape.disk.open(path, .read) }
        defer { next.close() }
        return try withBytes(of: next, from: 0, to: Int64(SegmentHeader.size)) { raw in
            guard case .success(let (header, _)) = SegmentHeader.decode(raw) else { return nil }
            return header.previousChain
        }
    }

    private func path(ofSegment first: UInt64) -> String {
        "\(tape.path(of: stream, on: day))/\(SegmentFile.name(firstNumber: first))"
    }

    private func report(
        _ kind: TapeDamage.Kind, _ path: String, at offset: Int64, size: Int64, lost: Range<UInt64>
    ) {
        damages.append(
            TapeDamage(
                kind: kind, stream: stream, day: day, path: path, offset: offset, size: size, lost: lost))
    }
}
