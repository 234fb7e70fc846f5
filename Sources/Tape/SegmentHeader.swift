internal import Columns
internal import Market
internal import Platform

/// The first 128 bytes of a hot segment (`tape/FORMAT.md`, "Segment header"). Little-endian:
///
/// ```
///   0  8 bytes  "JEJAKLOG"
///   8  u16      format version, 1
///  10  u16      header size, 128
///  12  i32      trading day, days since 1970-01-01
///  16  u64      number of the first message
///  24  i64      creation time, ns since 1970 UTC
///  32  u8       price scale, decimal digits
///  33  u8       quantity scale, decimal digits
///  34  u16      codec, 0: verbatim frames
///  36  u32      checksum of the last frame of the segment before; 0 in a day's first segment
///  40  u8       length of the stream name
///  41           stream name, then zeros up to 124
/// 124  u32      CRC-32C over bytes 0 ..< 124; seeds the first frame's checksum
/// ```
struct SegmentHeader: Equatable {
    var day: TradingDay
    var firstNumber: UInt64
    var createdNanos: Int64
    var scales: StreamScales
    var codec: CodecID = .verbatim
    var previousChain: UInt32
    var stream: StreamName

    static let size = 128
    static let version: UInt16 = 1
    private static let magic = Array("JEJAKLOG".utf8)
    private static let checksumOffset = 124

    /// The header's bytes and their checksum, the seed of the first frame.
    func encoded() -> (bytes: [UInt8], chain: UInt32) {
        var bytes = [UInt8](repeating: 0, count: SegmentHeader.size)
        let name = Array(stream.text.utf8)
        let sum = bytes.withUnsafeMutableBytes { raw in
            raw.copyBytes(from: SegmentHeader.magic)
            raw.storeBytes(of: SegmentHeader.version.littleEndian, toByteOffset: 8, as: UInt16.self)
            raw.storeBytes(of: UInt16(SegmentHeader.size).littleEndian, toByteOffset: 10, as: UInt16.self)
            raw.storeBytes(of: day.daysSinceEpoch.littleEndian, toByteOffset: 12, as: Int32.self)
            raw.storeBytes(of: firstNumber.littleEndian, toByteOffset: 16, as: UInt64.self)
            raw.storeBytes(of: createdNanos.littleEndian, toByteOffset: 24, as: Int64.self)
            raw[32] = scales.price.digits
            raw[33] = scales.quantity.digits
            raw.storeBytes(of: codec.rawValue.littleEndian, toByteOffset: 34, as: UInt16.self)
            raw.storeBytes(of: previousChain.littleEndian, toByteOffset: 36, as: UInt32.self)
            raw[40] = UInt8(name.count)
            UnsafeMutableRawBufferPointer(rebasing: raw[41..<(41 + name.count)]).copyBytes(from: name)
            let sum = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: raw[..<SegmentHeader.checksumOffset]))
            raw.storeBytes(of: sum.littleEndian, toByteOffset: SegmentHeader.checksumOffset, as: UInt32.self)
            return sum
        }
        return (bytes, sum)
    }

    /// The header in `raw`, 128 bytes or more, with its checksum; nil with a reason where it is none.
    static func decode(_ raw: UnsafeRawBufferPointer) -> Result<(SegmentHeader, chain: UInt32), Flaw> {
        guard raw.count >= size else { return .failure(Flaw("it ends inside its header")) }
        guard raw[..<8].elementsEqual(magic) else { return .failure(Flaw("it does not begin with JEJAKLOG")) }
        let sum = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: raw[..<checksumOffset]))
        guard sum == UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: checksumOffset, as: UInt32.self))
        else { return .failure(Flaw("its header's checksum does not match")) }
        let version = UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt16.self))
        guard version == self.version else {
            return .failure(Flaw("it has format version \(version), this program reads \(self.version)"))
        }
        let name = String(decoding: raw[41..<min(41 + Int(raw[40]), checksumOffset)], as: UTF8.self)
        guard let price = DecimalScale(digits: Int(raw[32])),
            let quantity = DecimalScale(digits: Int(raw[33])), let stream = try? StreamName(name)
        else { return .failure(Flaw("its header holds impossible values")) }
        let header = SegmentHeader(
            day: TradingDay(
                daysSinceEpoch: Int32(littleEndian: raw.loadUnaligned(fromByteOffset: 12, as: Int32.self))),
            firstNumber: UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
            createdNanos: Int64(littleEndian: raw.loadUnaligned(fromByteOffset: 24, as: Int64.self)),
            scales: StreamScales(price: price, quantity: quantity),
            codec: CodecID(
                rawValue: UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: 34, as: UInt16.self))),
            previousChain: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 36, as: UInt32.self)),
            stream: stream)
        return .success((header, sum))
    }

    /// Why bytes are not a header.
    struct Flaw: Error {
        let detail: String

        init(_ detail: String) { self.detail = detail }
    }
}
