internal import Columns

/// What the tick rule makes of one symbol's minute; volumes in the stream's scale.
public struct TickSideMinute: Equatable, Sendable {
    /// Minute of the WIB day.
    public var minute: Int
    /// Volume at prices that rose last.
    public var bought: UInt128 = 0
    /// Volume at prices that fell last.
    public var sold: UInt128 = 0
    /// Volume before the day's first change of price.
    public var unknown: UInt128 = 0

    /// A minute without volume.
    public init(minute: Int) { self.minute = minute }

    mutating func add(_ other: TickSideMinute) {
        bought &+= other.bought
        sold &+= other.sold
        unknown &+= other.unknown
    }
}

/// The stored form of a symbol's day: per minute the step from the minute before and three varints. Minutes stand in the
/// order in which they came, since a late trade keeps its place in the exchange's sequence: steps are signed.
public enum TickSideCode {
    static func pack(_ minutes: [TickSideMinute]) -> [UInt8] {
        var bytes: [UInt8] = []
        var last = 0
        for row in minutes {
            Varint.appendSigned(Int64(row.minute - last), to: &bytes)
            last = row.minute
            for volume in [row.bought, row.sold, row.unknown] { Varint.append(volume, to: &bytes) }
        }
        return bytes
    }

    /// The minutes of a row's value; nil where it is none.
    public static func unpack(_ value: [UInt8]) -> [TickSideMinute]? {
        value.withUnsafeBytes { bytes in
            var reader = VarintReader(bytes)
            var minutes: [TickSideMinute] = []
            var last: Int64 = 0
            while !reader.isAtEnd {
                last &+= reader.nextSigned()
                guard (0..<1440).contains(last) else { return nil }
                var row = TickSideMinute(minute: Int(last))
                row.bought = reader.nextWide()
                row.sold = reader.nextWide()
                row.unknown = reader.nextWide()
                if reader.failed { return nil }
                minutes.append(row)
            }
            return reader.failed ? nil : minutes
        }
    }
}
