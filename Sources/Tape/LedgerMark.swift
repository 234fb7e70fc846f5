internal import Platform

/// How far a ledger is durable, and what stands there: the file `ledger.mark`, which is made like a day's mark
/// (`tape/FORMAT.md`, "Ledger").
///
/// A checksum in each line does not show that whole lines are missing at the end, stand elsewhere or twice.
/// Then a source that is on the tape would be imported again.
final class LedgerMark {
    private let file: any DiskFile
    private var mark: Mark

    /// Opens the mark of a ledger, or makes it where an earlier version has left none.
    /// - Parameter ledger: The ledger's whole lines.
    /// - Throws: ``TapeError/notATape(path:detail:)`` where the ledger does not begin with what is marked.
    init(tape: Tape, directory: String, ledger: [UInt8]) throws(TapeError) {
        let path = "\(directory)/\(Ledger.markName)"
        let file = try onDisk { () throws(DiskError) in
            let isNew = try tape.disk.kind(of: path) == nil
            let file = try tape.disk.open(path, isNew ? .create : .update)
            do throws(DiskError) {
                // As with a day's mark: what a killed run has left is made durable, or forgotten.
                try file.sync()
                try file.dropCache()
                try Mark.make(in: file)
                try tape.disk.syncDirectory(directory)
            } catch {
                file.close()
                throw error
            }
            return file
        }
        do throws(TapeError) {
            mark = try LedgerMark.read(file, ledger, "\(directory)/\(Ledger.fileName)")
        } catch {
            file.close()
            throw error
        }
        self.file = file
    }

    private static func read(
        _ file: any DiskFile, _ ledger: [UInt8], _ ledgerPath: String
    ) throws(TapeError) -> Mark {
        guard
            case .mark(var mark, _) = try onDisk({ () throws(DiskError) in
                try Mark.read(from: file, of: .ledger)
            })
        else {
            throw .notATape(
                path: file.path,
                detail: "it is unreadable, so what was imported is not known; restore the file")
        }
        guard mark.offset <= Int64(ledger.count),
            mark.chain == ledger[..<Int(mark.offset)].withUnsafeBytes({ CRC32C.checksum($0) })
        else {
            throw .notATape(
                path: ledgerPath,
                detail:
                    "it is not what was written up to byte \(mark.offset), so what was imported is not known; "
                    + "restore the file")
        }
        // Lines that became durable just before a run was killed, or that an earlier version has written.
        mark.chain = ledger[Int(mark.offset)...].withUnsafeBytes { CRC32C.checksum($0, seed: mark.chain) }
        mark.nextNumber += UInt64(ledger[Int(mark.offset)...].count { $0 == 0x0A })
        mark.offset = Int64(ledger.count)
        return mark
    }

    /// Moves the mark over lines that are durable.
    func advance(over lines: [UInt8]) throws(DiskError) {
        mark.chain = lines.withUnsafeBytes { CRC32C.checksum($0, seed: mark.chain) }
        mark.offset += Int64(lines.count)
        mark.nextNumber += UInt64(lines.count { $0 == 0x0A })
        try mark.write(to: file)
    }

    func close() { file.close() }
}
