public import Columns

/// The codecs that the tape seals days with: what a tape is opened with wherever layouts are known.
public struct FeedCodecs: CodecCatalog {
    /// All codecs of this program.
    public init() {}

    /// The codec of a stored block.
    public func codec(_ id: CodecID) -> (any BlockCodec)? { BlockCodecs.codec(id) }

    /// The codec that suits messages best.
    public func choose(_ messages: UnsafeBufferPointer<RawMessage>) -> any BlockCodec {
        BlockCodecs.choose(for: messages)
    }

    /// The hour of a trade line, bare, in an envelope or in a frame; nil for everything else.
    public func hour(of message: RawMessage) -> Int? {
        guard message.payloadSize > 15 else { return nil }
        // `B|HH…` and `YYYYMMDD|HH…`: the figures stand in fixed places.
        let first = message.payload.load(as: UInt8.self)
        if first == 0x42, message.payload.load(fromByteOffset: 1, as: UInt8.self) == 0x7C {
            return hour(message.payload + 2)
        }
        if first >= 0x30, first <= 0x39, message.payload.load(fromByteOffset: 8, as: UInt8.self) == 0x7C {
            return hour(message.payload + 9)
        }
        // A frame or envelope names the hour of its first line.
        if first & 0xDF == 0x5B, let line = TradeLineFinder.next(in: message.bytes, from: 0) {
            return TradeLineFinder.hour(of: UnsafeRawBufferPointer(rebasing: message.bytes[line]))
        }
        return nil
    }

    private func hour(_ text: UnsafeRawPointer) -> Int? {
        let tens = text.load(as: UInt8.self) &- 0x30
        let ones = text.load(fromByteOffset: 1, as: UInt8.self) &- 0x30
        guard tens <= 2, ones <= 9, tens * 10 + ones < 24 else { return nil }
        return Int(tens * 10 + ones)
    }
}
