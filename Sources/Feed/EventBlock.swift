public import Market

/// The events of a batch of messages: what a decoder fills and projections read. One is made per thread and
/// used again for every batch.
public final class EventBlock {
    /// Room for trades; the first ``tradeCount`` are valid. Valid until the next batch is decoded.
    public private(set) var trades: UnsafeMutablePointer<Trade>
    /// Trades in the block, in tape order.
    public internal(set) var tradeCount = 0
    /// Messages and records that could not be decoded, in tape order.
    public internal(set) var undecodable: [Undecodable] = []
    /// Broker summaries of the day, in tape order; each is a message that ``otherCount`` counts.
    public internal(set) var summaries: [(origin: MessageOrigin, summary: BrokerSummary)] = []
    /// Messages that hold something else than trades: broker summaries, book messages, table headers, pings.
    public internal(set) var otherCount = 0
    /// What order-book messages say, in tape order.
    public internal(set) var bookUpdates: [(origin: MessageOrigin, update: BookUpdate)] = []
    /// Messages in the batch.
    public internal(set) var messageCount = 0
    /// Messages whose first record is no trade, so that they have no event time.
    public internal(set) var untimedMessageCount = 0

    /// Trades that are not the first record of their message.
    var furtherTradeCount = 0
    private var capacity: Int

    /// A block for batches of up to `messageCapacity` messages; it grows where messages hold several trades.
    public init(messageCapacity: Int) {
        capacity = messageCapacity
        trades = .allocate(capacity: messageCapacity)
    }

    deinit { trades.deallocate() }

    func reset(messageCount: Int) {
        tradeCount = 0
        otherCount = 0
        untimedMessageCount = 0
        furtherTradeCount = 0
        undecodable.removeAll(keepingCapacity: true)
        bookUpdates.removeAll(keepingCapacity: true)
        summaries.removeAll(keepingCapacity: true)
        self.messageCount = messageCount
    }

    /// Makes room for `count` trades in all, of which the first `used` are kept.
    func reserve(_ count: Int, used: Int) {
        guard count > capacity else { return }
        capacity = max(count, capacity * 2)
        let larger = UnsafeMutablePointer<Trade>.allocate(capacity: capacity)
        larger.moveInitialize(from: trades, count: used)
        trades.deallocate()
        trades = larger
    }
}
