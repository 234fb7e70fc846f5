internal import Foundation
internal import Tape
internal import Platform

/// What earlier scans have looked at and found, in a file beside the store: the cursor with which a scan goes on,
/// and the list of what has to be looked at again. Losing it costs time, never a finding.
final class ScanRecord {
    /// One line of the file.
    struct Entry: Codable, Equatable, Sendable {
        /// Number of the run that looked at it.
        var run: Int
        /// The unit, by name; empty in a line that begins a run.
        var unit: String
        /// What was wanted of the run, in the line that begins it.
        var wanted: String?
        /// How deep it was looked at.
        var level: ScanLevel
        /// When, nanoseconds since 1970 UTC.
        var at: Int64
        /// What was found.
        var findings: [Finding]
        /// Messages of a day.
        var messages: UInt64?
    }

    private let path: String
    private let disk: any Disk
    /// The newest entry of each unit.
    private(set) var entries: [String: Entry] = [:]
    /// The newest run.
    private var begun: Entry?
    private var file: (any DiskFile)?
    private var size: Int64 = 0

    /// Reads the record; one that is not there, or that is damaged, is empty.
    init(path: String, disk: any Disk) {
        self.path = path
        self.disk = disk
        guard let file = try? disk.open(path, .read) else { return }
        defer { file.close() }
        guard let size = try? file.size() else { return }
        var bytes = [UInt8](repeating: 0, count: Int(size))
        guard bytes.withUnsafeMutableBytes({ (try? file.read(into: $0, at: 0)) ?? -1 }) == bytes.count else {
            return
        }
        for line in bytes.split(separator: 0x0A) {
            // A line that a killed run has torn is of a unit that was not finished.
            guard let entry = try? JSONDecoder().decode(Entry.self, from: Data(line)) else { continue }
            if entry.unit.isEmpty { begun = entry } else { entries[entry.unit] = entry }
        }
    }

    /// Number of the run that was begun last; nil before the first.
    var newestRun: Int? { begun?.run }

    /// Begins a run, or goes on with the newest one if that wanted the same.
    /// - Returns: The number of the run, and the units that it has looked at already.
    func begin(wanted: String, level: ScanLevel, resumes: Bool, at nanos: Int64) throws(DiskError) -> Int {
        if resumes, let begun, begun.wanted == wanted, begun.level == level {
            try rewrite()
            return begun.run
        }
        let run = (begun?.run ?? 0) + 1
        begun = Entry(
            run: run, unit: "", wanted: wanted, level: level, at: nanos, findings: [], messages: nil)
        try rewrite()
        return run
    }

    /// Notes a unit; it is kept when this returns, though perhaps not through a power cut.
    func add(_ entry: Entry) throws(DiskError) {
        entries[entry.unit] = entry
        try append(entry)
    }

    /// Closes the file.
    func close() {
        file?.close()
        file = nil
    }

    /// Writes the record anew, with one line per unit, beside the old one.
    private func rewrite() throws(DiskError) {
        let fresh = try disk.open("\(path).new", .replace)
        file = fresh
        size = 0
        if let begun { try append(begun) }
        for unit in entries.keys.sorted() { try append(entries[unit]!) }
        try disk.rename("\(path).new", to: path)
    }

    private func append(_ entry: Entry) throws(DiskError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(entry), let file else {
            preconditionFailure("an entry always encodes, into a record that was begun")
        }
        let bytes = [UInt8](data) + [0x0A]
        let result = bytes.withUnsafeBytes { raw in
            Result { () throws(DiskError) in try file.write(raw, at: size) }
        }
        try result.get()
        size += Int64(bytes.count)
    }
}
