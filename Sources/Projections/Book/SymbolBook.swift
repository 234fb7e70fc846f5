internal import Columns
internal import Market

/// One symbol's order book on a day, and the minute that it is in.
final class SymbolBook {
    let symbol: Symbol
    private var bids = BookSide(sign: 1)
    private var offers = BookSide(sign: -1)
    /// Whether a whole book has come.
    private var isWhole = false
    /// Whether the sides have been told at all: what a whole side begins with is no flow of orders.
    private var hasBids = false
    private var hasOffers = false

    /// The minute that is open; nil before the first update.
    private var open: BookMinute?
    /// Time of the event that is open, whose updates belong together; ``Timestamp/none`` where each is its own.
    private var eventNanos = Timestamp.none.nanos
    private var isEventOpen = false
    /// The best levels before that event.
    private var before: (bid: BookQuote?, offer: BookQuote?) = (nil, nil)
    /// Whether the event began the book anew, so that it is no flow.
    private var isReset = false
    private var ignored = BookIgnored()
    /// The last keyframe that stands in a row.
    private var lastKeyframe: [UInt8] = []
    private(set) var rows: [ProjectedRow] = []

    init(_ symbol: Symbol) { self.symbol = symbol }

    /// Counts an update that is not folded, in the minute in which it came.
    func ignore(_ count: WritableKeyPath<BookIgnored, UInt64>, millis: Int) {
        advance(to: millis)
        ignored[keyPath: count] += 1
    }

    /// Whether changes mean something yet.
    var takesChanges: Bool { isWhole }

    /// Folds an update at `millis` of the day.
    @inline(__always)
    func fold(_ update: BookUpdate, millis: Int) {
        let nanos = update.eventTime.nanos
        if !isEventOpen || nanos != eventNanos || nanos == Timestamp.none.nanos {
            begin(nanos, millis)
        }
        switch update.change {
        case .level(let level): set(level)
        case .levels(let levels): for level in levels { set(level) }
        case .sides(let isBids, let isOffers, let levels): replace(isBids, isOffers, levels)
        case .whole(let levels):
            isWhole = true
            replace(true, true, levels)
            isReset = true
        }
    }

    @inline(__always)
    private func set(_ level: BookUpdate.Level) {
        if level.bid >= 0 { bids.set(level.price, level.bid) }
        if level.offer >= 0 { offers.set(level.price, level.offer) }
    }

    private func replace(_ isBids: Bool, _ isOffers: Bool, _ levels: [BookUpdate.Level]) {
        if isBids {
            bids.removeAll()
            for level in levels where level.bid >= 0 { bids.set(level.price, level.bid) }
            isReset = isReset || !hasBids
            hasBids = true
        }
        if isOffers {
            offers.removeAll()
            for level in levels where level.offer >= 0 { offers.set(level.price, level.offer) }
            isReset = isReset || !hasOffers
            hasOffers = true
        }
    }

    /// Ends the event that is open, and begins one.
    private func begin(_ nanos: Int64, _ millis: Int) {
        advance(to: millis)
        before = (bids.best, offers.best)
        eventNanos = nanos
        isEventOpen = true
        isReset = false
    }

    /// Ends the event that is open, and its minute where the time is in a later one.
    private func advance(to millis: Int) {
        settle()
        // Books have no other order than the tape's: a time that steps back is that of the update before.
        let millis = max(millis, open?.lastMillis ?? 0)
        let minute = millis / 60_000
        if let last = open, last.minute < minute {
            rows.append(row(last))
            open = nil
            ignored = BookIgnored()
        }
        if open == nil {
            open = BookMinute(
                minute: minute, lastMillis: millis, eventCount: 0, flowImbalance: 0, crossedCount: 0,
                keyframe: nil)
        }
        open!.lastMillis = millis
    }

    private func settle() {
        guard isEventOpen else { return }
        isEventOpen = false
        let (bid, offer) = (bids.best, offers.best)
        open!.eventCount += 1
        if !isReset, bid != before.bid || offer != before.offer {
            open!.flowImbalance += OrderFlowImbalance.change(
                bid: (before.bid, bid), offer: (before.offer, offer))
        }
        if let bid, let offer, bid.price >= offer.price { open!.crossedCount += 1 }
    }

    /// The row of a minute that ends with the book as it is.
    private func row(_ minute: BookMinute) -> ProjectedRow {
        var sink = ByteSink(capacity: 64 + 8 * (bids.ranks.count + offers.ranks.count))
        BookMinuteCode.append(minute, to: &sink)
        let keyframe = self.keyframe()
        var value = sink.array
        if keyframe != lastKeyframe { value += keyframe }
        lastKeyframe = keyframe
        return ProjectedRow(
            symbol: symbol, key: BookMinuteCode.key(minute: minute.minute), value: value,
            extra: BookMinuteCode.extra(ignored))
    }

    /// The book in the form of ``BookMinuteCode``.
    private func keyframe() -> [UInt8] {
        var sink = ByteSink(capacity: 64 + 8 * (bids.ranks.count + offers.ranks.count))
        sink.append(UInt64(bids.ranks.count))
        sink.append(UInt64(offers.ranks.count))
        for side in [bids, offers] {
            var last: Int64?
            for index in side.ranks.indices.reversed() {
                BookMinuteCode.append(
                    side.ranks[index] &* side.sign, side.lots[index], after: &last, to: &sink)
            }
        }
        return sink.array
    }

    /// Ends the day; the last minute's row is then among ``rows``.
    func finish() {
        settle()
        guard let last = open else { return }
        rows.append(row(last))
        open = nil
    }
}
