public import Market

/// The fold of `coverage@1` for one stream and day: counts per minute (PROJECTIONS §6).
public struct CoverageFold: ~Copyable {
    private let minutes: UnsafeMutablePointer<CoverageMinute>

    /// A fold of nothing so far.
    public init() {
        minutes = .allocate(capacity: CoverageMinute.timeless + 1)
        for minute in 0...CoverageMinute.timeless {
            (minutes + minute).initialize(to: CoverageMinute(minute: minute))
        }
    }

    deinit { minutes.deallocate() }

    /// Counts the trades of a block, which have passed the gate.
    public mutating func fold(_ trades: UnsafeBufferPointer<Trade>) {
        for trade in trades {
            let row = minutes + Int(trade.second) / 60
            if trade.recordIndex == 0 { row.pointee.messages &+= 1 }
            switch trade.status {
            case .duplicate: row.pointee.duplicates &+= 1
            case .conflict: row.pointee.conflicts &+= 1
            case .stale: row.pointee.stale &+= 1
            case .fresh: count(trade, row)
            }
        }
    }

    /// Adds the counts of a minute that have been made elsewhere, from columns.
    public mutating func fold(_ minute: CoverageMinute) { minutes[minute.minute].add(minute) }

    /// Counts what has no event time: messages that do not begin with a trade, records that could not be
    /// decoded, messages of something else.
    public mutating func fold(messages: Int, undecodable: Int, other: Int) {
        let row = minutes + CoverageMinute.timeless
        row.pointee.messages += UInt64(messages)
        row.pointee.undecodable += UInt64(undecodable)
        row.pointee.other += UInt64(other)
    }

    /// The minutes in which something came, by rising minute.
    public var rows: [CoverageMinute] {
        UnsafeBufferPointer(start: minutes, count: CoverageMinute.timeless + 1).filter {
            // A message of several records counts in one minute only.
            $0.messages | $0.trades | $0.duplicates | $0.conflicts | $0.stale | $0.undecodable > 0
        }
    }

    /// All minutes together.
    public var total: CoverageMinute {
        var sum = CoverageMinute(minute: CoverageMinute.timeless)
        for row in rows { sum.add(row) }
        return sum
    }

    @inline(__always)
    private func count(_ trade: Trade, _ row: UnsafeMutablePointer<CoverageMinute>) {
        row.pointee.trades &+= 1
        if trade.board != .regular { row.pointee.otherBoard &+= 1 }
        guard trade.sequence != Trade.noSequence else { return }
        if row.pointee.sequences == 0 {
            row.pointee.firstSequence = trade.sequence
            row.pointee.lastSequence = trade.sequence
        } else if trade.sequence > row.pointee.lastSequence {
            row.pointee.lastSequence = trade.sequence
        } else if trade.sequence < row.pointee.firstSequence {
            row.pointee.firstSequence = trade.sequence
        }
        row.pointee.sequences &+= 1
    }
}
