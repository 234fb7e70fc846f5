import Feed
import Market
import Platform
import Tape
import TestSupport

@testable import Ingest

/// Sources in files and a tape, on a simulated disk, into which they are imported.
struct ImportedTape {
    static let stream = try! StreamName("idx.trades")
    let folder: TemporaryFolder
    let disk: FaultyDisk
    let tape: Tape

    init(folder: TemporaryFolder = TemporaryFolder(), disk: FaultyDisk = FaultyDisk(reserveSizeMax: 1024)) {
        self.folder = folder
        self.disk = disk
        tape = Tape(root: "/tape", disk: disk, clock: ManualClock())
    }

    func source(_ name: String, _ text: String) -> String { folder.write(name, Array(text.utf8)) }

    @discardableResult
    func run(
        _ paths: [String], date: String? = nil, layout: PayloadSplitter.Layout = .auto
    ) throws(ImportError) -> ImportReport {
        var options = ImportOptions(stream: ImportedTape.stream)
        options.date = date.flatMap { TradingDay($0) }
        options.layout = layout
        return try Importer(tape: tape, options: options).run(paths)
    }

    /// All payloads of a day as text.
    func texts(_ day: String) throws -> [String] {
        let content = try DayContent(tape, ImportedTape.stream, TradingDay(day)!)
        guard content.damages.isEmpty else { return content.damages.map(\.description) }
        return content.payloads.map { String(decoding: $0, as: UTF8.self) }
    }

    var days: [String] {
        get throws { try tape.days(of: ImportedTape.stream).map(\.description) }
    }

    /// Six-field lines (the older trade form), which carry their date. A third of them are the same as the
    /// line before: such twins are two trades, and both belong on the tape.
    static func lines(_ count: Int, seed: UInt64, days: [String] = ["20260209", "20260210"]) -> [String] {
        var random = SplitMix64(seed: seed)
        var lines: [String] = []
        for index in 0..<count {
            if index > 0, random.below(3) == 0 {
                lines.append(lines[index - 1])
            } else {
                let day = days[random.below(days.count)]
                let symbol = ["BBCA", "BBRI", "TLKM"][random.below(3)]
                lines.append(
                    "\(day)|09000\(random.below(9))|\(symbol)|\(100 + seed % 50)|\(1 + random.below(3))|B")
            }
        }
        return lines
    }
}
