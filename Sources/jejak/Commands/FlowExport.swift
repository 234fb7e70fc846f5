internal import Market
internal import Store
internal import Tape

/// `jejak export flow`: NDJSON by symbol, then date.
struct FlowExport {
    private let symbol: Symbol?
    private let from: TradingDay?
    private let to: TradingDay?

    init(_ arguments: Arguments) throws {
        symbol = try arguments.symbol("--symbol")
        (from, to) = try arguments.days()
    }

    func answer(_ flows: Flows, _ output: AnswerOutput) throws {
        let days = try flows.days(from: from, to: to)
        // Symbols across days: an index of where each stands, then symbol by symbol.
        var standing: [Symbol: [Int]] = [:]
        for (index, day) in days.enumerated() {
            for symbol in try flows.symbols(day) where self.symbol == nil || self.symbol == symbol {
                standing[symbol, default: []].append(index)
            }
        }
        if standing.isEmpty {
            let wanted = (from.map { " from \($0)" } ?? "") + (to.map { " to \($0)" } ?? "")
            throw try flows.explanation(symbol, wanted)
        }
        var json = JSONText()
        for symbol in standing.keys.sorted() where !output.isClosed {
            for index in standing[symbol]! {
                guard let row = try flows.row(days[index], symbol) else { continue }
                json.removeAll()
                FlowJSON.write(row, to: &json)
                try output.write(json.bytes)
            }
        }
    }
}
