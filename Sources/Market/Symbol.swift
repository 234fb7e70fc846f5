/// An instrument's code, 1 ... 16 printable ASCII characters without space or `|`.
///
/// IDX codes are four letters for shares and up to ten characters for warrants and structured
/// products; crypto and futures codes are longer (`BTCUSDT_SPOT`). The bytes stand big-endian in two
/// words, zero-filled on the right, so that comparing words compares text.
public struct Symbol: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The first eight characters, first character in the highest byte.
    public let high: UInt64
    /// The next eight characters, likewise.
    public let low: UInt64

    /// Longest code in bytes.
    public static let sizeMax = 16

    /// A symbol by its two words, which the caller has checked.
    @inlinable
    public init(uncheckedHigh high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A symbol from raw characters; nil where they are no code.
    @inlinable
    public init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 1, bytes.count <= Symbol.sizeMax else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            guard byte > 0x20, byte < 0x7F, byte != 0x7C else { return nil }
            if index < 8 {
                high |= UInt64(byte) &<< UInt64(56 &- 8 &* index)
            } else {
                low |= UInt64(byte) &<< UInt64(56 &- 8 &* (index &- 8))
            }
            index &+= 1
        }
        self.init(uncheckedHigh: high, low: low)
    }

    /// A symbol from text; nil where it is no code.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        let parsed = bytes.withUnsafeBytes { Symbol(bytes: $0) }
        guard let parsed else { return nil }
        self = parsed
    }

    /// The code's bytes, without padding.
    public var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(Symbol.sizeMax)
        for word in [high, low] {
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                let byte = UInt8(truncatingIfNeeded: word >> shift)
                if byte == 0 { return result }
                result.append(byte)
            }
        }
        return result
    }

    /// The code as text.
    public var description: String { String(decoding: bytes, as: UTF8.self) }

    /// In byte order of the codes.
    @inlinable
    public static func < (left: Symbol, right: Symbol) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }
}
