public import Market

/// A row of `broker_day@1`: what the brokers of each category bought and sold of a symbol on a day, by the last
/// document received (PROJECTIONS §3). Figures are integers of ``BrokerSummary/digits`` decimals.
public struct BrokerDay: Sendable, Equatable {
    /// What some of the brokers bought and sold.
    public struct Amounts: Sendable, Equatable {
        /// Rupiah.
        public var buyValue: UInt128 = 0
        /// Rupiah.
        public var sellValue: UInt128 = 0
        /// Lots.
        public var buyLots: UInt128 = 0
        /// Lots.
        public var sellLots: UInt128 = 0

        /// Nothing.
        public init() {}

        /// Bought less sold, rupiah.
        public var net: Int128 { Int128(buyValue) - Int128(sellValue) }

        /// The sum of both.
        public static func + (left: Amounts, right: Amounts) -> Amounts {
            var sum = left
            sum.buyValue += right.buyValue
            sum.sellValue += right.sellValue
            sum.buyLots += right.buyLots
            sum.sellLots += right.sellLots
            return sum
        }

        mutating func add(_ row: BrokerSummary.Row) {
            if let side = row.buy {
                buyValue += UInt128(side.value.value)
                buyLots += UInt128(side.lots.value)
            }
            if let side = row.sell {
                sellValue += UInt128(side.value.value)
                sellLots += UInt128(side.lots.value)
            }
        }
    }

    /// Where a row comes from: outside the digest.
    public struct Origin: Sendable, Equatable {
        /// Number of the document's message.
        public var messageNumber: UInt64
        /// When it was received, where that is known.
        public var receiveTime: Timestamp?
        /// Documents of the day that could have been the last.
        public var documentCount: UInt64

        /// An origin.
        public init(messageNumber: UInt64, receiveTime: Timestamp?, documentCount: UInt64) {
            self.messageNumber = messageNumber
            self.receiveTime = receiveTime
            self.documentCount = documentCount
        }

        /// Whether the document came before the day was over at 16:15 WIB, so that another has to follow.
        public func isProvisional(on day: TradingDay) -> Bool {
            guard let receiveTime else { return false }
            return receiveTime.nanos < day.start.nanos + Origin.finalAfterNanos
        }

        private static let finalAfterNanos: Int64 = (16 * 60 + 15) * 60 * 1_000_000_000
    }

    /// Amounts by ``BrokerCategory``, in the order of its numbers.
    public var amounts = [Amounts](repeating: Amounts(), count: BrokerCategory.allCases.count)
    /// What foreign investors did through whatever broker; nil where no document says so.
    public var foreignInvestors: Amounts?
    /// Brokers that bought or sold.
    public var brokerCount: UInt64 = 0
    /// Brokers whose type in the document contradicts the broker table.
    public var conflictCount: UInt64 = 0
    /// Brokers that neither table nor document knows, taken for institutions.
    public var untypedCount: UInt64 = 0
    /// What makes the document doubtful.
    public var flaws: BrokerSummary.Flaws = []

    /// A day without brokers.
    public init() {}

    /// The amounts of a category.
    public subscript(category: BrokerCategory) -> Amounts {
        get { amounts[Int(category.rawValue)] }
        set { amounts[Int(category.rawValue)] = newValue }
    }

    /// The amounts of all brokers.
    public var total: Amounts { amounts.reduce(Amounts(), +) }

    /// The day that a document describes.
    public init(_ summary: BrokerSummary, _ table: BrokerTable) {
        for row in summary.rows {
            let kind = BrokerKind(type: row.type)
            let known = table.category(of: row.code, on: summary.day)
            let category = known ?? kind?.category ?? .institution
            if let known, let kind, kind.contradicts(known) { conflictCount += 1 }
            if known == nil, kind == nil { untypedCount += 1 }
            self[category].add(row)
            if row.buy != nil || row.sell != nil { brokerCount += 1 }
        }
        flaws = summary.checked
    }
}
