/// Everything about a market that is data with a date and not code: calendar, ticks, limits, instruments
/// (PROJECTIONS §8). The exchange's own is ``idx``; a user's file adds rows, of which the newest that has begun holds.
public struct MarketRules: Sendable {
    /// A ladder of one class of instruments from a day on.
    public struct LadderRule: Hashable, Sendable {
        /// The first day on which it holds.
        public let firstDay: TradingDay
        /// The instruments for which it holds.
        public let instruments: InstrumentClass
        /// The prices.
        public let ladder: TickLadder

        /// A row of data.
        public init(firstDay: TradingDay, instruments: InstrumentClass, ladder: TickLadder) {
            self.firstDay = firstDay
            self.instruments = instruments
            self.ladder = ladder
        }
    }

    /// Seconds of a day in which the exchange halted all trading, both ends included.
    public struct Halt: Hashable, Sendable {
        /// The day.
        public let day: TradingDay
        /// Seconds since 00:00:00 WIB.
        public let seconds: ClosedRange<Int>

        /// A row of data.
        public init(day: TradingDay, seconds: ClosedRange<Int>) {
            self.day = day
            self.seconds = seconds
        }
    }

    /// Days and sessions.
    public var calendar: TradingCalendar
    /// Price limits.
    public var limits: PriceLimits
    /// Ladders; of two rows of a class the later one in the list decides where both have begun.
    public private(set) var ladders: [LadderRule]
    /// Market-wide halts, in no order.
    public var halts: [Halt] = []
    /// Rows by symbol, ascending by day.
    public private(set) var instruments: [Symbol: [Instrument]] = [:]

    /// The Indonesian exchange, without rows for single instruments.
    public static let idx = MarketRules(
        calendar: .idx, limits: .idx,
        ladders: [
            LadderRule(firstDay: .idxTicks2016, instruments: .share, ladder: .idx),
            LadderRule(firstDay: .idxTicks2016, instruments: .watchlist, ladder: .idx),
            LadderRule(firstDay: .idxTicks2016, instruments: .warrant, ladder: .unit),
            LadderRule(firstDay: .idxTicks2016, instruments: .right, ladder: .unit),
            LadderRule(firstDay: .idxTicks2016, instruments: .fund, ladder: .unit),
            LadderRule(firstDay: .idxTicks2016, instruments: .infrastructureFund, ladder: .unit),
        ])

    /// Rules of a market.
    public init(calendar: TradingCalendar, limits: PriceLimits, ladders: [LadderRule]) {
        self.calendar = calendar
        self.limits = limits
        self.ladders = ladders.sorted { $0.firstDay < $1.firstDay }
    }

    /// Adds a ladder, before which those of the same class and day stand back.
    public mutating func add(_ rule: LadderRule) {
        ladders.removeAll { $0.instruments == rule.instruments && $0.firstDay == rule.firstDay }
        ladders.append(rule)
        ladders.sort { $0.firstDay < $1.firstDay }
    }

    /// Adds a row for an instrument, in place of one of the same day.
    public mutating func add(_ instrument: Instrument) {
        var rows = instruments[instrument.symbol, default: []]
        rows.removeAll { $0.firstDay == instrument.firstDay }
        rows.append(instrument)
        rows.sort { $0.firstDay < $1.firstDay }
        instruments[instrument.symbol] = rows
    }

    /// What is known of a symbol on a day: its newest row that has begun, else what its code says.
    public func instrument(_ symbol: Symbol, on day: TradingDay) -> Instrument {
        instruments[symbol]?.last { $0.firstDay <= day } ?? .guessed(symbol)
    }

    /// The ladder of a symbol on a day; the oldest one also answers for the days before it.
    public func ladder(of symbol: Symbol, on day: TradingDay) -> TickLadder {
        let wanted = instrument(symbol, on: day).instrumentClass
        let rules = ladders.filter { $0.instruments == wanted }
        return (rules.last { $0.firstDay <= day } ?? rules.first)?.ladder ?? .idx
    }

    /// The lowest and highest price of a symbol on a day; nil where no rule is known.
    /// - Parameter previousClose: The last close before the day, as it was then.
    public func priceLimits(
        of symbol: Symbol, previousClose: Int64, on day: TradingDay
    ) -> ClosedRange<Int64>? {
        let instrument = instrument(symbol, on: day)
        let close = instrument.firstDay == day ? instrument.factor.applied(to: previousClose) : previousClose
        return limits.range(
            previousClose: close, instruments: instrument.instrumentClass, on: day,
            ladder: ladder(of: symbol, on: day))
    }

    /// What a price of `earlier` is multiplied with to be compared with one of `later`: the product of the corporate
    /// actions between them, `later` included; nil where it leaves 64 bits.
    public func factor(of symbol: Symbol, from earlier: TradingDay, to later: TradingDay) -> PriceFactor? {
        var factor = PriceFactor.one
        for row in instruments[symbol] ?? [] where row.firstDay > earlier && row.firstDay <= later {
            guard
                let product = PriceFactor(
                    numerator: factor.numerator * row.factor.numerator,
                    denominator: factor.denominator * row.factor.denominator)
            else { return nil }
            factor = product
        }
        return factor
    }

    /// All corporate actions as text, which tells sets of them apart: `BBCA*1/5@2021-10-13 …`.
    public var corporateActions: String {
        instruments.keys.sorted().flatMap { instruments[$0]! }.filter { $0.factor != .one }.map { row in
            "\(row.symbol)*\(row.factor.numerator)/\(row.factor.denominator)@\(row.firstDay)"
        }.joined(separator: " ")
    }

    /// Whether trading of a symbol stands still in a second: it is suspended, or everything is halted.
    public func isPaused(_ symbol: Symbol, on day: TradingDay, second: Int) -> Bool {
        instrument(symbol, on: day).status != .listed
            || halts.contains { $0.day == day && $0.seconds.contains(second) }
    }
}

extension TradingDay {
    /// Ticks of Kep-00023/BEI/04-2016.
    fileprivate static let idxTicks2016 = TradingDay(year: 2016, month: 5, day: 2)!
}
