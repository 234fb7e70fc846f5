/// Which broker belongs to which category since when: dated data, since sources disagree and brokers change
/// (PROTOCOLS §3).
public struct BrokerTable: Sendable, Equatable {
    /// A broker's category from a day on.
    public struct Row: Sendable, Equatable {
        /// The broker.
        public let code: BrokerCode
        /// Its category.
        public let category: BrokerCategory
        /// The first day for which the row speaks; nil: always.
        public let firstDay: TradingDay?

        /// A row.
        public init(code: BrokerCode, category: BrokerCategory, firstDay: TradingDay? = nil) {
            self.code = code
            self.category = category
            self.firstDay = firstDay
        }
    }

    /// Rows of each code, by rising first day; of rows with the same first day the later given stands last.
    private let rows: [BrokerCode: [Row]]
    /// The rows that were added to the first edition, in their order: what distinguishes this table.
    public let additions: [Row]

    /// The first edition, and rows that go before it where both speak for a day.
    public init(adding additions: [Row] = []) {
        var rows: [BrokerCode: [Row]] = [:]
        for row in BrokerTable.firstEdition + additions { rows[row.code, default: []].append(row) }
        self.rows = rows.mapValues { list in
            // Swift's sort is stable in fact, not by promise.
            list.enumerated().sorted { ($0.element.start, $0.offset) < ($1.element.start, $1.offset) }
                .map(\.element)
        }
        self.additions = additions
    }

    /// The category of a broker on a day: that of its last row that has begun; nil where the table lacks it.
    public func category(of code: BrokerCode, on day: TradingDay) -> BrokerCategory? {
        rows[code]?.last { $0.firstDay.map { $0 <= day } ?? true }?.category
    }

    /// The additions as text, which tells tables apart: `CC=government@2026-01-02 XX=retail`; empty for the
    /// first edition.
    public var parameters: String {
        additions.map { row in
            "\(row.code)=\(row.category)" + (row.firstDay.map { "@\($0)" } ?? "")
        }.joined(separator: " ")
    }
}

extension BrokerTable.Row {
    fileprivate var start: Int32 { firstDay?.daysSinceEpoch ?? Int32.min }
}
