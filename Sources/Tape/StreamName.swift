/// The name of a stream: a market, a dot and what it carries (`idx.trades`), 1 ... 64 characters.
public struct StreamName: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The name.
    public let text: String

    /// Longest name in bytes; it has to fit a segment header.
    public static let sizeMax = 64

    /// A name of `a-z 0-9 . _ -` that begins with a letter.
    public init(_ text: String) throws(TapeError) {
        let bytes = Array(text.utf8)
        let allowed = bytes.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2E || byte == 0x5F
                || byte == 0x2D
        }
        guard let first = bytes.first, (0x61...0x7A).contains(first), allowed,
            bytes.count <= StreamName.sizeMax
        else { throw .badStreamName(text) }
        self.text = text
    }

    /// The part before the first dot: what market the stream belongs to.
    public var market: String { String(text.prefix { $0 != "." }) }

    /// What the stream carries: the part behind the last dot where that is one of ``contents``, else trades.
    public var content: String {
        let suffix = String(text.reversed().prefix { $0 != "." }.reversed())
        return StreamName.contents.contains(suffix) ? suffix : "trades"
    }

    /// The contents that streams are named for (TAPE "Streams").
    public static let contents = [
        "trades", "book", "broksum", "stats", "targets", "wire", "system", "robot",
    ]

    /// The name.
    public var description: String { text }

    /// In byte order of the names.
    public static func < (left: StreamName, right: StreamName) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}
