public import Market
internal import Platform

/// Removes a sealed day that retention lets go, and leaves a ``Tombstone``.
///
/// The tombstone is durable before the first byte goes, and decides from then on: a run that was killed
/// behind it is finished by the next, and nobody reads, writes or seals the day any more. Seal, mark and sanity
/// report stay, so that the chain of seals can still be followed.
public struct Retire {
    private let tape: Tape
    private let stream: StreamName
    private let day: TradingDay

    /// What retiring a day came to.
    public enum Outcome: Sendable {
        /// What goes, or went: nothing where it was gone already.
        case files(Prune.Outcome)
        /// Nothing: some of the day's messages are not sealed, so no seal would tell of them.
        case mustBeSealed
    }

    /// The removal of one stream and day.
    public init(tape: Tape, stream: StreamName, day: TradingDay) {
        self.tape = tape
        self.stream = stream
        self.day = day
    }

    /// Finds what would go, and removes it where `reallyRemove` says so.
    /// - Parameter policy: The rule that asks for it, as the tombstone will tell it.
    /// - Throws: ``TapeError/locked(stream:path:holder:)`` while a writer has the stream;
    ///   ``TapeError/notATape(path:detail:)`` where the day's seal is missing or of another file.
    public func run(policy: String, reallyRemove: Bool) throws(TapeError) -> Outcome {
        // Most tombstones are old: they have nothing to wait for.
        if try tape.tombstone(of: stream, on: day) != nil {
            let left = try filesToGo()
            if left.segments.isEmpty {
                // A killed run may have removed the last of it just before it made that durable.
                if reallyRemove {
                    try onDisk { () throws(DiskError) in
                        try tape.disk.syncDirectory(tape.path(of: stream, on: day))
                    }
                }
                return .files(left)
            }
        }
        // A writer that has the day open would go on in files that are gone.
        let writing = reallyRemove ? try takeWriterLock() : nil
        defer { writing?.release() }
        let lock = try Seal.takeLock(tape, stream)
        defer { lock.release() }
        let isRetired = try tape.tombstone(of: stream, on: day) != nil
        let seal = isRetired ? nil : try provenSeal()
        guard isRetired || seal != nil else { return .mustBeSealed }
        let outcome = try filesToGo()
        guard reallyRemove else { return .files(outcome) }
        if let seal {
            try Tombstone(seal, at: tape.clock.wallNanos(), policy: policy)
                .write(tape, tape.tombstonePath(stream, day))
        }
        try onDisk { () throws(DiskError) in
            let directory = tape.path(of: stream, on: day)
            // What a killed run has left may be in the page cache only: the tombstone first.
            try tape.disk.syncDirectory(directory)
            for name in outcome.segments { try tape.disk.remove("\(directory)/\(name)") }
            try tape.disk.syncDirectory(directory)
        }
        return .files(outcome)
    }

    private func takeWriterLock() throws(TapeError) -> any DiskLock {
        let path = "\(tape.path(of: stream))/lock"
        guard let lock = try onDisk({ () throws(DiskError) in try tape.disk.lock(path) }) else {
            throw .locked(stream: stream, path: path, holder: TapeWriter.holder(tape, path))
        }
        return lock
    }

    /// The day's seal, where it covers every message and stands in the chain; nil where the day is not
    /// sealed whole.
    private func provenSeal() throws(TapeError) -> DaySeal? {
        guard let sealed = try SealedReader.openIfSealed(tape: tape, stream: stream, day: day) else {
            return nil
        }
        guard let mark = try Mark.durable(tape: tape, stream: stream, day: day) else {
            throw .notATape(
                path: "\(tape.path(of: stream, on: day))/\(Mark.fileName)",
                detail: "it is unreadable, so nobody knows whether the day is sealed whole; restore the file")
        }
        guard mark.nextNumber <= sealed.messageCount else { return nil }
        guard try DaySeal.matches(tape: tape, sealed: sealed),
            let seal = try DaySeal.load(tape: tape, stream: stream, day: day)
        else {
            throw .notATape(
                path: "\(tape.path(of: stream, on: day))/\(SealedFile.name)",
                detail: "its seal is missing or of another file; run `jejak seal` again")
        }
        return seal
    }

    /// Everything that holds bytes of messages, whole or torn.
    private func filesToGo() throws(TapeError) -> Prune.Outcome {
        let directory = tape.path(of: stream, on: day)
        return try onDisk { () throws(DiskError) in
            let names = try tape.disk.list(directory).filter {
                $0 == SealedFile.name || $0 == "\(SealedFile.name).new" || $0.hasSuffix(".log")
                    || $0.hasSuffix(".broken") || $0.hasSuffix(".broken.new")
            }
            return Prune.Outcome(segments: names, bytes: try tape.disk.bytes(of: names, in: directory))
        }
    }
}
