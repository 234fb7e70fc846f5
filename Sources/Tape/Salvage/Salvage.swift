internal import Columns
public import Market
internal import Platform

/// Brings a damaged day into a form that reads without damage (TAPE "Scan"): every message that can be read keeps
/// its number, every other becomes a gap that says so, and the damaged files are kept under other names.
///
/// Nothing is believed that does not carry its checksum, and nothing is recomputed over bytes that do not. A run
/// that is killed leaves the day as it was, or as it is to be, or a plan that the next run carries out.
public struct Salvage {
    private let tape: Tape
    private let stream: StreamName
    private let day: TradingDay
    private let segmentSizeMax: Int64

    static let planName = SalvagePlan.fileName

    /// What salvaging a day comes to.
    public struct Report: Sendable {
        /// What is damaged, as a full scan finds it.
        public var findings: [Finding] = []
        /// Messages of the day, lost ones included.
        public var messages: UInt64 = 0
        /// Messages that cannot be read and become gaps.
        public var lost: [Range<UInt64>] = []
        /// The number from which on the day is written anew; nil where no message is.
        public var rewrittenFrom: UInt64?
        /// Files that are kept under another name.
        public var setAside: [String] = []
        /// Whether there is anything to do.
        public var isNeeded: Bool { !findings.isEmpty }
    }

    /// The salvaging of one stream and day.
    public init(
        tape: Tape, stream: StreamName, day: TradingDay,
        segmentSizeMax: Int64 = TapeWriter.segmentSizeMaxDefault
    ) {
        self.tape = tape
        self.stream = stream
        self.day = day
        self.segmentSizeMax = segmentSizeMax
    }

    private var directory: String { tape.path(of: stream, on: day) }

    /// Finds what there is to do, and does it where `reallyDo` says so.
    /// - Throws: ``TapeError``; where it throws, the day is as it was or the next run finishes it.
    public func run(reallyDo: Bool) throws(TapeError) -> Report {
        try tape.refuseRetired(stream, day)
        guard reallyDo else { return try examine().report }
        let locks = try takeLocks()
        defer { for lock in locks { lock.release() } }
        try SalvagePlan.finish(tape: tape, directory: directory)
        try discardUnfinished()
        let (needs, report) = try examine()
        guard report.isNeeded else { return report }
        if needs.onlyRecovery {
            _ = try Recovery(tape: tape, stream: stream, day: day).run()
            return report
        }
        try carryOut(needs, report)
        return report
    }

    /// Writes every payload that can be read to a file, one a line, and changes nothing on the tape.
    /// - Returns: How many.
    public func write(to path: String) throws(TapeError) -> UInt64 {
        try tape.refuseRetired(stream, day)
        let sealed = try? SealedReader.openDamaged(tape: tape, stream: stream, day: day)
        let file = try onDisk { () throws(DiskError) in try tape.disk.open(path, .replace) }
        defer { file.close() }
        var (count, offset, buffer): (UInt64, Int64, [UInt8]) = (0, 0, [])
        func flush() throws(TapeError) {
            let result = buffer.withUnsafeBytes { raw in
                Result { () throws(DiskError) in try file.write(raw, at: offset) }
            }
            try onDisk { () throws(DiskError) in try result.get() }
            offset += Int64(buffer.count)
            buffer.removeAll(keepingCapacity: true)
        }
        try SalvageSource(tape: tape, stream: stream, day: day, sealed: sealed).forEach(from: 0) {
            (message) throws(TapeError) in
            guard !message.isGap else { return }
            buffer.append(contentsOf: message.bytes)
            buffer.append(0x0A)
            count += 1
            if buffer.count >= 1 << 20 { try flush() }
        }
        try flush()
        return count
    }

    // MARK: Finding out

    private func examine() throws(TapeError) -> (needs: SalvageNeeds, report: Report) {
        let scanner = TapeScanner(tape: tape, level: .full)
        let findings = scanner.scan(.day(stream, day)).findings
        var report = Report()
        report.findings = findings.filter { $0.mend == scanner.mend.salvage(stream, day) }
        let needs = try SalvageNeeds(tape: tape, stream: stream, day: day, report.findings)
        report.messages = needs.end
        report.rewrittenFrom = needs.from
        report.setAside = needs.setAside
        guard let from = needs.from else { return (needs, report) }
        var next = from
        var lost: [Range<UInt64>] = []
        try needs.source.forEach(from: from) { (message) throws(TapeError) in
            if message.number > next { lost.append(next..<message.number) }
            next = max(next, message.number + 1)
        }
        if next < needs.end { lost.append(next..<needs.end) }
        report.messages = max(next, needs.end)
        report.lost = lost
        return (needs, report)
    }

    // MARK: Doing it

    private func carryOut(_ needs: SalvageNeeds, _ report: Report) throws(TapeError) {
        var mark = needs.mark ?? Mark()
        var steps: [SalvagePlan.Step] = []
        for name in needs.setAside { steps.append(SalvagePlan.Step(from: name, to: try unusedName(name))) }
        if let from = needs.from {
            let writer = SalvageWriter(
                tape: tape, stream: stream, day: day, scales: needs.scales, nextNumber: from,
                chain: try needs.chain(before: from), segmentSizeMax: segmentSizeMax)
            try needs.source.forEach(from: from) { (message) throws(TapeError) in
                try writer.append(message) { reason($0, report.findings) }
            }
            try writer.fill(to: needs.end) { reason($0, report.findings) }
            try writer.finish()
            for first in writer.segments {
                let name = SegmentFile.name(firstNumber: first)
                steps.append(SalvagePlan.Step(from: "\(name).new", to: name))
            }
            mark.nextNumber = writer.nextNumber
            mark.chain = writer.chain
            if let last = writer.segments.last {
                (mark.segmentFirstNumber, mark.offset) = (last, writer.offset)
            }
        }
        mark.nextNumber = max(mark.nextNumber, needs.end)
        steps.append(SalvagePlan.Step(from: "\(Mark.fileName).new", to: Mark.fileName))
        try write(mark)
        if try onDisk({ () throws(DiskError) in try tape.disk.kind(of: "\(directory)/\(Mark.fileName)") })
            != nil
        {
            try copyMark()
        }
        try SalvagePlan(steps: steps).run(tape: tape, directory: directory)
    }

    private func write(_ mark: Mark) throws(TapeError) {
        var mark = mark
        mark.writeCount = 0
        mark.isClosed = true
        try onDisk { () throws(DiskError) in
            let file = try tape.disk.open("\(directory)/\(Mark.fileName).new", .replace)
            defer { file.close() }
            try Mark.make(in: file)
            try mark.write(to: file)
            try file.sync()
        }
    }

    /// The old mark is copied and not renamed: at no time is the day without one.
    private func copyMark() throws(TapeError) {
        let bytes = try wholeFile(tape, "\(directory)/\(Mark.fileName)")
        try replaceFile(tape, "\(directory)/\(try unusedName(Mark.fileName))", bytes)
    }

    private func reason(_ range: Range<UInt64>, _ findings: [Finding]) -> String {
        let cause = findings.first { $0.messages.map { $0.overlaps(range) } ?? false } ?? findings.first
        let name = cause?.path?.split(separator: "/").last ?? ""
        return
            "{\"gap\":{\"first\":\(range.lowerBound),\"end\":\(range.upperBound),\"rule\":\"\(cause?.rule ?? "")\","
            + "\"file\":\"\(name)\",\"offset\":\(cause?.offset ?? 0)}}"
    }

    private func unusedName(_ name: String) throws(TapeError) -> String {
        try onDisk { () throws(DiskError) in
            var attempt = 0
            var candidate = "\(name).damaged"
            while try tape.disk.kind(of: "\(directory)/\(candidate)") != nil {
                attempt += 1
                candidate = "\(name).\(attempt).damaged"
            }
            return candidate
        }
    }

    /// Removes what an earlier run has written and not committed to.
    private func discardUnfinished() throws(TapeError) {
        try onDisk { () throws(DiskError) in
            for name in try tape.disk.list(directory)
            where name.hasSuffix(".log.new") || name == "\(Mark.fileName).new" {
                try tape.disk.remove("\(directory)/\(name)")
            }
        }
    }

    private func takeLocks() throws(TapeError) -> [any DiskLock] {
        let seal = try Seal.takeLock(tape, stream)
        let path = "\(tape.path(of: stream))/lock"
        guard let writer = try onDisk({ () throws(DiskError) in try tape.disk.lock(path) }) else {
            seal.release()
            throw .locked(stream: stream, path: path, holder: nil)
        }
        return [seal, writer]
    }
}
