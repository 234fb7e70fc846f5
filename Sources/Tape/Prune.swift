public import Market
internal import Platform

/// Removes the hot segments of a sealed day (TAPE "Housekeeping", step 5), and nothing else.
public struct Prune {
    private let tape: Tape
    private let stream: StreamName
    private let day: TradingDay

    /// What pruning a day would remove, or has removed.
    public struct Outcome: Sendable {
        /// Segments (and, of a day that is retired, its other files), by name.
        public var segments: [String]
        /// Their bytes.
        public var bytes: Int64

        /// Files and the sum of their sizes.
        public init(segments: [String], bytes: Int64) {
            self.segments = segments
            self.bytes = bytes
        }
    }

    /// The pruning of one stream and day.
    public init(tape: Tape, stream: StreamName, day: TradingDay) {
        self.tape = tape
        self.stream = stream
        self.day = day
    }

    /// Finds the segments all of whose messages are sealed; removes them where `reallyRemove` says so.
    ///
    /// Before anything is removed, every column of `day.tape` is read from the disk and compared with its
    /// hash, and the seal with the file.
    /// - Throws: ``TapeError/notATape(path:detail:)`` where the day is not sealed or its seal does not match.
    public func run(reallyRemove: Bool) throws(TapeError) -> Outcome {
        let directory = tape.path(of: stream, on: day)
        let sealLock = try Seal.takeLock(tape, stream)
        defer { sealLock.release() }
        try tape.refuseRetired(stream, day)
        guard let sealed = try SealedReader.openIfSealed(tape: tape, stream: stream, day: day) else {
            throw .notATape(
                path: directory, detail: "\(stream) of \(day) is not sealed; run `jejak seal --date \(day)`")
        }
        let path = "\(directory)/\(SealedFile.name)"
        guard try DaySeal.matches(tape: tape, sealed: sealed) else {
            throw .notATape(
                path: path, detail: "its seal is missing or of another file; run `jejak seal` again")
        }
        let isIdle = try isIdle()
        let plan = try removable(sealed, isIdle: isIdle)
        guard reallyRemove, !plan.segments.isEmpty else { return plan }
        try check(sealed, path)
        // A writer that has come meanwhile may go on in a segment, and one that comes now has to wait.
        let lock = try writerLock()
        defer { lock?.release() }
        let outcome = try removable(sealed, isIdle: lock != nil)
        try onDisk { () throws(DiskError) in
            for name in outcome.segments { try tape.disk.remove("\(directory)/\(name)") }
            try tape.disk.syncDirectory(directory)
        }
        return outcome
    }

    /// The lock that a writer of the stream would hold; nil where one does.
    private func writerLock() throws(TapeError) -> (any DiskLock)? {
        try onDisk { () throws(DiskError) in
            try tape.disk.lock("\(tape.path(of: stream))/\(TapeWriter.lockName)")
        }
    }

    /// Whether no writer of the stream lives now.
    private func isIdle() throws(TapeError) -> Bool {
        let lock = try writerLock()
        lock?.release()
        return lock != nil
    }

    /// The segments all of whose messages are sealed and to which nobody will append: those before the mark's,
    /// and that one where it is closed and, `isIdle`, no writer lives that may open it again.
    private func removable(_ sealed: SealedReader, isIdle: Bool) throws(TapeError) -> Outcome {
        let directory = tape.path(of: stream, on: day)
        let first = try tape.segments(of: stream, on: day)
        var outcome = Outcome(segments: [], bytes: 0)
        let mark = try Mark.durable(tape: tape, stream: stream, day: day)
        for (index, segment) in first.enumerated() {
            guard let mark, segment < mark.segmentFirstNumber + (mark.isClosed && isIdle ? 1 : 0) else {
                continue
            }
            let end = index + 1 < first.count ? min(first[index + 1], mark.nextNumber) : mark.nextNumber
            guard end <= sealed.messageCount else { continue }
            outcome.segments.append(SegmentFile.name(firstNumber: segment))
        }
        outcome.bytes = try onDisk { () throws(DiskError) in
            try tape.disk.bytes(of: outcome.segments, in: directory)
        }
        return outcome
    }

    private func check(_ sealed: SealedReader, _ path: String) throws(TapeError) {
        try onDisk { () throws(DiskError) in
            let file = try tape.disk.open(path, .read)
            defer { file.close() }
            try file.dropCache()
        }
        for block in 0..<sealed.blockCount {
            if case .failure(let damage) = try sealed.columns(ofBlock: block) {
                throw .notATape(path: path, detail: "\(damage); nothing was pruned")
            }
        }
    }
}

extension Disk {
    /// Sum of the sizes of files.
    func bytes(of names: [String], in directory: String) throws(DiskError) -> Int64 {
        var bytes: Int64 = 0
        for name in names {
            let file = try open("\(directory)/\(name)", .read)
            defer { file.close() }
            bytes += try file.size()
        }
        return bytes
    }
}
