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
    /// Who sent it: 0 the feed, 1 us.
    public let direction: UInt8

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
