import Columns
import Market
import Projections
import TestSupport
import Testing

@Suite("Coverage in detail")
struct CoverageDetailTests {
    private let day = TradingDay("2026-02-10")!

    /// A trade: its number, second, and milliseconds until it was received; nil: a message that is lost.
    private typealias Event = (sequence: UInt64, second: UInt32, lag: Int64?)?

    private func detail(_ events: [Event], batch: Int = .max) -> CoverageDetail {
        var detail = CoverageDetail()
        for start in stride(from: 0, to: events.count, by: min(batch, max(events.count, 1))) {
            var trades: [Trade] = []
            var messages: [RawMessage] = []
            for number in start..<min(start + batch.clamped(events.count), events.count) {
                var received = Timestamp.none.nanos
                if let event = events[number] {
                    trades.append(
                        Trade(
                            price: 1, quantity: 1, sequence: event.sequence, messageNumber: UInt64(number),
                            symbol: 0,
                            second: event.second, recordIndex: 0, side: .buy, board: .regular))
                    if let lag = event.lag {
                        received = day.start.nanos + Int64(event.second) * 1_000_000_000 + lag * 1_000_000
                    }
                }
                messages.append(
                    RawMessage(
                        payload: UnsafeRawPointer(bitPattern: 8)!, payloadSize: 0, number: UInt64(number),
                        receiveTimeNanos: received, channel: 0,
                        direction: events[number] == nil ? RawMessage.gapDirection : 0))
            }
            trades.withUnsafeBufferPointer { trades in
                messages.withUnsafeBufferPointer { detail.fold(trades, of: $0, day: day) }
            }
        }
        return detail
    }

    @Test("gaps lie between the numbers seen, from 1 on, and belong to the next number's minute")
    func gaps() {
        let events: [Event] = [
            (3, 32_400, nil), (4, 32_401, nil), (9, 32_460, nil), (7, 32_461, nil), nil, (12, 32_520, nil),
            (12, 32_520, nil),
        ]
        for batch in [1, 2, 3, 100] {
            #expect(
                detail(events, batch: batch).gaps == [
                    SequenceGap(first: 1, last: 2, minute: 540, reason: .unknown),
                    SequenceGap(first: 5, last: 6, minute: 541, reason: .unknown),
                    SequenceGap(first: 8, last: 8, minute: 541, reason: .unknown),
                    SequenceGap(first: 10, last: 11, minute: 542, reason: .lost),
                ])
        }
    }

    @Test("lag is the nearest rank of receipt less event, late is a minute behind the newest")
    func lagAndLate() {
        // 100 trades with lags 1 … 100 ms: the 50th is 50, the 99th 99.
        var events: [Event] = (1...100).map { (UInt64($0), 36_000, Int64($0)) }
        #expect(detail(events).lag() == CoverageDetail.Lag(p50: 50, p99: 99))
        events += [(101, 36_100, -5), (102, 36_040, nil), (103, 36_039, nil)]
        let later = detail(events)
        #expect(later.lag(minute: 601) == CoverageDetail.Lag(p50: -5, p99: -5))
        #expect(later.lag(minute: 602) == nil)
        // 36,100 − 60 = 36,040 is not late, a second before it is.
        #expect(later.late == [600: 1])
        #expect(detail([]).lag() == nil && detail([]).gaps.isEmpty)
    }

    @Test(
        "gaps are those of a plain set, whatever the order and the batches",
        arguments: 0..<50 as Range<UInt64>)
    func property(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let numbers = (0..<200).map { _ in 1 + random.next() % 120 }
        let events: [Event] = numbers.map { ($0, UInt32(30_000 + $0), nil) }
        let detail = detail(events, batch: 1 + Int(random.next() % 50))
        let seen = Set(numbers)
        let missing = (1...numbers.max()!).filter { !seen.contains($0) }
        #expect(detail.gaps.flatMap { Array($0.first...$0.last) } == missing)
        for gap in detail.gaps { #expect(gap.minute == (30_000 + Int(gap.last + 1)) / 60) }
    }
}

extension Int {
    fileprivate func clamped(_ limit: Int) -> Int { Swift.min(self, Swift.max(limit, 1)) }
}
