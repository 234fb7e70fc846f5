public import Columns
public import Market

/// Numbers of the exchange's sequence that are not on the tape.
public struct SequenceGap: Equatable, Sendable {
    /// Why they are not.
    public enum Reason: String, Sendable {
        /// Messages between their neighbours were on the tape and were lost to damage.
        case lost
        /// Nothing on the tape says.
        case unknown
    }

    /// The first missing number.
    public let first: UInt64
    /// The last missing number.
    public let last: UInt64
    /// The minute of the next number that was seen, to which the gap belongs.
    public let minute: Int
    /// Why.
    public let reason: Reason

    /// How many are missing.
    public var count: UInt64 { last - first + 1 }

    /// A gap.
    public init(first: UInt64, last: UInt64, minute: Int, reason: Reason) {
        self.first = first
        self.last = last
        self.minute = minute
        self.reason = reason
    }
}

/// What `coverage@1` says of a day beyond its counts, folded from all of its trades in tape order: which numbers of the
/// exchange are missing, how far receipt lay behind the event, and what came late (PROJECTIONS §6).
///
/// A day starts at number 1. Numbers behind the last one seen are unknown, not missing.
public struct CoverageDetail: Sendable {
    /// Milliseconds from event to receipt, which may be negative, since the exchange's clock has whole seconds.
    public struct Lag: Equatable, Sendable {
        /// The median, by nearest rank.
        public let p50: Int64
        /// The 99th percentile, by nearest rank.
        public let p99: Int64

        /// A lag.
        public init(p50: Int64, p99: Int64) {
            self.p50 = p50
            self.p99 = p99
        }
    }

    private struct Run {
        var first: UInt64
        var last: UInt64
        var minute: Int
        var isBehindLoss: Bool
    }

    private var runs: [Run] = []
    private var lags: [Int: [Int64]] = [:]
    private var newestSecond: UInt32 = 0
    private var wasLost = false
    private var isSorted = true

    /// Trades without a place in the sequence.
    public private(set) var unnumbered: UInt64 = 0
    /// Trades that came more than ``lateAfterSeconds`` behind the newest event time seen before, by minute.
    public private(set) var late: [Int: UInt64] = [:]

    /// A trade that is older than the newest one by more than this is late.
    public static let lateAfterSeconds: UInt32 = 60

    /// Nothing folded.
    public init() {}

    /// Folds a batch: its messages, and the trades that were decoded from them.
    public mutating func fold(
        _ trades: UnsafeBufferPointer<Trade>, of messages: UnsafeBufferPointer<RawMessage>, day: TradingDay
    ) {
        var next = 0
        for trade in trades {
            while next < messages.count, messages[next].number <= trade.messageNumber {
                if messages[next].isGap { wasLost = true }
                next += 1
            }
            guard trade.status != .stale else { continue }
            let minute = Int(trade.second) / 60
            noteSequence(trade, minute)
            guard trade.status == .fresh else { continue }
            noteTime(trade, received: messages[next - 1].receiveTimeNanos, day)
        }
        while next < messages.count {
            if messages[next].isGap { wasLost = true }
            next += 1
        }
    }

    private mutating func noteSequence(_ trade: Trade, _ minute: Int) {
        let number = trade.sequence
        guard number != Trade.noSequence else { return unnumbered += 1 }
        defer { wasLost = false }
        guard let last = runs.indices.last else {
            return runs.append(Run(first: number, last: number, minute: minute, isBehindLoss: wasLost))
        }
        if number == runs[last].last &+ 1 {
            runs[last].last = number
        } else if number < runs[last].first || number > runs[last].last {
            if number < runs[last].first { isSorted = false }
            runs.append(Run(first: number, last: number, minute: minute, isBehindLoss: wasLost))
        }
    }

    private mutating func noteTime(_ trade: Trade, received: Int64, _ day: TradingDay) {
        if trade.second &+ CoverageDetail.lateAfterSeconds < newestSecond {
            late[Int(trade.second) / 60, default: 0] += 1
        }
        newestSecond = max(newestSecond, trade.second)
        guard received != Timestamp.none.nanos else { return }
        let event = day.start.nanos + Int64(trade.second) * 1_000_000_000
        lags[Int(trade.second) / 60, default: []].append((received - event) / 1_000_000)
    }

    /// The missing numbers, ascending.
    public var gaps: [SequenceGap] {
        var gaps: [SequenceGap] = []
        var next: UInt64 = 1
        for run in isSorted ? runs : runs.sorted(by: { ($0.first, $0.last) < ($1.first, $1.last) }) {
            if run.first > next {
                gaps.append(
                    SequenceGap(
                        first: next, last: run.first - 1, minute: run.minute,
                        reason: run.isBehindLoss ? .lost : .unknown))
            }
            next = max(next, run.last &+ 1)
        }
        return gaps
    }

    /// The lag of a minute, or of the whole day; nil where no receive time is known.
    public func lag(minute: Int? = nil) -> Lag? {
        var values = minute.map { lags[$0] ?? [] } ?? lags.values.flatMap { $0 }
        guard !values.isEmpty else { return nil }
        values.sort()
        func rank(_ percent: Int) -> Int64 { values[(values.count * percent + 99) / 100 - 1] }
        return Lag(p50: rank(50), p99: rank(99))
    }

    /// Minutes that have a lag, ascending.
    public var minutes: [Int] { lags.keys.sorted() }
}
