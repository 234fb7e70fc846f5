internal import Market

/// What the flow of a symbol remembers from day to day, and the formulas of PROJECTIONS §3.
struct FlowHistory {
    private var efforts = RecentValues()
    private var results = RecentValues()
    private var ngrs = RecentValues()
    private var elasticities = RecentValues()
    private var close: Close?
    private var last: FlowDay?

    /// The value and shares of a day's purchases, whose ratio is its close.
    private struct Close {
        let value: UInt128
        let shares: UInt128
        let day: TradingDay

        /// The price in rupiah, as a corporate action changes it.
        func price(_ factor: PriceFactor = .one) -> Double {
            ExactRatio.double(
                Int128(value) * Int128(factor.numerator), shares * UInt128(factor.denominator))
        }
    }

    /// Days among which the smart money's side is counted, and how many of them make it consistent.
    private static let consistentDays = (of: 5, needed: 3)
    private static let zLimit = 0.5

    /// Features of the next day; nil, and nothing is remembered, for a day on which nothing was bought or sold.
    /// - Parameter factor: What makes a price of an earlier day comparable with one of this day; nil: nothing does.
    mutating func add(
        _ day: BrokerDay, on date: TradingDay, factor: (_ since: TradingDay) -> PriceFactor?
    ) -> FlowDay? {
        let total = day.total
        let effort = total.buyValue + total.sellValue
        guard effort > 0 else { return nil }
        var flow = FlowDay()
        flow.effort = effort
        flow.nets = day.amounts.map(\.net)
        flow.foreignInvestorNet = day.foreignInvestors?.net
        (flow.brokerCount, flow.conflictCount) = (day.brokerCount, day.conflictCount)
        (flow.untypedCount, flow.flaws) = (day.untypedCount, day.flaws)

        if total.buyValue > 0, total.buyLots > 0 {
            let today = Close(
                value: total.buyValue, shares: total.buyLots * UInt128(BrokerSummary.lotShares), day: date)
            flow.close = today.price()
            if let close, let factor = factor(close.day) {
                let previous = close.price(factor)
                flow.result = (today.price() - previous).magnitude / previous
            }
            close = today
        }
        flow.ngr = ExactRatio.double(flow.smartNet, effort)
        flow.ngrLiteral = ExactRatio.double(total.net, effort)
        let foreignNet = flow[.foreign].magnitude
        flow.ngrForeignAbsolute = ExactRatio.double(Int128(foreignNet), effort)
        let effortRupiah = ExactRatio.double(Int128(effort), UInt128(BrokerSummary.one))
        flow.elasticity = flow.result / effortRupiah
        flow.elasticityNet =
            flow.result / (ExactRatio.double(Int128(foreignNet), UInt128(BrokerSummary.one)) + 1)

        efforts.append(effortRupiah)
        results.append(flow.result)
        ngrs.append(flow.ngr)
        elasticities.append(flow.elasticity)
        flow.scores = FlowDay.windows.map { window in
            FlowDay.Scores(
                effort: efforts.zScore(window), result: results.zScore(window), ngr: ngrs.zScore(window),
                elasticity: elasticities.zScore(window))
        }
        flow.state = state(flow.main.ngr)
        if let last {
            flow.dayCount = last.dayCount + 1
            flow.age = last.state == flow.state ? last.age + 1 : 1
        }
        last = flow
        return flow
    }

    /// Rule `state.ngr@1`.
    private func state(_ z: Double) -> FlowDay.State {
        let recent = ngrs.last(FlowHistory.consistentDays.of)
        let needed = FlowHistory.consistentDays.needed
        if z > FlowHistory.zLimit {
            return recent.count { $0 > 0 } >= needed ? .accumulation : .transition
        }
        if z < -FlowHistory.zLimit {
            return recent.count { $0 < 0 } >= needed ? .distribution : .transition
        }
        return .neutral
    }
}

/// The newest values of a feature, as many as the longest window has.
private struct RecentValues {
    private var values: [Double] = []

    mutating func append(_ value: Double) {
        if values.count == FlowDay.windows.last! { values.removeFirst() }
        values.append(value)
    }

    func last(_ count: Int) -> ArraySlice<Double> { values.suffix(count) }

    func zScore(_ window: Int) -> Double { ZScore.ofLast(values.suffix(window)) }
}
