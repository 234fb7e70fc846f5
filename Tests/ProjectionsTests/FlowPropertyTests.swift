import Market
import TestSupport
import Testing

@testable import Projections

@Suite("Flow, for any data")
struct FlowPropertyTests {
    private func values(_ random: inout SplitMix64, _ count: Int) -> [Double] {
        (0..<count).map { _ in Double(random.next() % 1_000_000) / 1000 }
    }

    @Test(
        "z-scores do not change with shift and scale, turn with the sign, and have mean 0 and σ 1",
        arguments: 1...20)
    func invariance(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for count in [2, 3, 7, 20, 60] {
            let values = values(&random, count)
            let z = ZScore.ofLast(values)
            #expect((ZScore.ofLast(values.map { $0 * 1024 }) - z).magnitude < 1e-12)
            #expect((ZScore.ofLast(values.map { $0 * 3e-9 + 7e-9 }) - z).magnitude < 1e-9)
            #expect((ZScore.ofLast(values.map { -$0 }) + z).magnitude < 1e-12)
            // Each value in turn is the last.
            let all = values.indices.map { index in
                ZScore.ofLast(values[(index + 1)...] + values[...index])
            }
            #expect(all.reduce(0, +).magnitude < 1e-9)
            #expect((all.reduce(0) { $0 + $1 * $1 } - Double(count)).magnitude < 1e-8)
        }
    }

    @Test("equal values have no z-score, however many and however small")
    func equal() {
        for value in [0, 0.1, 1.0 / 3, 1e300, .leastNonzeroMagnitude] {
            for count in 0...60 {
                #expect(ZScore.ofLast([Double](repeating: value, count: count)) == 0)
            }
        }
    }

    @Test("sums: categories are all rows, nets are zero together, counts are rows", arguments: 1...20)
    func sums(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let summary = FlowSupport.summary(&random, brokers: Int(random.next() % 92) + 1)
        let row = BrokerDay(summary, BrokerTable())
        let bought = summary.rows.compactMap(\.buy).reduce(UInt128(0)) { $0 + UInt128($1.value.value) }
        let sold = summary.rows.compactMap(\.sell).reduce(UInt128(0)) { $0 + UInt128($1.value.value) }
        #expect(row.total.buyValue == bought && row.total.sellValue == sold)
        #expect(row.amounts.map(\.net).reduce(0, +) == Int128(bought) - Int128(sold))
        #expect(row.brokerCount == UInt64(summary.rows.count) && row.untypedCount == 0)
        // Every type but Lokal contradicts the local brokers; each but Asing the foreign ones.
        let table = BrokerTable()
        let conflicts = summary.rows.count { row in
            let isForeign = table.category(of: row.code, on: summary.day) == .foreign
            return !row.type.isEmpty && row.type != (isForeign ? "Asing" : "Lokal")
        }
        #expect(row.conflictCount == UInt64(conflicts))
        #expect(BrokerDayCode.decode(BrokerDayCode.encode(row)) == row)
    }

    @Test("ten times the lots and values change effort, elasticity and nothing else", arguments: 1...5)
    func scale(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let days = (0..<70).map { _ in
            BrokerDay(FlowSupport.summary(&random, brokers: 40), BrokerTable())
        }
        let larger = days.map { day in
            var day = day
            day.amounts = day.amounts.map { amounts in
                (0..<9).reduce(amounts) { sum, _ in sum + amounts }
            }
            return day
        }
        for (small, large) in zip(FlowSupport.flow(days), FlowSupport.flow(larger)) {
            #expect(large.effort == small.effort * 10 && large.close == small.close)
            #expect(large.ngr == small.ngr && large.result == small.result)
            #expect((large.score - small.score).magnitude < 1e-9)
            #expect(large.state == small.state && large.age == small.age)
            #expect(FlowCode.decode(FlowCode.encode(small)) == small)
        }
    }

    @Test("the last document of a day wins, whatever the order in which they are folded", arguments: 1...10)
    func lastWins(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let symbols = ["AALI", "BBCA", "TLKM"].map { Symbol($0)! }
        var documents: [(BrokerSummary, MessageOrigin)] = []
        for number in 0..<30 {
            var summary = FlowSupport.summary(
                &random, symbol: symbols[Int(random.next() % 3)], brokers: Int(random.next() % 20))
            summary.investor = random.next() % 4 == 0 ? .foreign : .all
            documents.append((summary, MessageOrigin(messageNumber: UInt64(number))))
        }
        func rows(_ documents: [(BrokerSummary, MessageOrigin)]) -> [(Symbol, BrokerDay, UInt64)] {
            let fold = BrokerDayFold(day: TradingDay("2026-02-10")!, table: BrokerTable())
            for (summary, origin) in documents { fold.fold(summary, origin) }
            return fold.days().map { ($0.symbol, $0.row, $0.origin.messageNumber) }
        }
        let expected = symbols.compactMap { symbol -> (Symbol, BrokerDay, UInt64)? in
            let mine = documents.filter { $0.0.symbol == symbol }
            guard let last = mine.last(where: { $0.0.investor == .all }) else { return nil }
            var row = BrokerDay(last.0, BrokerTable())
            row.foreignInvestors = mine.last { $0.0.investor == .foreign }.map {
                BrokerDay($0.0, BrokerTable()).total
            }
            return (symbol, row, last.1.messageNumber)
        }
        for order in [documents, documents.reversed(), documents.shuffled(using: &random)] {
            let found = rows(order)
            #expect(found.map(\.0) == expected.map(\.0) && found.map(\.1) == expected.map(\.1))
            #expect(found.map(\.2) == expected.map(\.2))
        }
    }
}
