internal import Market
internal import Platform

/// Looks for damage in the files of a tape. It changes nothing, and says of everything where it is and what
/// mends it (TAPE "Scan").
///
/// Damage is a finding, never an error: also a file that the disk will not give. Memory is that of one block
/// or of one damaged segment. One thread at a time.
public struct TapeScanner {
    let tape: Tape
    let mend: Mend
    let level: ScanLevel

    /// What the scan of one unit came to.
    public struct Outcome: Equatable, Sendable {
        /// What was found, in the order of the files.
        public var findings: [Finding] = []
        /// Messages that the day holds, for a day.
        public var messages: UInt64?
    }

    /// A scanner; ``ScanLevel/audit`` looks at files as ``ScanLevel/full`` does.
    public init(tape: Tape, level: ScanLevel, mend: Mend? = nil) {
        self.tape = tape
        self.level = level
        self.mend = mend ?? Mend(tape: tape.root)
    }

    /// Everything there is to scan, in order.
    /// - Throws: ``TapeError/noTape(path:)``.
    public func units() throws(TapeError) -> [ScanUnit] {
        var units: [ScanUnit] = [.tape]
        for stream in try tape.streams() {
            units.append(.stream(stream))
            for day in try tape.days(of: stream) { units.append(.day(stream, day)) }
        }
        return units
    }

    /// Scans one unit.
    public func scan(_ unit: ScanUnit) -> Outcome {
        switch unit {
        case .tape: return Outcome(findings: CatalogScan(self).findings())
        case .stream(let stream): return Outcome(findings: StreamScan(self, stream).findings())
        case .day(let stream, let day): return DayScan(self, stream, day).outcome()
        }
    }

    /// Whether content is read, or only what describes it.
    var readsContent: Bool { level != .quick }

    /// A file that could not be read.
    func unreadable(
        _ error: TapeError, _ path: String, _ stream: StreamName?, _ day: TradingDay? = nil
    ) -> Finding {
        Finding(
            .damage, FileRule.fileUnreadable.rawValue, stream: stream, day: day, path: path, "\(error)",
            mend: mend.restore(path))
    }

    /// Makes sure that a file comes from the disk, not from what the system remembers of it.
    func forget(_ path: String) throws(TapeError) {
        try onDisk { () throws(DiskError) in
            let file = try tape.disk.open(path, .read)
            defer { file.close() }
            try file.dropCache()
        }
    }

    /// A file's bytes; nil where there is none.
    func bytes(of path: String) throws(TapeError) -> [UInt8]? {
        guard try onDisk({ () throws(DiskError) in try tape.disk.kind(of: path) }) == .file else {
            return nil
        }
        if readsContent { try forget(path) }
        return try wholeFile(tape, path)
    }
}
