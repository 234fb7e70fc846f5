/// What every broker bought and sold of a symbol on a day, as one document says (PROTOCOLS §1.9, §2.5, §3).
///
/// Figures are integers of ``digits`` decimals, whatever form the document has: `-1.89e+10` and `166709.99` are
/// both exact. Signs are gone: documents write what was sold as negative or as positive.
public struct BrokerSummary: Sendable, Equatable {
    /// Decimal digits of all figures.
    public static let digits = 4
    /// 10^``digits``.
    public static let one: UInt64 = 10_000
    /// The largest magnitude of a figure: 10^14 rupiah or lots, so that products of two fit 128 bits. All trades
    /// of the busiest day were worth 6.8 · 10^13 (PROTOCOLS §4.4).
    public static let figureMax: UInt64 = 1_000_000_000_000_000_000
    /// Shares of a lot (PROTOCOLS §4.2).
    public static let lotShares: UInt64 = 100

    /// The symbol.
    public var symbol: Symbol
    /// The day, or the first of several.
    public var day: TradingDay
    /// The last day, where the document names one.
    public var lastDay: TradingDay?
    /// Which board's trades it holds.
    public var board = Board.unnamed
    /// Whose trades it holds.
    public var investor = Investor.unnamed
    /// The brokers, by code.
    public var rows: [Row] = []
    /// The document's own total, where it has one.
    public var total: Total?
    /// What was wrong with the document's text.
    public var flaws: Flaws = []

    /// A summary without rows.
    public init(symbol: Symbol, day: TradingDay) {
        self.symbol = symbol
        self.day = day
    }

    /// The board that a document names.
    public enum Board: UInt8, Sendable {
        /// None.
        case unnamed = 0
        /// The regular one.
        case regular = 1
        /// Another, or all.
        case other = 2
    }

    /// The type of investor that a document names.
    public enum Investor: UInt8, Sendable {
        /// None.
        case unnamed = 0
        /// All.
        case all = 1
        /// Foreign ones, through whatever broker.
        case foreign = 2
        /// Another.
        case other = 3
    }

    /// A number of a document.
    public struct Figure: Sendable, Equatable {
        /// The magnitude, times ``BrokerSummary/one``; at most ``BrokerSummary/figureMax``.
        public var value: UInt64
        /// What one more in the last written digit would add, at most ``BrokerSummary/figureMax``: the number is
        /// known to within this.
        public var unit: UInt64

        /// A figure.
        public init(value: UInt64, unit: UInt64 = BrokerSummary.one) {
            self.value = value
            self.unit = unit
        }
    }

    /// What a broker bought, or what it sold.
    public struct Side: Sendable, Equatable {
        /// Rupiah.
        public var value: Figure
        /// Lots.
        public var lots: Figure
        /// Rupiah per share; nil where the document has none.
        public var average: Figure?

        /// A side.
        public init(value: Figure, lots: Figure, average: Figure? = nil) {
            self.value = value
            self.lots = lots
            self.average = average
        }
    }

    /// A broker.
    public struct Row: Sendable, Equatable {
        /// Its code.
        public var code: BrokerCode
        /// The document's word for what it is, perhaps empty.
        public var type: String
        /// What it bought; nil where it did not.
        public var buy: Side?
        /// What it sold; nil where it did not.
        public var sell: Side?

        /// A row.
        public init(code: BrokerCode, type: String = "", buy: Side? = nil, sell: Side? = nil) {
            self.code = code
            self.type = type
            self.buy = buy
            self.sell = sell
        }
    }

    /// The `stock_summary` of a document.
    public struct Total: Sendable, Equatable {
        /// Rupiah.
        public var value: Figure
        /// Shares, not lots.
        public var shares: Figure

        /// A total.
        public init(value: Figure, shares: Figure) {
            self.value = value
            self.shares = shares
        }
    }

    /// What makes a summary doubtful. Bits are stored: never reuse one.
    public struct Flaws: OptionSet, Sendable, Hashable {
        /// The bits.
        public let rawValue: UInt16

        /// Flaws by their bits.
        public init(rawValue: UInt16) { self.rawValue = rawValue }

        /// A figure or a broker's code could not be read; the row, or its side, counts as zero.
        public static let unreadable = Flaws(rawValue: 1 << 0)
        /// A figure has more digits than ``BrokerSummary/digits`` and was rounded.
        public static let rounded = Flaws(rawValue: 1 << 1)
        /// A broker stands twice on one side; what it did was added up.
        public static let repeated = Flaws(rawValue: 1 << 2)
        /// The document gives one broker two types; the first counts.
        public static let types = Flaws(rawValue: 1 << 3)
        /// The values bought and sold differ by more than the rounding of the figures.
        public static let values = Flaws(rawValue: 1 << 4)
        /// The lots bought and sold differ by more than the rounding of the figures.
        public static let lots = Flaws(rawValue: 1 << 5)
        /// An average times its volume is not the value, within the rounding of the three.
        public static let averages = Flaws(rawValue: 1 << 6)
        /// The document's own total is not the sum of its rows, within their rounding.
        public static let total = Flaws(rawValue: 1 << 7)
        /// It names no board and was taken for the regular one.
        public static let board = Flaws(rawValue: 1 << 8)
        /// It names no type of investor and was taken for all.
        public static let investor = Flaws(rawValue: 1 << 9)

        /// All flaws and their names in answers, by bit.
        public static let names: [(flaw: Flaws, name: String)] = [
            (.unreadable, "unreadable"), (.rounded, "rounded"), (.repeated, "repeated"), (.types, "types"),
            (.values, "values"), (.lots, "lots"), (.averages, "averages"), (.total, "total"),
            (.board, "board_unnamed"), (.investor, "investor_unnamed"),
        ]

        /// What a check of the figures found, as opposed to what the document left unsaid.
        public static let checks: Flaws = [
            .unreadable, .rounded, .repeated, .types, .values, .lots, .averages, .total,
        ]
    }
}
