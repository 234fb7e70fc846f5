/// The lowest and highest price of a day: auto rejection below (ARB) and above (ARA).
///
/// Dated data: each ``Rule`` names the first day on which it holds. Sources: PROTOCOLS §4.2
/// (Kep-00055/BEI/03-2023 for the symmetric limits, Kep-00003/BEI/04-2025 for 15 % below since
/// 2025-04-08, the warrants' limits since 2024-12-06).
public struct PriceLimits: Hashable, Sendable {
    /// How far a price may move from a previous close in a band of closes.
    public struct Band: Hashable, Sendable {
        /// The highest previous close of the band.
        public let highestClose: Int64
        /// Largest rise in percent; 0 where `rupiah` decides.
        public let risePercent: Int64
        /// Largest fall in percent; 0 where `rupiah` decides.
        public let fallPercent: Int64
        /// Largest move either way in rupiah; 0 where the percentages decide.
        public let rupiah: Int64

        /// A row of data.
        public init(highestClose: Int64, risePercent: Int64, fallPercent: Int64, rupiah: Int64) {
            self.highestClose = highestClose
            self.risePercent = risePercent
            self.fallPercent = fallPercent
            self.rupiah = rupiah
        }
    }

    /// The bands of one instrument class from one day on.
    public struct Rule: Hashable, Sendable {
        /// The first day on which the rule holds.
        public let firstDay: TradingDay
        /// The instruments for which it holds.
        public let instruments: InstrumentClass
        /// The price under which no order stands.
        public let minimum: Int64
        /// Bands by previous close, lowest first.
        public let bands: [Band]

        /// A row of data.
        public init(firstDay: TradingDay, instruments: InstrumentClass, minimum: Int64, bands: [Band]) {
            self.firstDay = firstDay
            self.instruments = instruments
            self.minimum = minimum
            self.bands = bands
        }
    }

    /// Rows of one class stand in the order of their days.
    public let rules: [Rule]

    /// The exchange's rules.
    public static let idx = PriceLimits(rules: exchangeRules)

    /// Limits from rows of data.
    public init(rules: [Rule]) {
        self.rules = rules
    }

    /// These limits with one more rule, in place of one of the same class and day.
    public func adding(_ rule: Rule) -> PriceLimits {
        let kept = rules.filter { $0.instruments != rule.instruments || $0.firstDay != rule.firstDay }
        return PriceLimits(rules: (kept + [rule]).sorted { $0.firstDay < $1.firstDay })
    }

    /// The lowest and highest ladder price on `day` after a close of `previousClose`.
    ///
    /// A limit that falls between two ladder prices is moved towards the previous close, so that no
    /// price passes the percentage. Where rounding would leave nothing, the previous close stays.
    ///
    /// - Returns: nil where no rule is known for the day or `previousClose` is not positive.
    public func range(
        previousClose: Int64, instruments: InstrumentClass, on day: TradingDay,
        ladder: TickLadder = .idx
    ) -> ClosedRange<Int64>? {
        guard previousClose > 0,
            let rule = rules.last(where: { $0.instruments == instruments && $0.firstDay <= day }),
            let band = rule.bands.first(where: { previousClose <= $0.highestClose })
        else { return nil }
        let rise = band.rupiah > 0 ? band.rupiah : previousClose * band.risePercent / 100
        let fall = band.rupiah > 0 ? band.rupiah : previousClose * band.fallPercent / 100
        let upper = max(ladder.roundedDown(previousClose + rise) ?? previousClose, rule.minimum)
        let lower = ladder.roundedUp(max(rule.minimum, previousClose - fall))
        return min(lower, upper)...upper
    }
}

private func day(_ year: Int, _ month: Int, _ day: Int) -> TradingDay {
    TradingDay(year: year, month: month, day: day)!
}

private func band(upTo close: Int64, rise: Int64, fall: Int64) -> PriceLimits.Band {
    PriceLimits.Band(highestClose: close, risePercent: rise, fallPercent: fall, rupiah: 0)
}

private let exchangeRules: [PriceLimits.Rule] = [
    // Symmetric limits: second stage of Kep-00055/BEI/03-2023.
    PriceLimits.Rule(
        firstDay: day(2023, 9, 4), instruments: .share, minimum: 50,
        bands: [
            band(upTo: 200, rise: 35, fall: 35), band(upTo: 5000, rise: 25, fall: 25),
            band(upTo: .max, rise: 20, fall: 20),
        ]),
    PriceLimits.Rule(
        firstDay: day(2025, 4, 8), instruments: .share, minimum: 50,
        bands: [
            band(upTo: 200, rise: 35, fall: 15), band(upTo: 5000, rise: 25, fall: 15),
            band(upTo: .max, rise: 20, fall: 15),
        ]),
    PriceLimits.Rule(
        firstDay: day(2023, 9, 4), instruments: .watchlist, minimum: 1,
        bands: [
            PriceLimits.Band(highestClose: 10, risePercent: 0, fallPercent: 0, rupiah: 1),
            band(upTo: .max, rise: 10, fall: 10),
        ]),
    PriceLimits.Rule(
        firstDay: day(2024, 12, 6), instruments: .warrant, minimum: 1,
        bands: [
            PriceLimits.Band(highestClose: 9, risePercent: 0, fallPercent: 0, rupiah: 10),
            band(upTo: 200, rise: 50, fall: 50), band(upTo: 5000, rise: 40, fall: 40),
            band(upTo: .max, rise: 30, fall: 30),
        ]),
    PriceLimits.Rule(
        firstDay: day(2023, 9, 4), instruments: .fund, minimum: 1,
        bands: [
            band(upTo: 200, rise: 35, fall: 35), band(upTo: 5000, rise: 25, fall: 25),
            band(upTo: .max, rise: 20, fall: 20),
        ]),
    PriceLimits.Rule(
        firstDay: day(2025, 4, 8), instruments: .fund, minimum: 1,
        bands: [
            band(upTo: 200, rise: 35, fall: 15), band(upTo: 5000, rise: 25, fall: 15),
            band(upTo: .max, rise: 20, fall: 15),
        ]),
    PriceLimits.Rule(
        firstDay: day(2023, 9, 4), instruments: .infrastructureFund, minimum: 1,
        bands: [band(upTo: .max, rise: 10, fall: 10)]),
]
