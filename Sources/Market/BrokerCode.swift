/// A broker's code at the exchange, 1 ... 8 printable ASCII characters without space or comma; IDX codes have
/// two. The bytes stand big-endian in a word, zero-filled on the right, so that comparing words compares text.
public struct BrokerCode: Hashable, Comparable, Sendable, CustomStringConvertible {
    private let word: UInt64

    /// A code from raw characters; nil where they are none.
    public init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 1, bytes.count <= 8 else { return nil }
        var word: UInt64 = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            guard byte > 0x20, byte < 0x7F, byte != 0x2C else { return nil }
            word |= UInt64(byte) << UInt64(56 - 8 * index)
            index += 1
        }
        self.word = word
    }

    /// A code from text; nil where it is none.
    public init?(_ text: some StringProtocol) {
        guard let code = Array(text.utf8).withUnsafeBytes({ BrokerCode(bytes: $0) }) else { return nil }
        self = code
    }

    /// The code's characters.
    public var bytes: [UInt8] {
        stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> UInt64($0)) }
            .filter { $0 != 0 }
    }

    /// The code as text.
    public var description: String { String(decoding: bytes, as: UTF8.self) }

    /// In byte order of the codes.
    public static func < (left: BrokerCode, right: BrokerCode) -> Bool { left.word < right.word }
}
