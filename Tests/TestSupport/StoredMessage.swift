package import Columns
package import Market
package import Tape

/// A message as it was appended, or as a cursor gave it back.
package struct StoredMessage: Equatable, Sendable {
    /// The bytes.
    package var payload: [UInt8]
    /// When it was received.
    package var receiveTimeNanos: Int64
    /// Where it came from.
    package var channel: UInt16
    /// Who sent it.
    package var direction: UInt8

    /// A message.
    package init(
        _ payload: [UInt8], receiveTimeNanos: Int64 = .min, channel: UInt16 = 0, direction: UInt8 = 0
    ) {
        self.payload = payload
        self.receiveTimeNanos = receiveTimeNanos
        self.channel = channel
        self.direction = direction
    }

    /// A message of these bytes and nothing else, for as long as they live.
    package static func raw(_ bytes: UnsafeRawBufferPointer) -> RawMessage {
        RawMessage(
            payload: bytes.baseAddress!, payloadSize: bytes.count, number: 0, receiveTimeNanos: .min,
            channel: 0,
            direction: 0)
    }

    /// Appends it through a writer.
    @discardableResult
    package func append(to writer: TapeWriter, _ day: TradingDay) throws(TapeError) -> UInt64 {
        let result = payload.withUnsafeBytes { bytes in
            withUnsafeBytes(of: UInt64(0)) { nothing in
                Result { () throws(TapeError) in
                    try writer.append(
                        RawMessage(
                            payload: bytes.baseAddress ?? nothing.baseAddress!, payloadSize: bytes.count,
                            number: 0, receiveTimeNanos: receiveTimeNanos, channel: channel,
                            direction: direction), to: day)
                }
            }
        }
        return try result.get()
    }
}

/// What a cursor says of a day.
package struct DayContent: Sendable {
    /// The messages' numbers.
    package var numbers: [UInt64] = []
    /// The messages.
    package var messages: [StoredMessage] = []
    /// What was found damaged.
    package var damages: [TapeDamage] = []
    /// How many messages the day holds, lost ones included.
    package var endNumber: UInt64

    /// Reads a day to its end.
    package init(
        _ tape: Tape, _ stream: StreamName, _ day: TradingDay, wanted: Range<UInt64> = 0..<UInt64.max
    ) throws(TapeError) {
        let cursor = try DayCursor(tape: tape, stream: stream, day: day, wanted: wanted)
        endNumber = cursor.endNumber
        while let batch = try cursor.next() {
            for message in batch {
                numbers.append(message.number)
                messages.append(
                    StoredMessage(
                        Array(message.bytes), receiveTimeNanos: message.receiveTimeNanos,
                        channel: message.channel, direction: message.direction))
            }
        }
        damages = cursor.damages
    }

    /// The payloads.
    package var payloads: [[UInt8]] { messages.map(\.payload) }
}
