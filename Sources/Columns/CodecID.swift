/// How the messages of a segment or block are stored. The tape writes the number and knows no more; the
/// codecs that give sealed days their columns live with the decoders in Feed (TAPE "Sealed day").
public struct CodecID: Hashable, Sendable {
    /// The number on the tape; 0 ... 255 are reserved for this project.
    public let rawValue: UInt16

    /// A codec by its number, known or not.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Row log: each message verbatim in a frame of its own. What hot segments hold.
    public static let verbatim = CodecID(rawValue: 0)
}
