public import Columns
public import Market
internal import Platform

/// Appends messages to one stream. There is one writer per stream, enforced by a lock.
///
/// Appending encodes into memory; ``takeGroup()`` hands what has been encoded to a sync thread, where
/// ``commit(_:)`` makes it durable. So ``append(_:to:)`` and `takeGroup` belong to one thread, `commit` to
/// one other (or the same), and at most a few groups are under way. A message is durable when the commit of
/// its group has returned, not before.
public final class TapeWriter: @unchecked Sendable {
    /// The stream.
    public let stream: StreamName
    /// What earlier imports brought, and which of them did not end.
    public let ledger: Ledger

    private let tape: Tape
    private let scales: StreamScales
    private let segmentSizeMax: Int64
    private let lock: any DiskLock
    private let committer: GroupCommitter
    private var days: [TradingDay: DayState] = [:]
    private var currentDay: TradingDay?
    private var current: DayState?
    private var group = CommitGroup()
    private var isClosed = false

    /// What recovery has met in the days opened so far and the user should know: damage below the mark, and
    /// torn tails that were kept; one line each. Belongs to the appending thread.
    public private(set) var recoveryRemarks: [String] = []

    /// Largest segment unless one message is larger; then a segment holds just that one.
    public static let segmentSizeMaxDefault: Int64 = 256 << 20

    /// Held by a stream's one writer.
    static let lockName = "lock"

    /// Where appending to a day stands.
    private final class DayState {
        var nextNumber: UInt64
        var chain: UInt32
        var segment: (firstNumber: UInt64, offset: Int64)?
        var buffer: GroupBuffer?
        var bufferStart: Int64 = 0
        var beginsSegment = false

        init(nextNumber: UInt64, chain: UInt32, segment: (UInt64, Int64)?) {
            self.nextNumber = nextNumber
            self.chain = chain
            self.segment = segment
        }
    }

    /// Takes the stream's lock, making the tape and the stream where they do not exist, and settles in the
    /// ledger what an import that was killed has left.
    /// - Throws: ``TapeError/locked(stream:path:holder:)``, ``TapeError/readOnly(_:)`` and others.
    public init(
        tape: Tape, stream: StreamName, scales: StreamScales,
        segmentSizeMax: Int64 = TapeWriter.segmentSizeMaxDefault
    ) throws(TapeError) {
        self.tape = tape
        self.stream = stream
        self.scales = scales
        self.segmentSizeMax = segmentSizeMax
        let path = tape.path(of: stream)
        try onDisk { () throws(DiskError) in
            // Synced even where it was there: a killed run may have made it just before it would have.
            try tape.disk.createDirectory(path)
            try tape.disk.syncDirectory(tape.root)
        }
        let lockPath = "\(path)/\(TapeWriter.lockName)"
        guard let lock = try onDisk({ () throws(DiskError) in try tape.disk.lock(lockPath) }) else {
            throw .locked(stream: stream, path: lockPath, holder: TapeWriter.holder(tape, lockPath))
        }
        self.lock = lock
        do throws(TapeError) {
            ledger = try Ledger.open(tape: tape, stream: stream)
        } catch {
            lock.release()
            throw error
        }
        committer = GroupCommitter(tape: tape, stream: stream, ledger: ledger)
        do throws(TapeError) {
            try settleUnfinishedImports()
            try recoverTornMarks()
        } catch {
            try? committer.close()
            ledger.close()
            lock.release()
            throw error
        }
    }

    /// Number that the next message of a day will get. Recovers the day at first use.
    /// - Throws: ``TapeError/retired(_:)`` for a day that retention has removed: nothing can be added to it.
    public func nextNumber(of day: TradingDay) throws(TapeError) -> UInt64 { try state(of: day).nextNumber }

    /// Appends a message; its `number` is ignored and given by the tape.
    /// - Returns: The message's number in its day.
    /// - Throws: ``TapeError/payloadTooLarge(size:limit:)``; disk errors while a day is opened.
    /// - Complexity: O(payload): a copy and a checksum. Layout: `tape/FORMAT.md`, "Frame".
    @discardableResult
    public func append(_ message: RawMessage, to day: TradingDay) throws(TapeError) -> UInt64 {
        precondition(!isClosed, "appended to a closed writer")
        guard message.payloadSize <= Frame.payloadSizeMax else {
            throw .payloadTooLarge(size: message.payloadSize, limit: Frame.payloadSizeMax)
        }
        if currentDay != day {
            current = try state(of: day)
            currentDay = day
        }
        let state = current!
        let size = Frame.paddedSize(payloadSize: message.payloadSize)
        if state.segment == nil || state.segment!.offset + Int64(size) > segmentSizeMax {
            if state.segment == nil || state.segment!.offset > Int64(SegmentHeader.size) {
                beginSegment(state)
            }
        }
        if state.buffer == nil {
            state.buffer = committer.takeBuffer(capacity: 1 << 20)
            state.bufferStart = state.segment!.offset
        }
        let number = state.nextNumber
        let numbered = RawMessage(
            payload: message.payload, payloadSize: message.payloadSize, number: number,
            receiveTimeNanos: message.receiveTimeNanos, channel: message.channel,
            direction: message.direction)
        state.chain = Frame.encode(numbered, chain: state.chain, at: state.buffer!.extend(by: size))
        state.segment!.offset += Int64(size)
        state.nextNumber = number &+ 1
        group.messageCount += 1
        return number
    }

    /// Lines for the ledger that become durable before the messages appended since.
    func addLedgerLine(_ line: String) { group.ledgerLines.append(line) }

    /// Messages appended since the last ``takeGroup()``.
    public var pendingCount: Int { group.messageCount }

    /// What has been appended since the last call; nil where that is nothing.
    public func takeGroup() -> CommitGroup? {
        for day in days.keys.sorted() { closePart(days[day]!, day) }
        guard !group.parts.isEmpty || !group.ledgerLines.isEmpty else { return nil }
        defer { group = CommitGroup() }
        return group
    }

    /// Makes a group durable. Groups are committed in the order in which they were taken.
    /// - Throws: ``TapeError``; after any throw every further commit throws ``TapeError/failed(path:)``, and
    ///   what was durable before stays so.
    public func commit(_ group: CommitGroup) throws(TapeError) { try committer.commit(group) }

    /// Commits what is left, closes all files in good order and gives up the lock.
    public func close() throws(TapeError) {
        guard !isClosed else { return }
        defer { release() }
        if let group = takeGroup() { try committer.commit(group) }
    }

    /// Closes without committing what has not been: after an error.
    public func abandon() {
        if !isClosed { release() }
    }

    private func release() {
        isClosed = true
        try? committer.close()
        ledger.close()
        lock.release()
    }

    // MARK: Days and segments

    private func state(of day: TradingDay) throws(TapeError) -> DayState {
        if let known = days[day] { return known }
        try tape.refuseRetired(stream, day)
        let outcome = try Recovery(tape: tape, stream: stream, day: day).run()
        committer.adopt(day, outcome.mark)
        recoveryRemarks += outcome.remarks
        let state = DayState(
            nextNumber: outcome.mark.nextNumber, chain: outcome.mark.chain, segment: outcome.resume)
        days[day] = state
        return state
    }

    private func beginSegment(_ state: DayState) {
        if let day = currentDay { closePart(state, day) }
        let header = SegmentHeader(
            day: currentDay!, firstNumber: state.nextNumber, createdNanos: tape.clock.wallNanos(),
            scales: scales, previousChain: state.chain, stream: stream)
        let (bytes, chain) = header.encoded()
        let buffer = committer.takeBuffer(capacity: 1 << 20)
        bytes.withUnsafeBytes {
            buffer.extend(by: bytes.count).copyMemory(from: $0.baseAddress!, byteCount: $0.count)
        }
        state.buffer = buffer
        state.bufferStart = 0
        state.beginsSegment = true
        state.segment = (state.nextNumber, Int64(bytes.count))
        state.chain = chain
    }

    private func closePart(_ state: DayState, _ day: TradingDay) {
        guard let buffer = state.buffer else { return }
        group.parts.append(
            CommitGroup.Part(
                day: day, segmentFirstNumber: state.segment!.firstNumber, isNewSegment: state.beginsSegment,
                offset: state.bufferStart, buffer: buffer, endNumber: state.nextNumber, chain: state.chain))
        state.buffer = nil
        state.beginsSegment = false
    }

    private func settleUnfinishedImports() throws(TapeError) {
        for unfinished in ledger.unsettled {
            var ranges = unfinished.ranges
            for (day, first) in unfinished.openRanges {
                // All of a retired day was sealed.
                let end: UInt64
                if let retired = try tape.tombstone(of: stream, on: day) {
                    end = retired.messages
                } else {
                    end = try nextNumber(of: day)
                }
                ranges.append(LedgerRange(day: day, first: first, end: end))
            }
            try onDisk { () throws(DiskError) in try ledger.settle(unfinished.id, ranges) }
        }
    }

    /// Recovers the days whose mark a power cut has torn: where it came while a day was being closed, the source
    /// is known as a whole, and nothing else would open the day again. Cost: a read of 1 KiB a day.
    private func recoverTornMarks() throws(TapeError) {
        for day in try tape.days(of: stream) where days[day] == nil {
            if try tape.tombstone(of: stream, on: day) != nil { continue }
            let path = "\(tape.path(of: stream, on: day))/\(Mark.fileName)"
            let isTorn = try onDisk { () throws(DiskError) in
                guard try tape.disk.kind(of: path) != nil else { return false }
                let file = try tape.disk.open(path, .read)
                defer { file.close() }
                guard case .mark(_, .some) = try Mark.read(from: file) else { return false }
                return true
            }
            if isTorn { _ = try state(of: day) }
        }
    }

    /// Who has a lock, as the file says.
    static func holder(_ tape: Tape, _ path: String) -> String? {
        guard let file = try? tape.disk.open(path, .read) else { return nil }
        defer { file.close() }
        var bytes = [UInt8](repeating: 0, count: 20)
        let count = bytes.withUnsafeMutableBytes { (try? file.read(into: $0, at: 0)) ?? 0 }
        let digits = bytes[..<count].prefix { (0x30...0x39).contains($0) }
        return digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self)
    }
}
