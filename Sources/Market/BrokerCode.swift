/// A broker's code at the exchange, 1 ... 8 printable ASCII characters without space or comma; IDX codes have
/// two. The bytes stand big-endian in a word, zero-filled on the right, so that comparing words compares text.
public struct BrokerCode: Hashable, Comparable, Sendable, CustomStringConvertible {
    private let word: UInt64

    /// A code from raw characters; nil where they are none.
    public init?(bytes: some Collection<UInt8>) {
        guard (1...8).contains(bytes.count) else { return nil }
        var word: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            guard byte > 0x20, byte < 0x7F, byte != 0x2C else { return nil }
            word |= UInt64(byte) << UInt64(56 - 8 * index)
        }
        self.word = word
    }

    /// A code from text; nil where it is none.
    public init?(_ text: some StringProtocol) { self.init(bytes: Array(text.utf8)) }

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
