import Market
import TestSupport
import Testing

@testable import Projections

@Suite("Flow, by hand")
struct FlowHistoryTests {
    /// Four days, millions of rupiah:
    ///
    ///       foreign   institution   retail    lots   net smart         effort  ngr
    ///     1 300/100      0/50       200/350   5000   200 - 50 = 150     1000    0.15
    ///     2 100/200    150/100      250/200   4000  -100 + 50 = -50     1000   -0.05
    ///     3   0/200      0/100      400/100   4000  -200 - 100 = -300    800   -0.375
    ///     4   0/300      0/0        400/100   4000  -300                 800   -0.375
    private let days = FlowSupport.flow([
        FlowSupport.day(foreign: (300, 100), institution: (0, 50), retail: (200, 350), lots: 5000),
        FlowSupport.day(foreign: (100, 200), institution: (150, 100), retail: (250, 200), lots: 4000),
        FlowSupport.day(foreign: (0, 200), institution: (0, 100), retail: (400, 100), lots: 4000),
        FlowSupport.day(foreign: (0, 300), retail: (400, 100), lots: 4000),
    ])

    private func isClose(_ left: Double, _ right: Double) -> Bool {
        (left - right).magnitude <= 1e-12 * max(right.magnitude, 1e-30)
    }

    @Test("effort, close, result, the three ratios and both elasticities")
    func features() {
        #expect(days.map(\.effort) == [1000, 1000, 800, 800].map { $0 * 1_000_000 * 10_000 })
        // 500 M / (5000 · 100), 500 M / (4000 · 100), 400 M / (4000 · 100), the same.
        #expect(days.map(\.close) == [1000, 1250, 1000, 1000])
        // None before; 250 / 1000; 250 / 1250; 0.
        #expect(days.map(\.result) == [0, 0.25, 0.2, 0])
        #expect(days.map(\.ngr) == [0.15, -0.05, -0.375, -0.375])
        #expect(days.map(\.ngrLiteral) == [0, 0, 0, 0])
        // |200| / 1000, |-100| / 1000, |-200| / 800, |-300| / 800.
        #expect(days.map(\.ngrForeignAbsolute) == [0.2, 0.1, 0.25, 0.375])
        // 0.25 / 10^9, 0.2 / (8 · 10^8).
        #expect(days.map(\.elasticity) == [0, 0.25 / 1e9, 0.2 / 8e8, 0])
        // 0.25 / (|-100 M| + 1), 0.2 / (|-200 M| + 1).
        #expect(days.map(\.elasticityNet) == [0, 0.25 / 100_000_001, 0.2 / 200_000_001, 0])
        #expect(days.map(\.smartNet) == [150, -50, -300, -300].map { $0 * 1_000_000 * 10_000 })
    }

    @Test("z-scores over what there is, population σ")
    func scores() {
        #expect(days[0].main == FlowDay.Scores())
        // Two values: the last lies one σ from their mean. Efforts are equal: 0.
        #expect(days[1].main.effort == 0 && days[1].main.result == 1 && days[1].main.elasticity == 1)
        #expect(isClose(days[1].main.ngr, -1))
        // 0.15, -0.05, -0.375: mean -0.275/3, deviations 0.725/3, 0.125/3, -0.85/3, so σ² is
        // (0.525625 + 0.015625 + 0.7225) / 9 / 3 and z = (-0.85/3) / σ.
        #expect(isClose(days[2].main.ngr, (-0.85 / 3) / (1.26375 / 27).squareRoot()))
        // 1000, 1000, 800: mean 2800/3, last -400/3; squares (200² + 200² + 400²) / 9 / 3.
        #expect(isClose(days[2].main.effort, (-400.0 / 3) / (240_000.0 / 27).squareRoot()))
        // 0.15, -0.05, -0.375, -0.375: mean -0.1625; σ² = (0.3125² + 0.1125² + 2 · 0.2125²) / 4 = 0.05015625.
        #expect(isClose(days[3].main.ngr, -0.2125 / 0.050_156_25.squareRoot()))
        // The window of two has two equal ratios, and efforts, but results 0.2 and 0.
        let two = days[3].scores[0]
        #expect(two.ngr == 0 && two.effort == 0)
        #expect(isClose(two.result, -1) && isClose(two.elasticity, -1))
        // Windows longer than the history see all of it.
        #expect(days[3].scores[1] == days[3].main && days[3].scores[4] == days[3].main)
    }

    @Test("the score is z(effort) - |z(result)| + (1 - z(elasticity)) + 0.5 · z(ngr)")
    func score() {
        #expect(days[0].score == 1)
        // 0 - 1 + (1 - 1) + 0.5 · -1.
        #expect(isClose(days[1].score, -1.5))
    }

    @Test("state and age: a side needs three of the last five days")
    func states() {
        // z(ngr) is 0, -1, -1.31, -0.95; negative days are 0, 1, 2, 3.
        #expect(days.map(\.state) == [.neutral, .transition, .transition, .distribution])
        #expect(days.map(\.age) == [1, 1, 2, 1])
        #expect(days.map(\.dayCount) == [1, 2, 3, 4])
    }

    @Test("three of five days, today included, and not the five before")
    func consistency() {
        // Bought on days 1, 2 and 6: on day 6 only 2 and 6 are among the last five.
        let nets = [10, 10, -20, -20, -20, 200]
        #expect(FlowSupport.flow(nets.map { FlowSupport.day(net: $0) }).last?.state == .transition)
        // Bought on days 2, 3 and 6.
        let other = [-10, 10, 10, -20, -20, 200]
        let last = FlowSupport.flow(other.map { FlowSupport.day(net: $0) }).last
        #expect(last?.state == .accumulation && last?.age == 1)
    }

    @Test("below the limit of 0.5 it is neutral, above it a matter of days")
    func limit() {
        // -200, -100, 0, 200, 100: mean 0, σ² = 20,000, z = 1/√2; but on two days only was more bought.
        let nets = [-200, -100, 0, 200, 100]
        #expect(FlowSupport.flow(nets.map { FlowSupport.day(net: $0) }).last?.state == .transition)
        let flat = FlowSupport.flow([3, -3, 3, -3, 1].map { FlowSupport.day(net: $0 * 10) }).last!
        // 3, -3, 3, -3, 1: mean 0.2, σ² = 37/5 - 0.04 = 7.36; z = 0.8 / 2.713 = 0.295.
        #expect(isClose(flat.main.ngr, 0.8 / 7.36.squareRoot()) && flat.state == .neutral)
    }

    @Test("stable from the 20th day with data on; days without data are none")
    func stable() {
        var days = (1...21).map { FlowSupport.day(net: $0 % 3) }
        days.insert(BrokerDay(), at: 5)
        let flow = FlowSupport.flow(days)
        #expect(flow.map(\.dayCount) == Array(1...21))
        #expect(flow.firstIndex { $0.isStable } == 19)
    }

    @Test("windows forget: 60 days, and 20 for the main one")
    func windows() {
        let wild = FlowSupport.day(net: 249, lots: 77)
        // The first of the calm days has another day before it, so its result counts no more behind 61.
        let calm = (0..<61).map { FlowSupport.day(net: $0 % 7, lots: 1000 + $0 % 5) }
        let with = FlowSupport.flow([wild] + calm)
        let without = FlowSupport.flow(Array(calm))
        #expect(with.last!.scores == without.last!.scores)
        #expect(with[59].scores[4] != without[58].scores[4])
        #expect(with[59].scores[3] == without[58].scores[3])
    }

    @Test(
        "a missing side is zero: without purchases there is no close, and no result until there is one again")
    func missing() {
        var onlySold = BrokerDay()
        onlySold[.retail] = FlowSupport.amounts(buy: 0, sell: 100, sellLots: 1000)
        let flow = FlowSupport.flow([
            FlowSupport.day(net: 0, lots: 5000), onlySold, FlowSupport.day(net: 0, lots: 4000),
        ])
        // 500 M / 500,000 shares; none; 500 M / 400,000 shares.
        #expect(flow.map(\.close) == [1000, nil, 1250] && flow.map(\.result) == [0, 0, 0.25])
        // Nothing bought, 100 M sold.
        #expect(flow[1].ngrLiteral == -1 && flow[1].ngr == 0)
    }

    @Test("a corporate action changes the previous close, and so the result alone")
    func corporateAction() {
        // One share becomes five behind the second day: 1000, 1250, 275; 1250 / 5 = 250, and 25 / 250 = 0.1.
        let days = [(0, 5000), (0, 4000), (5, 500_000_000 / 275 / 100)].map {
            FlowSupport.day(net: $0.0, lots: $0.1)
        }
        let factor = { (since: TradingDay) in
            PriceFactor(numerator: 1, denominator: since.daysSinceEpoch == 1 ? 5 : 1)
        }
        let flow = FlowSupport.flow(days, factor: factor)
        #expect(flow[1].result == 0.25)
        // 500 M / (18,181 · 100) is a little more than 275.
        #expect((flow[2].result - 0.1).magnitude < 1e-4 && flow[2].close! > 275)
        #expect(FlowSupport.flow(days)[2].ngr == flow[2].ngr)
        #expect(FlowSupport.flow(days) { _ in nil }.allSatisfy { $0.result == 0 })
    }

    @Test("government is left out of the smart money, foreign investors stand beside")
    func categories() {
        var day = FlowSupport.day(foreign: (100, 0), institution: (0, 40), retail: (0, 60))
        day[.government] = FlowSupport.amounts(buy: 70, sell: 20)
        day.foreignInvestors = FlowSupport.amounts(buy: 5, sell: 11)
        let flow = FlowSupport.flow([day])[0]
        // 100 - 40 of 290.
        #expect(flow.ngr == 60.0 / 290 && flow.foreignInvestorNet == -6 * 1_000_000 * 10_000)
        #expect(flow[.government] == 50 * 1_000_000 * 10_000)
    }

    @Test("equal ratios of different sizes are equal: no z-score comes of rounding")
    func equalRatios() {
        // 1/3 of the effort, in sizes that no double holds.
        let flow = FlowSupport.flow(
            [1, 7, 1_000_003, 999_999_999_989].map { size in
                var day = BrokerDay()
                let third = UInt128(size) * 12_345_678_901_234_567
                day[.foreign].buyValue = 3 * third
                day[.retail].sellValue = 3 * third
                day[.foreign].sellValue = third
                day[.retail].buyValue = third
                (day[.retail].buyLots, day[.retail].sellLots) = (third, third)
                return day
            })
        #expect(flow.allSatisfy { $0.ngr == 0.25 && $0.close == 0.04 && $0.main.ngr == 0 && $0.result == 0 })
        let wide = ExactRatio.double(Int128.max, UInt128(Int128.max))
        #expect(wide == 1 && ExactRatio.double(Int128.min, 1) == -0x1p127 && ExactRatio.double(5, 0) == 0)
    }
}
