public import Market

/// The events of a batch of messages: what a decoder fills and projections read. One is made per thread and
/// used again for every batch.
public final class EventBlock {
    /// Room for trades; the first ``tradeCount`` are valid.
    public let trades: UnsafeMutablePointer<Trade>
    /// Trades in the block, in tape order.
    public internal(set) var tradeCount = 0
    /// Messages and records that could not be decoded, in tape order.
    public internal(set) var undecodable: [Undecodable] = []
    /// Messages that hold something else than trades: broker summaries, book messages, table headers.
    public internal(set) var otherCount = 0
    /// Messages in the batch.
    public internal(set) var messageCount = 0

    /// A block for batches of up to `messageCapacity` messages.
    public init(messageCapacity: Int) { trades = .allocate(capacity: messageCapacity) }

    deinit { trades.deallocate() }

    func reset(messageCount: Int) {
        tradeCount = 0
        otherCount = 0
        undecodable.removeAll(keepingCapacity: true)
        self.messageCount = messageCount
    }
}
