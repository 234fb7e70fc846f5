internal import Market
internal import Platform
internal import Synchronization

/// The I/O side of a writer: makes groups durable, in order (TAPE "Group commit").
///
/// Per group: ledger lines and `fdatasync`; segment bytes and `fdatasync`; `fsync` of the directory for a
/// new file; then each day's mark and `fdatasync`. Only then is the group acknowledged. After any error
/// nothing more is accepted: what the page cache holds is no longer known to be on the disk.
final class GroupCommitter: @unchecked Sendable {
    private let tape: Tape
    private let stream: StreamName
    private let ledger: Ledger
    private var days: [TradingDay: OpenDay] = [:]
    private var recency: [TradingDay] = []
    private var failedPath: String?
    private let arrived = Mutex<[TradingDay: Mark]>([:])
    private let spare = Mutex<[GroupBuffer]>([])

    private struct OpenDay {
        var mark: Mark
        let markFile: any DiskFile
        var segment: (any DiskFile)?
        var allocated: Int64 = 0
    }

    /// Days whose files stay open; more are closed in good order, the least recently written first.
    private static let openDaysMax = 32
    private static let allocationMin: Int64 = 64 << 10
    private static let allocationMax: Int64 = 64 << 20

    init(tape: Tape, stream: StreamName, ledger: Ledger) {
        self.tape = tape
        self.stream = stream
        self.ledger = ledger
    }

    /// Makes a recovered day's mark known before its first part; called on the append thread. Its files are
    /// opened when it is written: settling a killed import may adopt thousands of days.
    func adopt(_ day: TradingDay, _ mark: Mark) { arrived.withLock { $0[day] = mark } }

    /// An empty buffer, used before if there is one.
    func takeBuffer(capacity: Int) -> GroupBuffer {
        spare.withLock { $0.popLast() } ?? GroupBuffer(capacity: capacity)
    }

    /// Makes a group durable; returns only when it is.
    func commit(_ group: CommitGroup) throws(TapeError) {
        if let failedPath { throw .failed(path: failedPath) }
        do throws(DiskError) {
            if !group.ledgerLines.isEmpty { try ledger.append(group.ledgerLines) }
            var touched: [TradingDay] = []
            for part in group.parts {
                if touched.last != part.day, !touched.contains(part.day) { touched.append(part.day) }
                try write(part)
            }
            // A day that had to make room for others has been synced and marked when it was closed.
            touched.removeAll { days[$0] == nil }
            for day in touched { try days[day]!.segment!.syncData() }
            for day in touched { try days[day]!.mark.write(to: days[day]!.markFile) }
        } catch {
            failedPath = error.path
            throw TapeError.from(error)
        }
        spare.withLock { spare in
            for part in group.parts where spare.count < 4 {
                part.buffer.reset()
                spare.append(part.buffer)
            }
        }
    }

    /// Closes every day in good order; after a failure the files are only closed.
    func close() throws(TapeError) {
        var first: DiskError?
        while let day = recency.last {
            do throws(DiskError) {
                try closeDay(day)
            } catch {
                failedPath = failedPath ?? error.path
                first = first ?? error
            }
        }
        if let first { throw TapeError.from(first) }
    }

    private func write(_ part: CommitGroup.Part) throws(DiskError) {
        try open(part.day)
        if part.isNewSegment {
            try finishSegment(part.day)
            let file = try tape.disk.open(path(part), .create)
            days[part.day]!.segment = file
            days[part.day]!.allocated = 0
            try tape.disk.syncDirectory(tape.path(of: stream, on: part.day))
        } else if days[part.day]!.segment == nil {
            let file = try tape.disk.open(path(part), .update)
            days[part.day]!.allocated = try file.size()
            days[part.day]!.segment = file
        }
        try reserve(part)
        let file = days[part.day]!.segment!
        try file.write(part.buffer.bytes, at: part.offset)
        days[part.day]!.mark.segmentFirstNumber = part.segmentFirstNumber
        days[part.day]!.mark.offset = part.endOffset
        days[part.day]!.mark.nextNumber = part.endNumber
        days[part.day]!.mark.chain = part.chain
        days[part.day]!.mark.isClosed = false
    }

    /// Preallocates ahead, twice what there is within bounds, so that a small day stays small. A disk that
    /// has no room for the reserve may still have room for the bytes.
    private func reserve(_ part: CommitGroup.Part) throws(DiskError) {
        let allocated = days[part.day]!.allocated
        guard part.endOffset > allocated else { return }
        let ahead = min(max(part.endOffset, GroupCommitter.allocationMin), GroupCommitter.allocationMax)
        let size = part.endOffset + ahead
        do throws(DiskError) {
            try days[part.day]!.segment!.allocate(to: size)
            days[part.day]!.allocated = size
        } catch {
            if !error.isFull { throw error }
        }
    }

    private func open(_ day: TradingDay) throws(DiskError) {
        if recency.last == day { return }
        if days[day] != nil {
            recency.removeAll { $0 == day }
        } else {
            if recency.count >= GroupCommitter.openDaysMax { try closeDay(recency[0]) }
            let path = "\(tape.path(of: stream, on: day))/\(Mark.fileName)"
            let file = try tape.disk.open(path, .update)
            do throws(DiskError) {
                let adopted = arrived.withLock { $0.removeValue(forKey: day) }
                let mark = if let adopted { adopted } else { try readMark(file) }
                days[day] = OpenDay(mark: mark, markFile: file)
            } catch {
                file.close()
                throw error
            }
        }
        recency.append(day)
    }

    private func readMark(_ file: any DiskFile) throws(DiskError) -> Mark {
        guard case .mark(let mark, _) = try Mark.read(from: file) else {
            throw DiskError("read the mark of", path: file.path, code: 5)
        }
        return mark
    }

    /// Cuts the reserve off the open segment.
    private func finishSegment(_ day: TradingDay) throws(DiskError) {
        guard let file = days[day]!.segment else { return }
        days[day]!.segment = nil
        defer { file.close() }
        try file.truncate(to: days[day]!.mark.offset)
        try file.sync()
    }

    private func closeDay(_ day: TradingDay) throws(DiskError) {
        recency.removeAll { $0 == day }
        defer { days.removeValue(forKey: day)?.markFile.close() }
        guard failedPath == nil else {
            days[day]!.segment?.close()
            return
        }
        try finishSegment(day)
        if !days[day]!.mark.isClosed {
            days[day]!.mark.isClosed = true
            try days[day]!.mark.write(to: days[day]!.markFile)
        }
    }

    private func path(_ part: CommitGroup.Part) -> String {
        let name = SegmentFile.name(firstNumber: part.segmentFirstNumber)
        return "\(tape.path(of: stream, on: part.day))/\(name)"
    }
}
