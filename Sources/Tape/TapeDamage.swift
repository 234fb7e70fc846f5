public import Market

/// Something on the tape that is not as it was acknowledged: found, located, read around, never mended
/// unasked.
public struct TapeDamage: Error, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Kind: String, Sendable {
        /// A frame's bytes do not carry its checksum.
        case frame
        /// The file ends, or the data end, before the mark.
        case missing
        /// A segment's header is unreadable or is that of another segment.
        case header
        /// A segment does not continue the one before it, or does not end at the mark's checksum.
        case chain
        /// The mark is unreadable.
        case mark
        /// A block of a sealed day does not have its hash, or cannot be restored.
        case block
    }

    /// What is wrong.
    public let kind: Kind
    /// The stream.
    public let stream: StreamName
    /// The trading day.
    public let day: TradingDay
    /// The damaged file.
    public let path: String
    /// First damaged byte.
    public let offset: Int64
    /// Bytes that cannot be used.
    public let size: Int64
    /// Numbers of the messages that are lost; empty where all could be read.
    public let lost: Range<UInt64>

    /// Whether it is half of a mark beside a half that holds: what a power cut leaves until a writer comes. The
    /// other half names what is durable, so nothing below it is in doubt.
    var isHalfMark: Bool { kind == .mark && size > 0 && lost.isEmpty }

    /// One line.
    public var description: String {
        let messages = lost.isEmpty ? "no message" : "messages \(lost.lowerBound) to \(lost.upperBound - 1)"
        return "damage (\(kind.rawValue)) in \(path) at byte \(offset), \(size) bytes, \(messages) lost"
    }
}
