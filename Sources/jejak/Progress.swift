internal import Platform

/// A progress line on the terminal; nothing in a pipe.
final class Progress {
    private let isShown: Bool
    private let clock = SystemClock()
    private let start: Int64
    private var lastShown: Int64 = 0
    private let verb: String

    init(_ verb: String, isQuiet: Bool) {
        self.verb = verb
        isShown = !isQuiet && Console.isErrorTerminal
        start = clock.monotonicNanos()
    }

    /// Seconds since the work began.
    var seconds: Double { Double(clock.monotonicNanos() - start) / 1e9 }

    /// Shows how far the work is, at most five times a second.
    /// - Parameter fraction: 0 ... 1 where the end is known; gives the ETA.
    func show(count: Int, fraction: Double?) {
        guard isShown, clock.monotonicNanos() - lastShown > 200_000_000 else { return }
        lastShown = clock.monotonicNanos()
        let elapsed = seconds
        var line =
            "\(verb) \(Text.grouped(count)) messages, \(Text.grouped(Int(Double(count) / max(elapsed, 0.001))))/s"
        if let fraction, fraction > 0.001 {
            let left = elapsed / fraction - elapsed
            line += ", \(Int(fraction * 100)) %, \(Int(left.rounded(.up))) s left"
        }
        Console.status(line)
    }

    /// Shows how far work is that is counted in days.
    func show(days: Int, of all: Int) {
        guard isShown, clock.monotonicNanos() - lastShown > 200_000_000 else { return }
        lastShown = clock.monotonicNanos()
        let left = seconds / Double(max(days, 1)) * Double(all - days)
        Console.status("\(verb) \(days) of \(all) days, \(Int(left.rounded(.up))) s left")
    }

    func end() {
        if isShown, lastShown > 0 { Console.status("") }
    }
}
