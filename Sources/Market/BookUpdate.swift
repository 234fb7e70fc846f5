/// What one message says about the order book of an instrument. Prices and quantities are integers in the
/// stream's own decimal scale.
public struct BookUpdate: Sendable, Equatable {
    /// A price level; bids and offers beside each other, since one message may tell both.
    public struct Level: Sendable, Equatable {
        /// Price × 10^(the stream's price scale).
        public var price: Int64
        /// Lots bid there × 10^(quantity scale); 0: none, ``unsaid``: the message does not say.
        public var bid: Int64
        /// Lots offered there, likewise.
        public var offer: Int64

        /// "The message says nothing of this side."
        public static let unsaid: Int64 = -1

        /// A level.
        @inlinable
        public init(price: Int64, bid: Int64, offer: Int64) {
            self.price = price
            self.bid = bid
            self.offer = offer
        }
    }

    /// How the levels change the book.
    public enum Change: Sendable, Equatable {
        /// Both sides are these levels and no others.
        case whole([Level])
        /// The sides named are these levels and no others; what is said of another side counts for nothing.
        case sides(bids: Bool, offers: Bool, [Level])
        /// These levels change. It builds on a whole book: before one has come it means nothing.
        case levels([Level])
        /// This level changes, in a book that begins empty.
        case level(Level)
    }

    /// The instrument.
    public var symbol: Symbol
    /// The exchange's time; ``Timestamp/none`` where the layout has none.
    public var eventTime: Timestamp
    /// The change.
    public var change: Change

    /// An update.
    @inlinable
    public init(symbol: Symbol, eventTime: Timestamp = .none, change: Change) {
        self.symbol = symbol
        self.eventTime = eventTime
        self.change = change
    }
}
