internal import Market
internal import Projections
internal import Store

/// The broker flow of the days before one, by symbol.
struct FlowContexts {
    private var contexts: [Symbol: FlowContext] = [:]

    /// The newest row of each symbol before `day` that is no older than a context may be.
    init(_ footprints: Footprints, market: String, on day: TradingDay) throws {
        let name = ProjectionID.brokerFlow.description
        let store = footprints.store
        let days = FlowContext.days(before: day, calendar: footprints.rules.calendar)
        contexts = try store.read { transaction in
            var found: [Symbol: FlowContext] = [:]
            for (index, earlier) in days.enumerated() {
                try transaction.rows.forEach(projection: name, day: earlier, market: market) { row in
                    guard found[row.symbol] == nil else { return }
                    guard let flow = FlowCode.decode(row.value) else {
                        throw StoreError.damaged(
                            path: store.path, detail: "flow of \(row.symbol) on \(earlier)")
                    }
                    found[row.symbol] = FlowContext(flow, day: earlier, ageTradingDays: index + 1)
                }
            }
            return found
        }
    }

    /// The context of a symbol; nil where there is none.
    subscript(symbol: Symbol) -> FlowContext? { contexts[symbol] }
}
