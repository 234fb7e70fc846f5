internal import Market
internal import Platform
internal import Projections

/// Broker flow as a table: a symbol's days, or the symbols of a day.
struct FlowView {
    private let flows: Flows
    private let width: Int

    /// Days that a symbol's history goes back.
    static let historyDays = 365

    /// - Parameter width: Characters of a line; where there is room, there are more columns than fit into 80.
    init(_ flows: Flows, width: Int = Console.width) {
        self.flows = flows
        self.width = width
    }

    /// A symbol's days, all within the bounds, or the newest 365 calendar days.
    func show(
        _ symbol: Symbol, from: TradingDay?, to: TradingDay?, limit: Int?, _ isJSON: Bool,
        _ output: AnswerOutput
    ) throws {
        var rows = try flows.days(from: from, to: to).compactMap { try flows.row($0, symbol) }
        guard let last = rows.last else {
            let wanted = (from.map { " from \($0)" } ?? "") + (to.map { " to \($0)" } ?? "")
            throw try flows.explanation(symbol, wanted)
        }
        if from == nil {
            let first = last.day.day.advanced(by: 1 - FlowView.historyDays)
            rows.removeAll { $0.day.day < first }
        }
        let hidden = limit.map { max(0, rows.count - $0) } ?? 0
        if isJSON { return try write(rows, output) }
        let state = "\(last.flow.state.name) for \(last.flow.age) day(s)"
        let lines =
            ["\(last.day.market) \(symbol)  \(rows.count) days to \(last.day.day)  \(state)"]
            + (hidden > 0 ? ["… \(hidden) earlier (--limit)"] : [])
            + table(Array(rows.dropFirst(hidden)), "date") { $0.day.day.description }
            + remarks(rows)
        for line in lines { try output.line(line) }
    }

    /// All symbols of a day, the best score first.
    func show(_ wanted: TradingDay?, limit: Int, _ isJSON: Bool, _ output: AnswerOutput) throws {
        let days = try flows.days(from: wanted, to: wanted)
        guard let newest = days.last?.day else {
            throw try flows.explanation(nil, wanted.map { " on \($0)" } ?? "")
        }
        for day in days where day.day == newest {
            var rows = try flows.symbols(day).compactMap { try flows.row(day, $0) }
            rows.sort {
                ($1.flow.score, $0.symbol.description) < ($0.flow.score, $1.symbol.description)
            }
            if isJSON {
                try write(rows, output)
                continue
            }
            let counts = FlowDay.State.allCases.map { state in
                "\(rows.count { $0.flow.state == state }) \(state.name)"
            }
            let hidden = max(0, rows.count - limit)
            let lines =
                ["\(day.market) \(day.day)  \(rows.count) symbols", counts.joined(separator: ", ")]
                + table(Array(rows.prefix(limit)), "symbol") { $0.symbol.description }
                + (hidden > 0 ? ["… \(hidden) more (--limit)"] : []) + remarks(rows)
            for line in lines { try output.line(line) }
        }
    }

    private func write(_ rows: [Flows.Row], _ output: AnswerOutput) throws {
        var json = JSONText()
        for row in rows { FlowJSON.write(row, to: &json) }
        try output.write(json.bytes)
    }

    // MARK: Table

    private func table(
        _ rows: [Flows.Row], _ heading: String, _ name: (Flows.Row) -> String
    ) -> [String] {
        // Days without trades have no last price.
        var columns = FlowView.columns.filter { column in rows.contains { column.text($0) != "-" } }
        while true {
            var table = TextTable([heading] + columns.map(\.heading), left: [0, 1, columns.count])
            for row in rows { table.add([name(row)] + columns.map { $0.text(row) }) }
            let lines = table.lines
            guard lines.contains(where: { $0.count > width }), let wide = columns.lastIndex(where: \.isWide)
            else { return lines }
            columns.remove(at: wide)
        }
    }

    private struct Column {
        let heading: String
        var isWide = false
        let text: (Flows.Row) -> String
    }

    private static var columns: [Column] {
        [
            Column(heading: "state") { $0.flow.state.name + ($0.flow.isStable ? "" : "?") },
            Column(heading: "age") { "\($0.flow.age)" },
            Column(heading: "score") { two($0.flow.score) },
            Column(heading: "z_ngr") { two($0.flow.main.ngr) },
            Column(heading: "z_eff") { two($0.flow.main.effort) },
            Column(heading: "z_res", isWide: true) { two($0.flow.main.result) },
            Column(heading: "z_elas", isWide: true) { two($0.flow.main.elasticity) },
            Column(heading: "ngr%", isWide: true) { two($0.flow.ngr * 100) },
            Column(heading: "close") { $0.flow.close.map(two) ?? "-" },
            Column(heading: "last", isWide: true) { $0.last ?? "-" },
            Column(heading: "net smart") { short($0.flow.smartNet) },
            Column(heading: "net foreign", isWide: true) { short($0.flow[.foreign]) },
            Column(heading: "effort", isWide: true) { short(Int128($0.flow.effort)) },
            Column(heading: "brokers", isWide: true) { "\($0.flow.brokerCount)" },
            Column(heading: "marks") { marks($0) },
        ]
    }

    private static func marks(_ row: Flows.Row) -> String {
        (row.flow.conflictCount > 0 ? "c\(row.flow.conflictCount)" : "") + (row.isProvisional ? "p" : "")
            + (row.isFlagged ? "!" : "")
    }

    private static func two(_ value: Double) -> String {
        Text.fixed(Int128((value * 100).rounded()), digits: 2)
    }

    private static func short(_ value: Int128) -> String {
        Text.short(DecimalScale.text(value, digits: BrokerSummary.digits))
    }

    // MARK: Remarks

    private func remarks(_ rows: [Flows.Row]) -> [String] {
        var lines: [String] = []
        if rows.contains(where: { !$0.flow.isStable }) {
            lines.append("?   state from fewer than \(FlowDay.stableDays) days with data: not stable")
        }
        if rows.contains(where: { $0.flow.conflictCount > 0 }) {
            lines.append("c   brokers whose type in the document contradicts the broker table")
        }
        if rows.contains(where: \.isProvisional) {
            lines.append("p   provisional: received before 16:15 WIB")
        }
        let flags = rows.filter(\.isFlagged).reduce(BrokerSummary.Flaws()) { $0.union($1.flow.flaws) }
        let names = BrokerSummary.Flaws.names.filter { flags.intersection(.checks).contains($0.flaw) }
        if !names.isEmpty {
            lines.append("!   the document fails a check: " + names.map(\.name).joined(separator: ", "))
        }
        lines.append("On pure noise about 20 % of symbols are ACCUMULATION and 20 % DISTRIBUTION.")
        return lines
    }
}
