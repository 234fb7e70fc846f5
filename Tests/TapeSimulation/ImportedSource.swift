internal import Glibc
internal import Market
internal import TestSupport

/// A file of lines that is imported, again and again, and grows; sometimes its last line is cut off. It lies in
/// a file without a name, and can be given as a pipe too.
final class ImportedSource {
    /// A payload.
    struct Item {
        let day: TradingDay
        var bytes: [UInt8]
        /// What has not been written yet of a line that is cut off.
        var rest: [UInt8] = []
        /// The form in which it may be on the tape beside its whole one: as it was cut off.
        var earlier: [UInt8]?
    }

    /// The trading day given by the user; nil where lines carry theirs.
    let date: TradingDay?
    /// Payloads by day, in order.
    private(set) var days: [TradingDay: [Item]] = [:]
    private(set) var count = 0
    /// By day, how many payloads an import has called durable.
    var acknowledged: [TradingDay: Int] = [:]
    /// Whether an import of its present form has ended well, so that all of it has to be on the tape.
    var isWhole = false

    private var order: [TradingDay] = []
    private var text: [UInt8] = []
    private let stream: UnsafeMutablePointer<FILE>
    private var file: Int32 { fileno(stream) }

    init(date: TradingDay?) {
        self.date = date
        guard let file = tmpfile() else {
            preconditionFailure("no temporary file: \(String(cString: strerror(errno)))")
        }
        stream = file
    }

    deinit { fclose(stream) }

    /// Adds lines; `cutting` leaves off the last one's end, to be written before the next line.
    func grow(_ lines: [(TradingDay, String)], cutting: Int) {
        isWhole = false
        finishLine()
        for (day, line) in lines {
            let bytes = Array(line.utf8)
            days[day, default: []].append(Item(day: day, bytes: bytes))
            order.append(day)
            count += 1
            text += bytes + [0x0A]
        }
        if cutting > 0, let day = order.last {
            let last = days[day]!.count - 1
            let bytes = days[day]![last].bytes
            days[day]![last].bytes = Array(bytes.dropLast(cutting - 1))
            days[day]![last].rest = Array(bytes.suffix(cutting - 1))
            text.removeLast(cutting)
        }
        store()
    }

    /// The days of the first payloads, and how many of each day are among them.
    func days(ofFirst count: Int) -> [TradingDay: Int] {
        order.prefix(count).reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }

    /// A path by which it can be read as often as wanted.
    var path: String { "/proc/self/fd/\(file)" }

    /// Gives `body` a path by which it can be read once, like a pipe's.
    func withPipe<Result>(_ body: (String) -> Result) -> Result {
        var ends: [Int32] = [0, 0]
        precondition(pipe(&ends) == 0, "no pipe: \(String(cString: strerror(errno)))")
        // It fits the pipe's buffer, so nobody has to read meanwhile.
        precondition(text.count < 65_536 && Glibc.write(ends[1], text, text.count) == text.count)
        close(ends[1])
        defer { close(ends[0]) }
        return body("/proc/self/fd/\(ends[0])")
    }

    private func finishLine() {
        guard let day = order.last, text.last != 0x0A else { return }
        let last = days[day]!.count - 1
        text += days[day]![last].rest + [0x0A]
        guard !days[day]![last].rest.isEmpty else { return }
        days[day]![last].earlier = days[day]![last].bytes
        days[day]![last].bytes += days[day]![last].rest
        days[day]![last].rest = []
        acknowledged[day] = min(acknowledged[day] ?? 0, last)
    }

    private func store() {
        precondition(ftruncate(file, 0) == 0 && pwrite(file, text, text.count, 0) == text.count)
    }
}
