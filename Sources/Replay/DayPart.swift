internal import Feed
internal import Market
internal import Projections

/// What folding some consecutive blocks of a sealed day gave.
struct DayPart {
    /// How folding ended.
    enum Outcome {
        /// Everything was folded.
        case folded
        /// The day needs the text decoder.
        case needsText
        /// A block is damaged; the text path reports it.
        case damaged
    }

    var outcome = Outcome.folded
    /// The candles; rubbish unless everything was folded.
    let candles: PackedCandles
    /// The folds of trades, with the same numbers of symbols.
    var folds: [any TradeFold] = []
    /// The symbols by the numbers they have there.
    var symbols: [Symbol] = []
    /// Counts per minute.
    var minutes: [CoverageMinute] = []
    /// What the messages outside columns were, and how many.
    var messageCount = 0
    var undecodable: [Undecodable] = []
    var otherCount = 0
    /// Where its trades stand among all of the day.
    var order = SequenceOrder()

    init(candles: PackedCandles) { self.candles = candles }
}

/// Sequence numbers of trades that come stretch by stretch.
struct SequenceOrder {
    /// Whether there are any; nil while no trade has come.
    private(set) var isSequenced: Bool?
    /// The first and the last number.
    private(set) var numbers: ClosedRange<UInt64>?

    /// Notes more trades, whose numbers rise strictly, or which have none. False where they do not lie behind
    /// those before: there may be duplicates, and arrival order is not the exchange's.
    mutating func follow(_ next: ClosedRange<UInt64>?) -> Bool {
        guard isSequenced == nil || isSequenced == (next != nil) else { return false }
        isSequenced = next != nil
        guard let next else { return true }
        if let numbers, next.lowerBound <= numbers.upperBound { return false }
        numbers = (numbers ?? next).lowerBound...next.upperBound
        return true
    }
}
