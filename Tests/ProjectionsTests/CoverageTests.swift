import Market
import TestSupport
import Testing

@testable import Projections

@Suite("Coverage")
struct CoverageTests {
    @Test("a morning of nine messages, counted by hand")
    func counts() {
        var fold = CoverageFold()
        let trades = [
            // 09:00: sequences 3, 5 (second record of one message), then 5 again and 5 with another price.
            trade(32_400, 3), trade(32_459, 5, record: 1), trade(32_401, 5, status: .duplicate),
            trade(32_402, 5, status: .conflict),
            // 09:01: negotiated 9, late 4, one without sequence, one stale.
            trade(32_460, 9, board: .negotiated), trade(32_461, 4), trade(32_462, Trade.noSequence),
            trade(32_463, 100, status: .stale),
            // 23:59.
            trade(86_399, 12),
        ]
        trades.withUnsafeBufferPointer { fold.fold($0) }
        fold.fold(messages: 5, undecodable: 2, other: 3)
        #expect(fold.rows.map(\.minute) == [540, 541, 1439, 1440])
        var nine = CoverageMinute(minute: 540)
        (nine.messages, nine.trades, nine.duplicates, nine.conflicts) = (3, 2, 1, 1)
        (nine.sequences, nine.firstSequence, nine.lastSequence) = (2, 3, 5)
        #expect(fold.rows[0] == nine)
        var next = CoverageMinute(minute: 541)
        (next.messages, next.trades, next.stale, next.otherBoard) = (4, 3, 1, 1)
        (next.sequences, next.firstSequence, next.lastSequence) = (2, 4, 9)
        #expect(fold.rows[1] == next)
        var timeless = CoverageMinute(minute: 1440)
        (timeless.messages, timeless.undecodable, timeless.other) = (5, 2, 3)
        #expect(fold.rows[3] == timeless)
        // 3 + 4 + 1 + 5 messages; 2 + 3 + 1 trades; sequences 3, 5, 4, 9, 12.
        #expect(fold.total.messages == 13 && fold.total.trades == 6 && fold.total.sequences == 5)
        #expect(fold.total.firstSequence == 3 && fold.total.lastSequence == 12)
    }

    @Test("the day's share counts from 1 to the highest number, gaps belong to the next number's minute")
    func shares() {
        let rows = [
            row(540, 3, 3...5), row(541, 0, 0...0), row(542, 2, 8...9), row(543, 1, 7...7),
            row(600, 5, 6...20),
        ]
        // Seen 3 + 2 + 1 + 5 = 11 of 20.
        let day = CoverageShare.day(rows)
        #expect(day == CoverageShare(seen: 11, expected: 20))
        #expect(day.value == 0.55)
        let minutes = CoverageShare.perMinute(rows)
        #expect(minutes.map(\.minute) == [540, 542, 543, 600])
        // 540: 1 ... 5 → 3 of 5. 542: 6 ... 9 → 2 of 4. 543: 7 was expected before, so 1 of 1.
        // 600: 10 ... 20 → 5 of 11.
        #expect(
            minutes.map(\.share) == [
                CoverageShare(seen: 3, expected: 5), CoverageShare(seen: 2, expected: 4),
                CoverageShare(seen: 1, expected: 1), CoverageShare(seen: 5, expected: 11),
            ])
    }

    @Test("a day without sequence numbers has no share, one with all numbers has all")
    func ends() {
        #expect(CoverageShare.day([]).value == nil)
        #expect(CoverageShare.day([row(540, 0, 0...0)]).value == nil)
        #expect(CoverageShare.day([row(540, 5, 1...5)]).value == 1)
        // A feed that counts from 0 has one number more than expected.
        #expect(CoverageShare.day([row(540, 6, 0...5)]).value == 1)
        let last = UInt64.max - 1
        #expect(CoverageShare.day([row(540, 1, last...last)]) == CoverageShare(seen: 1, expected: last))
        #expect(CoverageShare.perMinute([]).isEmpty)
    }

    @Test("packed minutes come back as they were, over the whole range of each count")
    func roundTrip() {
        var random = SplitMix64(seed: 1)
        for _ in 0..<500 {
            let rows = (0...1440).filter { _ in random.below(200) == 0 }.map { minute in
                var row = CoverageMinute(minute: minute)
                let numbers = (0..<11).map { _ in random.next() >> UInt64(random.below(64)) }
                (row.messages, row.trades, row.duplicates) = (numbers[0], numbers[1], numbers[2])
                (row.conflicts, row.stale, row.otherBoard) = (numbers[3], numbers[4], numbers[5])
                (row.undecodable, row.other, row.sequences) = (numbers[6], numbers[7], numbers[8])
                row.firstSequence = min(numbers[9], numbers[10])
                row.lastSequence = max(numbers[9], numbers[10])
                return row
            }
            let pack = CoverageCode.pack(rows)
            #expect(pack.withUnsafeBytes { CoverageCode.unpack($0) } == rows)
            for size in pack.indices {
                let cut = pack[..<size].withUnsafeBytes { CoverageCode.unpack($0) }
                #expect(cut == nil || cut!.count < rows.count)
            }
        }
    }

    @Test("packed by hand: the step to the minute, then eleven numbers")
    func vector() {
        var row = row(130, 2, 1000...1002)
        (row.messages, row.trades, row.duplicates, row.conflicts, row.stale) = (300, 2, 3, 4, 5)
        (row.otherBoard, row.undecodable, row.other) = (6, 7, 8)
        // 130 → 82 01; 300 → AC 02; 1000 → E8 07; 1002 - 1000 → 2. The second row is a step of 2.
        let bytes: [UInt8] = [0x82, 1, 0xAC, 2, 2, 3, 4, 5, 6, 7, 8, 2, 0xE8, 7, 2]
        var second = row
        second.minute = 132
        #expect(CoverageCode.pack([row, second]) == bytes + [2] + bytes.dropFirst(2))
    }

    @Test("damaged packs give minutes of the day or nothing")
    func damaged() {
        var random = SplitMix64(seed: 2)
        for _ in 0..<20_000 {
            let bytes = (0..<random.below(60)).map { _ in
                random.pick([0, 1, 2, 0x7F, 0x80, 0xFF, 0x83] as [UInt8])
            }
            let rows = bytes.withUnsafeBytes { CoverageCode.unpack($0) }
            #expect(rows?.allSatisfy { (0...CoverageMinute.timeless).contains($0.minute) } ?? true)
        }
    }

    private func row(_ minute: Int, _ count: UInt64, _ span: ClosedRange<UInt64>) -> CoverageMinute {
        var row = CoverageMinute(minute: minute)
        (row.messages, row.sequences) = (count, count)
        (row.firstSequence, row.lastSequence) = (span.lowerBound, span.upperBound)
        return row
    }

    private func trade(
        _ second: UInt32, _ sequence: UInt64, record: UInt16 = 0, board: Board = .regular,
        status: TradeStatus = .fresh
    ) -> Trade {
        var trade = Trade(
            price: 100, quantity: 1, sequence: sequence, messageNumber: 0, symbol: 0, second: second,
            recordIndex: record, side: .buy, board: board)
        trade.status = status
        return trade
    }
}
