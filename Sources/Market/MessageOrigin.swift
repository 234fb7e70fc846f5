/// Which message an event came with.
public struct MessageOrigin: Sendable, Equatable {
    /// Number of the message in its stream and day.
    public let messageNumber: UInt64
    /// When it was received; nil where nobody knows, as of most imports.
    public let receiveTime: Timestamp?

    /// An origin.
    public init(messageNumber: UInt64, receiveTime: Timestamp? = nil) {
        self.messageNumber = messageNumber
        self.receiveTime = receiveTime
    }
}
