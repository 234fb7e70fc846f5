/// One symbol's day. Levels are numbered from the lower price limit to the upper one, so no order
/// can stand outside the limits.
struct Book {
    /// Place of level 0 in the market's array of levels.
    var base = 0
    var levelCount = 0
    /// Highest level with bids; -1 for none.
    var bestBid = -1
    /// Lowest level with offers; `levelCount` for none.
    var bestOffer = 0

    /// The level around which orders come, × 65,536: a random walk that the queues follow.
    var fair: Int64 = 0
    /// Standard deviation of one step of `fair`.
    var step: Int64 = 0
    /// What every step adds.
    var drift: Int64 = 0
    /// How many of 1024 aggressors buy while the queues are balanced.
    var buyers = 512
    var lastAggressorBought = false

    var previousClose: Int64 = 0
    /// Price of the last trade on any board; the previous close before the first.
    var lastPrice: Int64 = 0
    /// The same on the regular board.
    var close: Int64 = 0
    var open: Int64 = 0
    var high: Int64 = 0
    var low: Int64 = 0
    /// Regular-board sums since the open.
    var value: Int64 = 0
    var lots: Int64 = 0
    var trades = 0
    /// Sums of the cash and of the negotiated board.
    var cashValue: Int64 = 0
    var cashLots: Int64 = 0
    var negotiatedValue: Int64 = 0
    var negotiatedLots: Int64 = 0

    /// Whether a book message has gone out today.
    var isTold = false
    /// Whether a queue has changed since the last one.
    var isChanged = false
    /// Levels that the messages so far have spoken of.
    var toldLow = 0
    var toldHigh = -1
}
