/// An instant: nanoseconds since 1970-01-01 00:00 UTC.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Nanoseconds since 1970-01-01 UTC.
    public let nanos: Int64

    /// An instant by nanoseconds since 1970-01-01 UTC.
    @inlinable
    public init(nanos: Int64) {
        self.nanos = nanos
    }

    /// "No time is known": imports carry no receive time unless an envelope gives one.
    public static let none = Timestamp(nanos: Int64.min)

    /// Whether a time is known.
    @inlinable
    public var isKnown: Bool { nanos != Int64.min }

    /// Milliseconds since 1970-01-01 UTC, rounded down.
    @inlinable
    public var millis: Int64 {
        nanos >= 0 ? nanos / 1_000_000 : (nanos - 999_999) / 1_000_000
    }

    /// Earlier instants come first.
    @inlinable
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.nanos < right.nanos }
}
