/// What `book@1` keeps of one minute in which a symbol's book was told of.
public struct BookMinute: Sendable, Equatable {
    /// Minutes since 00:00 WIB, 0 ... 1,439.
    public var minute: Int
    /// Time of the last update: ms since 00:00 WIB.
    public var lastMillis: Int
    /// Events: updates, those of one time together.
    public var eventCount: UInt64
    /// Sum of the events' order-flow imbalance (``OrderFlowImbalance``), in units of quantity.
    public var flowImbalance: Int128
    /// Events after which the best bid was not below the best offer, both being there.
    public var crossedCount: UInt64
    /// The book at the minute's end; nil where it is that of the last minute before that has one.
    public var keyframe: BookKeyframe?
    /// Messages that were not folded; outside the digest.
    public var ignored: BookIgnored

    /// A minute.
    public init(
        minute: Int, lastMillis: Int, eventCount: UInt64, flowImbalance: Int128, crossedCount: UInt64,
        keyframe: BookKeyframe?, ignored: BookIgnored = BookIgnored()
    ) {
        self.minute = minute
        self.lastMillis = lastMillis
        self.eventCount = eventCount
        self.flowImbalance = flowImbalance
        self.crossedCount = crossedCount
        self.keyframe = keyframe
        self.ignored = ignored
    }
}

/// Updates that a book did not take.
public struct BookIgnored: Sendable, Equatable {
    /// Changes that came before a whole book.
    public var beforeWhole: UInt64
    /// Updates whose time lies more than 60 s after their receipt (PROJECTIONS "Time").
    public var stale: UInt64

    /// Counts.
    public init(beforeWhole: UInt64 = 0, stale: UInt64 = 0) {
        self.beforeWhole = beforeWhole
        self.stale = stale
    }
}

/// A whole order book: all levels of both sides, best ones first. Prices and quantities are integers in the
/// stream's scales.
public struct BookKeyframe: Sendable, Equatable {
    /// A level.
    public struct Level: Sendable, Equatable {
        /// Price.
        public var price: Int64
        /// Lots, more than 0.
        public var lots: Int64

        /// A level.
        public init(price: Int64, lots: Int64) {
            self.price = price
            self.lots = lots
        }
    }

    /// Bids by falling price.
    public var bids: [Level]
    /// Offers by rising price.
    public var offers: [Level]

    /// A book.
    public init(bids: [Level] = [], offers: [Level] = []) {
        self.bids = bids
        self.offers = offers
    }

    /// Best offer less best bid; negative in a crossed book, nil where a side is empty.
    public var spread: Int64? {
        guard let bid = bids.first, let offer = offers.first else { return nil }
        let (spread, overflows) = offer.price.subtractingReportingOverflow(bid.price)
        return overflows ? nil : spread
    }

    /// Whether the best bid is not below the best offer.
    public var isCrossed: Bool { spread.map { $0 <= 0 } ?? false }

    /// Sums of lots of the best `count` levels of both sides.
    public func depth(_ count: Int) -> (bids: Int128, offers: Int128) {
        let sum = { (levels: [Level]) in levels.prefix(count).reduce(Int128(0)) { $0 + Int128($1.lots) } }
        return (sum(bids), sum(offers))
    }

    /// (bids - offers) / (bids + offers) over the best `count` levels of both sides, -1 ... 1; nil where there
    /// are none.
    public func imbalance(_ count: Int) -> Double? {
        let (bids, offers) = depth(count)
        return bids + offers == 0 ? nil : Double(bids - offers) / Double(bids + offers)
    }
}
