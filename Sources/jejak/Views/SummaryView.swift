internal import Market
internal import Projections

/// The scanner: a row per symbol, best score first. Guarded rows are greyed on a terminal and marked `!` elsewhere.
struct SummaryView {
    private let summary: Summaries.Summary
    private let isTerminal: Bool

    init(_ summary: Summaries.Summary, isTerminal: Bool) {
        self.summary = summary
        self.isTerminal = isTerminal
    }

    func lines(_ list: SummaryList?, limit: Int, isWide: Bool) -> [String] {
        guard let day = summary.day else {
            return ["\(Summaries.market) \(summary.wanted)  \(heading)"]
        }
        let items = summary.items.filter { item in list.map { item.lists[$0] == .member } ?? true }
            .sorted { $0.score == $1.score ? $0.symbol < $1.symbol : $0.score > $1.score }
        let shown = Array(items.prefix(limit))
        var table = isWide ? SummaryView.wideTable : SummaryView.narrowTable
        for item in shown { table.add(isWide ? wideRow(item, day) : narrowRow(item, day)) }
        var lines = table.lines
        for (index, item) in shown.enumerated() where isTerminal && !item.guards.isEmpty {
            lines[index + 1] = "\u{1B}[2m\(lines[index + 1])\u{1B}[0m"
        }
        let until = summary.endMinute.map { "until \(Text.clock(minute: $0))  " } ?? ""
        let coverage =
            summary.coverage.value.map { "coverage \(Text.rounded($0 * 100, digits: 2)) %  " } ?? ""
        let contexts = summary.items.filter { $0.context != nil }.count
        lines.insert(
            "\(Summaries.market) \(day.day)  \(until)\(items.count) symbols  \(coverage)"
                + "with context \(contexts)  \(heading)", at: 0)
        if items.count > limit { lines.append("… \(items.count - limit) more (--limit)") }
        if let list {
            let unknown = summary.items.filter { $0.lists[list] == .unknown }.count
            if unknown > 0 {
                lines.append("\(unknown) more cannot be judged: too few days of their history are known")
            }
        }
        return lines
    }

    private var heading: String {
        summary.status.name + (summary.status.reason.map { ": \($0)" } ?? "")
    }

    private static let narrowTable = TextTable(
        ["  symbol", "price%", "delta%", "volume", "z", "st", "score", "signal", "guards"],
        left: [0, 5, 7, 8])

    private func narrowRow(_ item: SummaryItem, _ day: Footprints.MarketDay) -> [String] {
        [
            mark(item) + item.symbol.description, Text.rounded(item.input.pricePct, digits: 2),
            Text.rounded(item.input.deltaPct, digits: 2),
            Text.short(DecimalScale.text(Int128(item.input.volume), digits: day.quantityDigits)),
            Text.rounded(item.context?.zNgr, digits: 2),
            item.context.map { String($0.state.name.prefix(3)) } ?? "-",
            Text.rounded(item.score, digits: 3), item.signal.rawValue,
            String(item.guards.map { $0.rawValue.uppercased().first! }),
        ]
    }

    private static let wideTable = TextTable(
        [
            "  symbol", "last", "chg%", "price%", "delta%", "volume", "high", "low", "range", "fluct%", "div",
            "z",
            "state", "score", "signal", "label", "vel%", "unk%", "guards", "lists",
        ], left: [0, 12, 14, 15, 18, 19])

    private func wideRow(_ item: SummaryItem, _ day: Footprints.MarketDay) -> [String] {
        let input = item.input
        func price(_ value: Int128) -> String {
            Text.grouped(digits: DecimalScale.text(value, digits: day.priceDigits))
        }
        return [
            mark(item) + item.symbol.description, price(Int128(input.last)),
            Text.rounded(item.changePct, digits: 2), Text.rounded(input.pricePct, digits: 2),
            Text.rounded(input.deltaPct, digits: 2),
            Text.grouped(digits: DecimalScale.text(Int128(input.volume), digits: day.quantityDigits)),
            price(Int128(input.high)), price(Int128(input.low)), price(input.range),
            Text.rounded(input.fluctuationPct, digits: 2), Text.rounded(input.divergence, digits: 2),
            Text.rounded(item.context?.zNgr, digits: 2), item.context?.state.name ?? "-",
            Text.rounded(item.score, digits: 3), item.signal.rawValue, item.label,
            Text.rounded(item.velocityPct, digits: 1), Text.rounded(input.unknownShare * 100, digits: 1),
            item.guards.map(\.rawValue).joined(separator: ","),
            (item.lists(.member).map(\.rawValue) + item.lists(.unknown).map { $0.rawValue + "?" })
                .joined(separator: ","),
        ]
    }

    private func mark(_ item: SummaryItem) -> String { item.guards.isEmpty || isTerminal ? "  " : "! " }
}
