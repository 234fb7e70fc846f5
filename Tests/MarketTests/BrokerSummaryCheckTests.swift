import Market
import Testing

@Suite("Checks of broker summaries")
struct BrokerSummaryCheckTests {
    private typealias Figure = BrokerSummary.Figure

    /// A whole number whose last written digit stands for `unit`.
    private func figure(_ value: UInt64, unit: UInt64 = 1) -> Figure {
        Figure(value: value * BrokerSummary.one, unit: unit * BrokerSummary.one)
    }

    private func summary(buy: BrokerSummary.Side, sell: BrokerSummary.Side) -> BrokerSummary {
        var summary = BrokerSummary(symbol: Symbol("BBCA")!, day: TradingDay("2026-02-10")!)
        summary.board = .regular
        summary.investor = .all
        summary.rows = [
            .init(code: BrokerCode("AA")!, buy: buy), .init(code: BrokerCode("BB")!, sell: sell),
        ]
        return summary
    }

    @Test("what was bought was sold, within the rounding of the figures as written")
    func balance() {
        // Units 1 and 1: a difference of 2 is rounding, 3 is none.
        for (value, expected) in [(1000, []), (1002, []), (1003, .values), (997, .values)]
            as [(UInt64, BrokerSummary.Flaws)]
        {
            let side = BrokerSummary.Side(value: figure(1000), lots: figure(5))
            let other = BrokerSummary.Side(value: figure(value), lots: figure(5))
            #expect(summary(buy: side, sell: other).checked == expected, "\(value)")
        }
        // 3.18e+10 may be 31.75 to 31.85 billion.
        let rounded = figure(31_800_000_000, unit: 100_000_000)
        let exact = figure(31_849_999_999)
        #expect(
            summary(
                buy: .init(value: rounded, lots: figure(5)), sell: .init(value: exact, lots: figure(5))
            ).checked.isEmpty)
        let lots = summary(
            buy: .init(value: figure(10), lots: figure(5)), sell: .init(value: figure(10), lots: figure(8)))
        #expect(lots.checked == .lots)
    }

    @Test("an average times its shares is the value, within the rounding of the three")
    func averages() {
        // 100 lots are 10,000 shares: 8,075 each make 80,750,000. One rupiah more a share is rounding, and so are
        // the 100 shares that the lots leave out: 80,750,000 + 10,000 + 807,500 + 1.
        let sell = BrokerSummary.Side(value: figure(0), lots: figure(0))
        for (value, isFine) in [(80_750_000, true), (81_567_501, true), (81_567_502, false)]
            as [(UInt64, Bool)]
        {
            let side = BrokerSummary.Side(value: figure(value), lots: figure(100), average: figure(8075))
            let flaws = summary(buy: side, sell: sell).checked
            #expect(flaws.contains(.averages) == !isFine, "\(value)")
        }
    }

    @Test("a document's own total is the sum of its rows")
    func total() {
        let side = BrokerSummary.Side(value: figure(1_000_000), lots: figure(100))
        var document = summary(buy: side, sell: side)
        for (value, shares, isFine) in [
            (1_000_000, 10_000, true), (1_000_002, 10_101, true), (1_000_003, 10_000, false),
            (1_000_000, 10_102, false),
        ] as [(UInt64, UInt64, Bool)] {
            document.total = .init(value: figure(value), shares: figure(shares))
            #expect(document.checked == (isFine ? [] : .total), "\(value) \(shares)")
        }
    }

    @Test("what names no board or investor type is flagged")
    func unnamed() {
        let side = BrokerSummary.Side(value: figure(10), lots: figure(1))
        var document = summary(buy: side, sell: side)
        document.board = .unnamed
        #expect(document.checked == .board)
        document.investor = .unnamed
        #expect(document.checked == [.board, .investor])
    }

    @Test("the largest figures overflow nothing")
    func largest() {
        let figure = Figure(value: BrokerSummary.figureMax, unit: BrokerSummary.figureMax)
        let side = BrokerSummary.Side(value: figure, lots: figure, average: figure)
        var document = summary(buy: side, sell: side)
        document.total = .init(value: figure, shares: figure)
        #expect(document.checked == [])
    }
}
