internal import Columns
internal import Platform

/// One message in a hot segment (`tape/FORMAT.md`, "Frame"). Little-endian, padded to 8 bytes:
///
/// ```
///  0  u32  CRC-32C, continued from the frame before, over bytes 4 ..< padded size
///  4  u32  payload size
///  8  u64  message number in stream and day
/// 16  i64  receive time, ns since 1970 UTC; Int64.min: none
/// 24  u16  channel
/// 26  u8   direction: 0 received, 1 sent
/// 27  u8   flags: bit 7 always set
/// 28       payload, then zeros up to a multiple of 8
/// ```
public enum Frame {
    /// Bytes before the payload.
    public static let headerSize = 28
    /// Largest payload. A longer one is refused, so that no reader needs more memory than this.
    public static let payloadSizeMax = 256 << 20
    /// Set in every frame, so that a run of zeros is never one.
    static let presentFlag: UInt8 = 0x80

    /// Bytes of a frame with its padding.
    @inline(__always)
    static func paddedSize(payloadSize: Int) -> Int { (headerSize &+ payloadSize &+ 7) & ~7 }

    /// Writes a frame at `target`, which has room, and returns its checksum, the next frame's seed.
    @inline(__always)
    static func encode(
        _ message: RawMessage, chain: UInt32, at target: UnsafeMutableRawPointer
    ) -> UInt32 {
        let size = paddedSize(payloadSize: message.payloadSize)
        // The last word first: it holds the padding, and the payload then overwrites its part of it.
        target.storeBytes(of: UInt64(0), toByteOffset: size &- 8, as: UInt64.self)
        target.storeBytes(
            of: UInt32(truncatingIfNeeded: message.payloadSize).littleEndian, toByteOffset: 4, as: UInt32.self
        )
        target.storeBytes(of: message.number.littleEndian, toByteOffset: 8, as: UInt64.self)
        target.storeBytes(of: message.receiveTimeNanos.littleEndian, toByteOffset: 16, as: Int64.self)
        target.storeBytes(of: message.channel.littleEndian, toByteOffset: 24, as: UInt16.self)
        target.storeBytes(of: message.direction, toByteOffset: 26, as: UInt8.self)
        target.storeBytes(of: presentFlag, toByteOffset: 27, as: UInt8.self)
        (target + headerSize).copyMemory(from: message.payload, byteCount: message.payloadSize)
        let sum = CRC32C.checksum(UnsafeRawBufferPointer(start: target + 4, count: size &- 4), seed: chain)
        target.storeBytes(of: sum.littleEndian, toByteOffset: 0, as: UInt32.self)
        return sum
    }

    /// A frame's fixed part, as read; nothing is checked yet.
    struct Header {
        let checksum: UInt32
        let payloadSize: Int
        let number: UInt64
        let flags: UInt8

        @inline(__always)
        init(at source: UnsafeRawPointer) {
            checksum = UInt32(littleEndian: source.loadUnaligned(as: UInt32.self))
            payloadSize = Int(UInt32(littleEndian: source.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
            number = UInt64(littleEndian: source.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            flags = source.load(fromByteOffset: 27, as: UInt8.self)
        }

        /// Whether the fixed part can be that of message `expected`.
        @inline(__always)
        func isPlausible(number expected: UInt64) -> Bool {
            number == expected && flags == Frame.presentFlag && payloadSize <= Frame.payloadSizeMax
        }
    }

    /// Whether the frame of `size` padded bytes at `source` carries the checksum that `chain` demands.
    @inline(__always)
    static func isValid(at source: UnsafeRawPointer, size: Int, chain: UInt32) -> Bool {
        let stored = UInt32(littleEndian: source.loadUnaligned(as: UInt32.self))
        return stored
            == CRC32C.checksum(UnsafeRawBufferPointer(start: source + 4, count: size &- 4), seed: chain)
    }

    /// The message in a frame that has been checked.
    @inline(__always)
    static func message(at source: UnsafeRawPointer, _ header: Header) -> RawMessage {
        RawMessage(
            payload: source + headerSize, payloadSize: header.payloadSize, number: header.number,
            receiveTimeNanos: Int64(littleEndian: source.loadUnaligned(fromByteOffset: 16, as: Int64.self)),
            channel: UInt16(littleEndian: source.loadUnaligned(fromByteOffset: 24, as: UInt16.self)),
            direction: source.load(fromByteOffset: 26, as: UInt8.self))
    }
}
