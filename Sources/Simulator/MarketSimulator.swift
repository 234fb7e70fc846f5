import Market

/// A simulated Indonesian exchange: makes one trading day after the other, from a seed.
///
/// Every symbol has a small matching engine (queues by price and time on the tick ladder), the market
/// one clock, one trade number and one order number. Trades, broker summaries and books of a day are
/// three views of the same events, so they can be checked against each other. Only integers decide,
/// so the bytes are the same on every machine.
///
/// Use it from one thread at a time.
public final class MarketSimulator {
    private let configuration: SimulatorConfiguration
    private var exchange: Exchange
    private var episodes: EpisodePlanner
    private var random: RandomSource
    private var lastDay: TradingDay?

    /// Size at which a chunk goes to its sink.
    private static let chunkSize = 1 << 18

    /// A market that has not traded yet.
    ///
    /// - Precondition: 1 ... 2000 symbols, at least 0 trades a day, an interval of at least 0 seconds.
    public init(_ configuration: SimulatorConfiguration) {
        precondition((1...2000).contains(configuration.symbolCount), "1 ... 2000 symbols")
        precondition((configuration.tradesPerDay ?? 0) >= 0 && configuration.bookIntervalSeconds >= 0)
        self.configuration = configuration
        exchange = Exchange(symbolCount: configuration.symbolCount, seed: configuration.seed)
        episodes = EpisodePlanner(symbolCount: configuration.symbolCount)
        random = RandomSource(seed: configuration.seed, stream: 2)
    }

    /// Makes the next trading day: the first one on or after the configuration's first day, then
    /// those that follow in ``TradingCalendar/idx``; in years without a calendar, every weekday.
    ///
    /// The sinks receive whole chunks of file bytes, each valid during the call only: lines of twenty
    /// fields in order of their trade numbers (PROTOCOLS §1.5), broker summaries as one JSON document
    /// a line and symbol (§3), book messages in OB2 envelopes in order of time (§1.7). After a sink
    /// has thrown, the simulator is in the middle of a day and should be dropped.
    public func nextDay(
        trades: (UnsafeRawBufferPointer) throws -> Void,
        brokerSummaries: (UnsafeRawBufferPointer) throws -> Void,
        book: (UnsafeRawBufferPointer) throws -> Void
    ) rethrows -> SimulatedDaySummary {
        let day = advance()
        let schedule = TradingCalendar.idx.schedule(of: day)
        episodes.nextDay(exchange.listings, random: &random)
        let target = dayTarget(of: day)
        exchange.open(day: day, trades: target, episodes: episodes)
        let plan = DayPlan(trades: target, schedule: schedule, random: &random)

        let turns = MarketSimulator.openingSeconds.count
        for (turn, second) in MarketSimulator.openingSeconds.enumerated() {
            exchange.tick(to: second)
            exchange.openingAuction(turn: turn, of: turns, trades: plan.openingTrades)
        }
        let interval = configuration.bookIntervalSeconds
        for entry in plan.continuous {
            exchange.tick(to: entry.second)
            if entry.second % 60 == 0 { exchange.redrawPicker() }
            let isMorning = schedule.morning.contains(entry.second)
            exchange.trade(until: plan.openingTrades + entry.tradesByEnd, isMorning: isMorning)
            if interval > 0 { exchange.tellBooks(second: entry.second, interval: interval) }
            if exchange.tape.count > MarketSimulator.chunkSize { try exchange.handOverTrades(to: trades) }
            if exchange.bookLines.count > MarketSimulator.chunkSize { try exchange.handOverBooks(to: book) }
        }
        let closing = MarketSimulator.closingStart...schedule.closingAuction.upperBound
        for (turn, second) in closing.enumerated() {
            exchange.tick(to: second)
            exchange.closingAuction(turn: turn, of: closing.count, trades: plan.closingTrades)
        }
        let post = schedule.postClosing
        for (turn, second) in post.enumerated() {
            exchange.tick(to: second)
            exchange.postClosing(trades: plan.postClosingTrades(turn: turn, of: post.count))
        }
        try exchange.handOverTrades(to: trades)
        try exchange.handOverBooks(to: book)

        var summary = SimulatedDaySummary(
            day: day, trades: Int(exchange.sequence), bookMessages: exchange.bookMessages,
            brokerSummaries: 0, episodes: [])
        var documents = ByteWriter(capacity: MarketSimulator.chunkSize * 2)
        for symbol in 0..<exchange.listings.count {
            if exchange.writeSummary(of: symbol, to: &documents) { summary.brokerSummaries += 1 }
            if documents.count > MarketSimulator.chunkSize {
                try brokerSummaries(documents.contents)
                documents.clear()
            }
            let kind = episodes.kind(of: symbol)
            if kind != .none {
                summary.episodes.append((exchange.listings[symbol].symbol.description, kind.name))
            }
        }
        if documents.count > 0 { try brokerSummaries(documents.contents) }
        return summary
    }

    /// Opening matches fall between 08:58:00 and 08:59:59, closing ones begin at 16:00:00: random
    /// close is over by then (PROTOCOLS §4.1).
    private static let openingSeconds = (8 * 3600 + 58 * 60)...(8 * 3600 + 59 * 60 + 59)
    private static let closingStart = 16 * 3600

    private func advance() -> TradingDay {
        var day = lastDay?.advanced(by: 1) ?? configuration.firstDay
        while !(TradingCalendar.idx.isTradingDay(day) ?? (day.weekday <= 5)) { day = day.advanced(by: 1) }
        lastDay = day
        return day
    }

    /// The day's number of trades: within 8 % of the target, Fridays in the lower part. The closing
    /// auction adds up to 1.5 % either way, so that the day stays within 10 %.
    private func dayTarget(of day: TradingDay) -> Int {
        let target =
            configuration.tradesPerDay ?? configuration.symbolCount * SimulatorConfiguration.tradesPerSymbol
        let perTenThousand = random.within(9450...10_650) - (day.weekday == 5 ? 200 : 0)
        return target * perTenThousand / 10_000
    }
}
