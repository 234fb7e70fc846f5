internal import Glibc
internal import Market

/// Writes a key into memory that its transaction owns: parts one after the other, numbers big-endian,
/// texts ended by a zero byte, so that comparing bytes compares the parts in turn.
///
///     day      4 bytes   days since 1970-01-01 plus 2^31, big-endian
///     name     n + 1     UTF-8 without control characters, then 0x00
///     symbol   n + 1     ASCII, then 0x00
///     hour     1 byte
///     number   8 bytes   big-endian
struct KeyBuffer {
    /// LMDB's limit is 511 bytes; three names of the greatest size fit.
    static let sizeMax = 400
    /// Bytes of the longest market, stream or projection name.
    static let nameSizeMax = 100

    private let base: UnsafeMutableRawPointer
    private(set) var count = 0

    init(_ base: UnsafeMutableRawPointer) {
        self.base = base
    }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    mutating func append(_ day: TradingDay) {
        let biased = UInt32(bitPattern: day.daysSinceEpoch) ^ 0x8000_0000
        base.storeBytes(of: biased.bigEndian, toByteOffset: count, as: UInt32.self)
        count += 4
    }

    mutating func append(_ name: String) throws(StoreError) {
        let start = count
        for byte in name.utf8 {
            guard byte >= 0x20, byte != 0x7F, count - start < KeyBuffer.nameSizeMax else {
                throw .invalidName(name)
            }
            base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
            count += 1
        }
        guard count > start else { throw .invalidName(name) }
        base.storeBytes(of: 0, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    mutating func append(_ symbol: Symbol) {
        base.storeBytes(of: symbol.high.bigEndian, toByteOffset: count, as: UInt64.self)
        base.storeBytes(of: symbol.low.bigEndian, toByteOffset: count + 8, as: UInt64.self)
        let padding =
            symbol.low == 0 ? 8 + symbol.high.trailingZeroBitCount / 8 : symbol.low.trailingZeroBitCount / 8
        count += Symbol.sizeMax - padding
        base.storeBytes(of: 0, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    mutating func append(hour: UInt8) {
        base.storeBytes(of: hour, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    mutating func append(bytes: [UInt8]) {
        for (place, byte) in bytes.enumerated() {
            base.storeBytes(of: byte, toByteOffset: count + place, as: UInt8.self)
        }
        count += bytes.count
    }

    mutating func append(number: UInt64) {
        base.storeBytes(of: number.bigEndian, toByteOffset: count, as: UInt64.self)
        count += 8
    }
}
