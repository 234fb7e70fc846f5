import Market
import Projections
import Testing

@Suite("Signals")
struct SignalTests {
    private static let deltas = (-40...40).map { Double($0) * 2.5 } + [60.00001, 80.00001, 39.99999]
    private static let prices = [
        -35, -5.00001, -5, -4.00001, -4, -3.00001, -3, -2.00001, -2, -1, 0, 2, 2.1, 25,
    ]

    private func match(_ delta: Double, _ price: Double, _ context: FlowContext?, _ rule: HybridRule) -> Int {
        let score = rule.score(deltaPct: delta, pricePct: price, context: context)
        return SignalTable.match(
            SignalTable.Values(score: score, deltaPct: delta, pricePct: price, context: context))
    }

    /// R1 §3C once more, as a person would write it.
    private func plain(_ score: Double, _ delta: Double, _ price: Double, _ context: FlowContext?) -> Signal {
        if price < -5 { return .sell }
        if score > 0.7, context?.state == .accumulation, price >= -2 { return .strongBuy }
        if delta > 80, let context, context.zNgr < -0.5 { return .trapWarning }
        if delta < 40, let context, context.zNgr > 0.7, context.state == .accumulation {
            return .hiddenAccumulation
        }
        if score < 0.3, context?.state == .distribution { return .strongSell }
        if context == nil, normalize(delta, -100, 100) > 0.8, score > 0.6, price >= -3 {
            return .watchAccumulation
        }
        if score > 0.6, price >= -3 { return .buy }
        if score < 0.4 { return .sell }
        return .neutral
    }

    @Test("in a small space, all of it, the first rule that holds gives the signal; each is reached")
    func exhaustive() {
        var reached: Set<Int> = []
        for rule in HybridRule.allCases {
            for context in smallContexts {
                for price in Self.prices {
                    for delta in Self.deltas {
                        let score = rule.score(deltaPct: delta, pricePct: price, context: context)
                        let values = SignalTable.Values(
                            score: score, deltaPct: delta, pricePct: price, context: context)
                        let found = SignalTable.match(values)
                        let isFirst = SignalTable.rules[..<found].allSatisfy { rule in
                            rule.conditions.contains { !$0.holds(values) }
                        }
                        let isSame = SignalTable.rules[found].signal == plain(score, delta, price, context)
                        #expect(isFirst && isSame, "\(rule) \(delta) \(price) \(String(describing: context))")
                        reached.insert(found)
                    }
                }
            }
        }
        #expect(reached == Set(SignalTable.rules.indices))
        #expect(Set(SignalTable.rules.map(\.signal)) == Set(Signal.allCases))
    }

    @Test("WATCH_ACCUM is reached without a context, and STRONG_BUY, TRAP_WARNING, … only with one")
    func contexts() {
        // normDelta 0.805 > 0.8; (0.15 + 0.7·0.805)·1.1 = 0.78485 > 0.6. Behind BUY it would never be reached.
        #expect(SignalTable.rules[match(61, 0, nil, .a)].signal == .watchAccumulation)
        #expect(SignalTable.rules[match(60, 0, nil, .a)].signal == .buy)
        #expect(SignalTable.rules[match(61, 0, context(.neutral, 0), .a)].signal == .buy)
        for rule in HybridRule.allCases {
            for price in Self.prices {
                for delta in Self.deltas {
                    let signal = SignalTable.rules[match(delta, price, nil, rule)].signal
                    #expect([.watchAccumulation, .buy, .sell, .neutral].contains(signal))
                }
            }
        }
    }

    @Test("as deltaPct rises, signals rise, but for the two that look at it the other way round")
    func monotonic() {
        let rank: [Signal: Int] = [
            .strongSell: 0, .sell: 1, .neutral: 2, .buy: 3, .watchAccumulation: 4, .strongBuy: 4,
        ]
        for rule in HybridRule.allCases {
            for context in smallContexts {
                for price in Self.prices {
                    let ranks = Self.deltas.sorted().compactMap {
                        rank[SignalTable.rules[match($0, price, context, rule)].signal]
                    }
                    #expect(zip(ranks, ranks.dropFirst()).allSatisfy { $0 <= $1 })
                }
            }
        }
    }

    @Test("an explanation divides −100 … 100 into stretches in which the table says the same")
    func explanation() {
        for rule in HybridRule.allCases {
            for context in smallContexts {
                for price in Self.prices {
                    let whole = SignalExplanation(
                        deltaPct: -100, pricePct: price, context: context, rule: rule)
                    let stretches = whole.stretches
                    #expect(stretches.first?.low == -100 && stretches.last?.high == 100)
                    for (stretch, next) in zip(stretches, stretches.dropFirst()) {
                        #expect(stretch.high.nextUp == next.low && stretch.rule != next.rule)
                    }
                    for stretch in stretches {
                        for delta in [stretch.low, stretch.high, (stretch.low + stretch.high) / 2] {
                            #expect(match(delta, price, context, rule) == stretch.rule)
                        }
                    }
                    for delta in [-97.5, -40, 12.5, 39.99999, 60, 100] {
                        let one = SignalExplanation(
                            deltaPct: delta, pricePct: price, context: context, rule: rule)
                        #expect(one.current.rule == match(delta, price, context, rule))
                        if let above = one.above {
                            #expect(above.low > delta && above.signal != one.current.signal)
                        }
                        if let below = one.below {
                            #expect(below.high < delta && below.signal != one.current.signal)
                        }
                    }
                }
            }
        }
    }

    @Test("an explanation names the deltaPct that would change the signal")
    func thresholds() throws {
        // Without a context at price 0: score = (0.15 + 0.7·(d + 100)/200)·1.1 > 0.6 from
        // d = ((0.6/1.1 − 0.15)/0.7)·200 − 100 = 12.987…; < 0.4 below d = ((0.4/1.1 − 0.15)/0.7)·200 − 100 = −38.961….
        let found = SignalExplanation(deltaPct: 0, pricePct: 0, context: nil, rule: .a)
        #expect(found.current.signal == .neutral)
        let above = try #require(found.above)
        #expect(above.signal == .buy && abs(above.low - 12.987012987012987) < 1e-9)
        let below = try #require(found.below)
        #expect(below.signal == .sell && abs(below.high + 38.96103896103896) < 1e-9)
        // A falling knife stays one, whatever its delta.
        let knife = SignalExplanation(deltaPct: 0, pricePct: -6, context: nil, rule: .a)
        #expect(knife.stretches.count == 1 && knife.above == nil && knife.below == nil)
    }

    @Test("labels by R1 §3D, first match")
    func labels() {
        func label(_ divergence: Double, _ delta: Double, _ price: Double) -> PredictionLabel? {
            PredictionLabel(divergence: divergence, deltaPct: delta, pricePct: price)
        }
        #expect(label(5.1, 2.1, -3) == .breakout)
        #expect(label(5, 2.1, -3) == .watching && label(5.1, 2, -3) == .watching)
        #expect(label(5.1, 2.1, -3.1) == nil)
        #expect(label(5.1, 2.1, -5.1) == .falling && label(0, 0, -5.1) == .falling)
        #expect(label(5.1, -2.1, -5.1) == .falling)
        #expect(label(5.1, -2.1, -5) == .heavySell && label(5.1, -2.1, 9) == .heavySell)
        #expect(label(3.1, -2.1, -3) == .watching && label(3, 0, 0) == nil && label(4, 0, -3.1) == nil)
    }
}
