import Market
import Simulator
import Testing

@Suite("Determinism")
struct DeterminismTests {
    @Test("the same seed gives the same bytes, another seed gives others")
    func seeds() {
        let first = hashes(of: days(seed: 11))
        #expect(hashes(of: days(seed: 11)) == first)
        #expect(Set(hashes(of: days(seed: 12))).isDisjoint(with: first))
        #expect(Set(first).count == first.count)
    }

    // A change here changes every user's simulated files: it belongs into the release notes.
    @Test("the bytes are those of every other machine")
    func golden() {
        #expect(
            hashes(of: days(seed: 11)) == [
                0xA082_D393_DB24_BE44, 0x6A0E_A612_B402_B011, 0xACAD_6E58_64CC_B61C,
                0xD0BE_F2E6_03F6_9D88, 0x7ADD_9CD0_E0C2_515F, 0x9EC0_ECA7_87D6_C125,
            ])
    }

    @Test("without an interval there are no books, and the other files stay the same")
    func noBooks() {
        let with = days(seed: 5)
        let without = days(seed: 5, bookIntervalSeconds: 0)
        for (left, right) in zip(with, without) {
            #expect(right.book.isEmpty && right.summary.bookMessages == 0)
            #expect(left.trades == right.trades)
            #expect(left.brokerSummaries == right.brokerSummaries)
        }
    }

    @Test("one symbol is a market, and a day without trades is a day")
    func smallest() {
        let one = SimulatedDays(SimulatorConfiguration(symbolCount: 1, tradesPerDay: 500), days: 2)
        #expect(one.days.allSatisfy { $0.summary.trades >= 450 && $0.summary.trades <= 550 })
        let none = SimulatedDays(SimulatorConfiguration(symbolCount: 3, tradesPerDay: 0), days: 2)
        #expect(none.days.allSatisfy { $0.trades.isEmpty && $0.brokerSummaries.isEmpty })
    }

    @Test("the largest market lists two thousand different codes")
    func largest() {
        let market = SimulatedDays(
            SimulatorConfiguration(symbolCount: 2000, tradesPerDay: 40_000, bookIntervalSeconds: 0), days: 1)
        let codes = TradeLine.lines(market.days[0].trades).map(\.code)
        #expect(Set(codes).count > 1500)
        #expect(codes.allSatisfy { [4, 6, 10].contains($0.utf8.count) })
    }

    private func days(seed: UInt64, bookIntervalSeconds: Int = 120) -> [SimulatedDays.Day] {
        SimulatedDays(
            SimulatorConfiguration(
                symbolCount: 12, seed: seed, firstDay: TradingDay("2026-02-10")!, tradesPerDay: 3000,
                bookIntervalSeconds: bookIntervalSeconds),
            days: 2
        ).days
    }

    private func hashes(of days: [SimulatedDays.Day]) -> [UInt64] {
        days.flatMap { [$0.trades, $0.brokerSummaries, $0.book].map(SimulatedDays.hash) }
    }
}
