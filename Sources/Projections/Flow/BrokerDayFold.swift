public import Market

/// The fold of `broker_day@1`: of each symbol's documents of a day the last one received.
///
/// Only documents of that one day, of the regular board and of all investors feed it, or that name neither, which
/// is noted; those of foreign investors are kept beside.
public final class BrokerDayFold {
    private let day: TradingDay
    private let table: BrokerTable
    private var documents: [Symbol: Documents] = [:]

    private struct Documents {
        var last: (summary: BrokerSummary, origin: MessageOrigin)?
        var count: UInt64 = 0
        var foreign: (summary: BrokerSummary, origin: MessageOrigin)?
    }

    /// The fold of a day.
    public init(day: TradingDay, table: BrokerTable) {
        self.day = day
        self.table = table
    }

    /// Folds a document, in any order.
    public func fold(_ summary: BrokerSummary, _ origin: MessageOrigin) {
        guard summary.day == day, summary.isOfOneDay, summary.board != .other else { return }
        var known = documents[summary.symbol] ?? Documents()
        func isNewer(_ old: (summary: BrokerSummary, origin: MessageOrigin)?) -> Bool {
            old.map { $0.origin.messageNumber <= origin.messageNumber } ?? true
        }
        switch summary.investor {
        case .unnamed, .all:
            known.count += 1
            if isNewer(known.last) { known.last = (summary, origin) }
        case .foreign:
            if isNewer(known.foreign) { known.foreign = (summary, origin) }
        case .other: return
        }
        documents[summary.symbol] = known
    }

    /// The rows, by symbol: one for each symbol that has a document of all investors.
    public func days() -> [(symbol: Symbol, row: BrokerDay, origin: BrokerDay.Origin)] {
        documents.keys.sorted().compactMap { symbol in
            guard let known = documents[symbol], let (summary, origin) = known.last else { return nil }
            var row = BrokerDay(summary, table)
            row.foreignInvestors = known.foreign.map { BrokerDay($0.summary, table).total }
            let from = BrokerDay.Origin(
                messageNumber: origin.messageNumber, receiveTime: origin.receiveTime,
                documentCount: known.count)
            return (symbol, row, from)
        }
    }
}

extension BrokerDayFold: DayFold {
    /// `broker_day@1`.
    public static let id = ProjectionID.brokerDay
    /// Broker summaries.
    public static let contents: Set<String> = ["broksum"]

    /// Which brokers a user's table adds.
    public static func parameters(_ registry: ProjectionRegistry) -> String {
        registry.brokers.parameters
    }

    /// The fold of a market's day.
    public convenience init(_ context: FoldContext) {
        self.init(day: context.day, table: context.brokers)
    }

    /// A row for each symbol, under an empty key; its origin stands beside.
    public func rows() -> [ProjectedRow] {
        days().map { symbol, row, origin in
            ProjectedRow(
                symbol: symbol, key: [], value: BrokerDayCode.encode(row), extra: BrokerDayCode.encode(origin)
            )
        }
    }
}
