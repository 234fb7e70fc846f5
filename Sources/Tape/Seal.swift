internal import Columns
internal import Foundation
public import Market
internal import Platform

/// Seals a day (TAPE "Housekeeping"): compress, verify, commit, report. Every step can be repeated after a
/// crash in the middle of it.
///
/// The columns go to `day.tape.new`, which is synced, read back from the disk and compared with the messages
/// byte for byte; only then is it renamed to `day.tape`. So whatever is called `day.tape` has been verified,
/// and nothing is ever only in a file that was not.
public struct Seal {
    private let tape: Tape
    private let stream: StreamName
    private let day: TradingDay

    /// What sealing a day came to.
    public struct Outcome: Sendable {
        /// Whether the day was sealed now; false where it was sealed already and nothing was added since.
        public var isNew: Bool
        /// The seal.
        public var seal: DaySeal
    }

    /// The sealing of one stream and day.
    public init(tape: Tape, stream: StreamName, day: TradingDay) {
        self.tape = tape
        self.stream = stream
        self.day = day
    }

    private var directory: String { tape.path(of: stream, on: day) }

    /// Seals the day, or finishes what an earlier run began.
    /// - Throws: ``TapeError``; a damaged day is not sealed, and one that retention has removed is refused.
    public func run() throws(TapeError) -> Outcome {
        let lock = try Seal.takeLock(tape, stream)
        defer { lock.release() }
        try tape.refuseRetired(stream, day)
        try discardUnfinished()
        try recover()
        let cursor = try DayCursor(tape: tape, stream: stream, day: day)
        let isNew = cursor.sealed.map { $0.messageCount < cursor.endNumber } ?? true
        if isNew {
            do throws(TapeError) {
                try compressAndVerify(cursor)
            } catch {
                // It helps nobody, and the room may be short.
                try? discardUnfinished()
                throw error
            }
        }
        guard let sealed = try SealedReader.openIfSealed(tape: tape, stream: stream, day: day) else {
            throw .notATape(path: "\(directory)/\(SealedFile.name)", detail: "it is not there after sealing")
        }
        let seal = try DaySeal.commit(tape: tape, sealed: sealed, at: tape.clock.wallNanos())
        try SanityReport(tape: tape, sealed: sealed, seal: seal).write()
        return Outcome(isNew: isNew, seal: seal)
    }

    /// One seal or prune of a stream at a time.
    static func takeLock(_ tape: Tape, _ stream: StreamName) throws(TapeError) -> any DiskLock {
        let path = "\(tape.path(of: stream))/seal.lock"
        guard let lock = try onDisk({ () throws(DiskError) in try tape.disk.lock(path) }) else {
            throw .locked(stream: stream, path: path, holder: nil)
        }
        return lock
    }

    private func discardUnfinished() throws(TapeError) {
        try onDisk { () throws(DiskError) in
            for name in [SealedFile.name, DaySeal.fileName, SanityReport.fileName] {
                let path = "\(directory)/\(name).new"
                if try tape.disk.kind(of: path) != nil { try tape.disk.remove(path) }
            }
        }
    }

    /// Recovers a day that a killed writer has left: until then half of its mark may be torn, and its last
    /// segment passes for one that is being written. Where a writer lives, that is left to a later run.
    private func recover() throws(TapeError) {
        let path = "\(directory)/\(Mark.fileName)"
        let last = try tape.segments(of: stream, on: day).last
        guard try onDisk({ () throws(DiskError) in try tape.disk.kind(of: path) }) != nil else { return }
        if let mark = try Mark.durable(tape: tape, stream: stream, day: day), mark.isClosed,
            last ?? 0 <= mark.segmentFirstNumber, try !goesOn(behind: mark)
        {
            return
        }
        let lock = try onDisk { () throws(DiskError) in
            try tape.disk.lock("\(tape.path(of: stream))/\(TapeWriter.lockName)")
        }
        guard let lock else { return }
        defer { lock.release() }
        _ = try Recovery(tape: tape, stream: stream, day: day).run()
    }

    /// Whether the mark's segment is longer than the mark says, as beside a mark that was restored from an older
    /// copy: what is whole there is the day's.
    private func goesOn(behind mark: Mark) throws(TapeError) -> Bool {
        let path = "\(directory)/\(SegmentFile.name(firstNumber: mark.segmentFirstNumber))"
        return try onDisk { () throws(DiskError) in
            guard mark.offset > 0, try tape.disk.kind(of: path) != nil else { return false }
            let file = try tape.disk.open(path, .read)
            defer { file.close() }
            return try file.size() > mark.offset
        }
    }

    private func compressAndVerify(_ cursor: DayCursor) throws(TapeError) {
        let fresh = "\(directory)/\(SealedFile.name).new"
        let scales = try Catalog.load(tape).stream(stream)?.scales ?? .whole
        let index = try SealedWriter(tape: tape, stream: stream, day: day, scales: scales)
            .write(cursor, to: fresh)
        try Verify(tape: tape, stream: stream, day: day).compare(fresh, messageCount: index.messageCount)
        try onDisk { () throws(DiskError) in
            try tape.disk.rename(fresh, to: "\(directory)/\(SealedFile.name)")
            try tape.disk.syncDirectory(directory)
        }
    }
}
