public import Market
internal import Platform

/// How deep a scan looks.
public enum ScanLevel: String, Codable, Sendable, CaseIterable {
    /// Headers, lengths, marks, seals and their chain, ledger, foreign files: no message is read.
    case quick
    /// Also every checksum, read from the disk; every sealed message is restored and hashed.
    case full
    /// Also replays every day and compares the result with the store.
    case audit
}

/// What is scanned at one go, and remembered as done.
public enum ScanUnit: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The tape's own files.
    case tape
    /// A stream's own files: ledger and chain of seals.
    case stream(StreamName)
    /// One day of a stream.
    case day(StreamName, TradingDay)

    /// Its name: `tape`, `idx.trades`, `idx.trades/2026-02-10`.
    public var description: String {
        switch self {
        case .tape: "tape"
        case .stream(let stream): stream.text
        case .day(let stream, let day): "\(stream)/\(day)"
        }
    }

    /// The slice of `count`, from 1, that the unit belongs to; the same on every machine and in every run.
    public func slice(of count: Int) -> Int {
        let sum = Array(description.utf8).withUnsafeBytes { CRC32C.checksum($0) }
        // The high bits of a product: a checksum's low bits alone spread neighbouring days unevenly.
        return Int((UInt64(sum) &* 0x9E37_79B9_7F4A_7C15) >> 32) % count + 1
    }

    /// The tape first, then streams by name, each before its days.
    public static func < (left: ScanUnit, right: ScanUnit) -> Bool { left.order < right.order }

    private var order: (String, Int32) {
        switch self {
        case .tape: ("", 0)
        case .stream(let stream): (stream.text, Int32.min)
        case .day(let stream, let day): (stream.text, day.daysSinceEpoch)
        }
    }
}
