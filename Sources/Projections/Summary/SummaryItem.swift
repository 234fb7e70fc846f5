public import Market

/// One symbol of the hybrid summary (R1 §5F): a pure function of its day's sums, the flow of earlier days and what
/// earlier days usually traded.
public struct SummaryItem: Equatable, Sendable {
    /// The symbol.
    public let symbol: Symbol
    /// The day's sums.
    public let input: SummaryInput
    /// The flow of earlier days.
    public let context: FlowContext?
    /// The hybrid score, 0 … 1.
    public let score: Double
    /// Index of the rule of ``SignalTable`` that gave the signal.
    public let rule: Int
    /// The label; nil where the signal stands for it.
    public let prediction: PredictionLabel?
    /// The guards that hold.
    public let guards: [SummaryGuard]
    /// The lists that the item belongs to, and those of which that is not known.
    public let lists: [SummaryList: SummaryList.Membership]
    /// Change against the previous close, in percent; nil where none is known.
    public let changePct: Double?
    /// Velocity in percent; nil where the usual volume is not known.
    public let velocityPct: Double?
    /// The market's share of the exchange's sequence, 0 … 1; nil where the feed has none.
    public let coverage: Double?

    /// The symbol's own coverage; nil where no broker summary of the whole day is known.
    public let lotCoverage: LotCoverage?

    /// The market that a symbol's item is computed in.
    public struct Surroundings: Sendable {
        /// The trading day.
        public let day: TradingDay
        /// How far trading has come.
        public let reached: Int
        /// The day's minutes.
        public let minutes: TradingMinutes
        /// The market's share up to the moment of the summary.
        public let coverage: Double?
        /// Which score.
        public let rule: HybridRule
        /// The exchange's rules; nil where prices are not whole rupiah, in which its limits are.
        public let rules: MarketRules?

        /// Surroundings.
        public init(
            day: TradingDay, reached: Int, minutes: TradingMinutes, coverage: Double?, rule: HybridRule,
            rules: MarketRules?
        ) {
            self.day = day
            self.reached = reached
            self.minutes = minutes
            self.coverage = coverage
            self.rule = rule
            self.rules = rules
        }
    }

    /// An item; nil where no percentage is defined.
    ///
    /// - Parameters:
    ///   - candles: The day's, of one minute, up to the moment of the summary.
    ///   - totalLots: The day's lots by its broker summary, with that type's decimals; only for a whole day in lots.
    public init?(
        _ symbol: Symbol, _ candles: some Collection<Candle>, context: FlowContext?, history: SummaryHistory,
        _ surroundings: Surroundings, totalLots: UInt128? = nil
    ) {
        guard let input = SummaryInput(candles) else { return nil }
        self.symbol = symbol
        self.input = input
        self.context = context
        coverage = surroundings.coverage
        let unit = UInt128(BrokerSummary.one)
        lotCoverage = totalLots.flatMap {
            LotCoverage(volume: input.volume * unit, delta: input.delta * Int128(unit), total: $0)
        }
        let (deltaPct, pricePct) = (input.deltaPct, input.pricePct)
        score = surroundings.rule.score(deltaPct: deltaPct, pricePct: pricePct, context: context)
        rule = SignalTable.match(
            SignalTable.Values(score: score, deltaPct: deltaPct, pricePct: pricePct, context: context))
        prediction = PredictionLabel(divergence: input.divergence, deltaPct: deltaPct, pricePct: pricePct)
        guards = SummaryGuard.all(
            input,
            limits: SummaryItem.limits(symbol, input, history.previousClose, surroundings),
            context: context, signal: SignalTable.rules[rule].signal, label: prediction, coverage: coverage)
        var lists: [SummaryList: SummaryList.Membership] = [:]
        for list in SummaryList.allCases {
            lists[list] = list.membership(input, context: context, history: history, guards: guards)
        }
        self.lists = lists
        changePct = input.changePct(previousClose: history.previousClose)
        velocityPct = Velocity.percent(
            candles, minutes: surroundings.minutes, reached: surroundings.reached, history: history)
    }

    /// The signal.
    public var signal: Signal { SignalTable.rules[rule].signal }
    /// The prediction's text, else the signal's.
    public var label: String { prediction?.rawValue ?? signal.rawValue }
    /// The lists of which the membership is as given, in the order of the cases.
    public func lists(_ membership: SummaryList.Membership) -> [SummaryList] {
        SummaryList.allCases.filter { lists[$0] == membership }
    }

    /// Why the item has its signal.
    /// - Parameter rule: The score by which it was computed.
    public func explanation(_ rule: HybridRule) -> SignalExplanation {
        SignalExplanation(
            deltaPct: input.deltaPct, pricePct: input.pricePct, context: context, rule: rule)
    }

    /// The previous close has been made comparable with the day's prices already.
    private static func limits(
        _ symbol: Symbol, _ input: SummaryInput, _ previousClose: Int64?, _ surroundings: Surroundings
    ) -> ClosedRange<Int64>? {
        guard let rules = surroundings.rules, let previousClose else { return nil }
        let day = surroundings.day
        let ladder = rules.ladder(
            of: symbol, on: day, market: "idx", priceScale: .whole,
            prices: [input.open, input.low, input.high, input.last])
        guard let ladder else { return nil }
        return rules.limits.range(
            previousClose: previousClose,
            instruments: rules.instrument(symbol, on: day).instrumentClass, on: day, ladder: ladder)
    }
}
