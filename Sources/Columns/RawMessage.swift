/// One message as it lies on the tape, not decoded.
///
/// The payload is a view into the reader's buffer: valid until the reader's next step, and followed by at
/// least ``payloadSlack`` readable bytes, so that decoders may load whole words across its end.
public struct RawMessage {
    /// First byte of the payload.
    public let payload: UnsafeRawPointer
    /// Bytes of the payload.
    public let payloadSize: Int
    /// Number of the message in its stream and day, from 0.
    public let number: UInt64
    /// Receive time in nanoseconds since 1970 UTC; `Int64.min` where none is known.
    public let receiveTimeNanos: Int64
    /// Which connection or import source brought it.
    public let channel: UInt16
    /// Who sent it: 0 the feed, 1 us; ``gapDirection``: nobody, it stands for a message that is lost.
    public let direction: UInt8

    /// The direction of a message that a salvage put in the place of one that could not be read.
    public static let gapDirection: UInt8 = 2

    /// Whether it stands for a message that is lost. The first of a gap tells why in its payload, the others
    /// are empty.
    @inlinable
    public var isGap: Bool { direction == RawMessage.gapDirection }

    /// Readable bytes behind every payload.
    public static let payloadSlack = 64

    /// A view of a message.
    @inlinable
    public init(
        payload: UnsafeRawPointer, payloadSize: Int, number: UInt64, receiveTimeNanos: Int64, channel: UInt16,
        direction: UInt8
    ) {
        self.payload = payload
        self.payloadSize = payloadSize
        self.number = number
        self.receiveTimeNanos = receiveTimeNanos
        self.channel = channel
        self.direction = direction
    }

    /// The payload's bytes.
    @inlinable
    public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: payload, count: payloadSize) }
}
