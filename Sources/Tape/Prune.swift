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
        let lock = try Seal.takeLock(tape, stream)
        defer { lock.release() }
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
        let first = try tape.segments(of: stream, on: day)
        var outcome = Outcome(segments: [], bytes: 0)
        // A segment behind the mark's may be just begun; one that the mark is in open is being written.
        let mark = try Prune.durableMark(tape, stream, day)
        for (index, segment) in first.enumerated() {
            guard let mark, segment < mark.segmentFirstNumber + (mark.isClosed ? 1 : 0) else { continue }
            let end = index + 1 < first.count ? min(first[index + 1], mark.nextNumber) : mark.nextNumber
            guard end <= sealed.messageCount else { continue }
            outcome.segments.append(SegmentFile.name(firstNumber: segment))
        }
        outcome.bytes = try onDisk { () throws(DiskError) in
            try tape.disk.bytes(of: outcome.segments, in: directory)
        }
        guard reallyRemove, !outcome.segments.isEmpty else { return outcome }
        try check(sealed, path)
        try onDisk { () throws(DiskError) in
            for name in outcome.segments { try tape.disk.remove("\(directory)/\(name)") }
            try tape.disk.syncDirectory(directory)
        }
        return outcome
    }

    /// The mark as a power cut would leave it; nil where it is unreadable. One whose sync has failed is in
    /// the page cache only, and without the segments recovery could not find its messages again.
    static func durableMark(
        _ tape: Tape, _ stream: StreamName, _ day: TradingDay
    ) throws(TapeError) -> Mark? {
        let path = "\(tape.path(of: stream, on: day))/\(Mark.fileName)"
        return try onDisk { () throws(DiskError) in
            let file = try tape.disk.open(path, .read)
            defer { file.close() }
            try file.sync()
            try file.dropCache()
            guard case .mark(let mark, nil) = try Mark.read(from: file) else { return nil }
            return mark
        }
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
