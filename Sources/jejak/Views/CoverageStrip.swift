internal import Market
internal import Projections
internal import Replay
internal import Store
internal import Tape

/// Which symbols traded on which days, a character each, at most 80 columns wide.
///
/// The first line of a market is its days' share of the exchange's sequence numbers; each line below is a symbol's
/// share of the hours in which the market traded. Only the symbols with the least are shown, or the one asked for.
struct CoverageStrip {
    private(set) var lines: [String] = []

    private static let dayCountMax = 64
    private static let symbolCountMax = 20
    private static let labelWidth = 14
    /// None, then by quarters; a whole one is the last.
    private static let levels: [Character] = [".", "-", "=", "+", "#"]

    /// - Parameter days: The days that a scan has looked at.
    init(_ days: [ScanReport.Day], storePath: String, symbol: Symbol?) throws {
        let known = days.filter { $0.stream.content == "trades" && $0.coverage != nil }
        guard !known.isEmpty, let store = try? Store.open(at: storePath, access: .readOnly) else { return }
        defer { try? store.close() }
        for market in Set(known.map(\.stream.market)).sorted() {
            let shown = known.filter { $0.stream.market == market }.sorted { $0.day < $1.day }
                .suffix(CoverageStrip.dayCountMax)
            try add(market, Array(shown), store, symbol)
        }
        lines.append("\(CoverageStrip.label("")). none  - under half  = half  + most  # all")
    }

    private mutating func add(_ market: String, _ days: [ScanReport.Day], _ store: Store, _ symbol: Symbol?)
        throws
    {
        lines.append("\(market): \(days[0].day) to \(days[days.count - 1].day), a character a day")
        let shares = days.map { day in
            let share = CoverageShare.day(day.coverage ?? [])
            return share.expected == 0 ? Character("?") : CoverageStrip.level(share.seen, share.expected)
        }
        lines.append(CoverageStrip.label("sequence") + String(shares))
        var hours: [Symbol: [Int]] = [:]
        var marketHours = [Int](repeating: 0, count: days.count)
        try store.read { transaction in
            for (index, day) in days.enumerated() {
                var seen: Set<UInt8> = []
                try transaction.candles.forEach(day: day.day, market: market, symbol: symbol) {
                    symbol, hour, _ in
                    hours[symbol, default: [Int](repeating: 0, count: days.count)][index] += 1
                    seen.insert(hour)
                }
                let traded = (day.coverage ?? []).filter {
                    $0.trades > 0 && $0.minute < CoverageMinute.timeless
                }
                marketHours[index] = max(seen.count, Set(traded.map { $0.minute / 60 }).count)
            }
        }
        let rows = hours.map { (symbol: $0.key, hours: $0.value, sum: $0.value.reduce(0, +)) }
            .sorted { ($0.sum, $0.symbol) < ($1.sum, $1.symbol) }
        for row in rows.prefix(CoverageStrip.symbolCountMax) {
            let cells = zip(row.hours, marketHours).map {
                CoverageStrip.level(UInt64($0), UInt64(max($1, 1)))
            }
            lines.append(CoverageStrip.label(row.symbol.description) + String(cells))
        }
        if rows.count > CoverageStrip.symbolCountMax {
            lines.append(
                CoverageStrip.label("") + "and \(rows.count - CoverageStrip.symbolCountMax) symbols with more"
            )
        }
    }

    private static func level(_ part: UInt64, _ whole: UInt64) -> Character {
        if part == 0 { return levels[0] }
        if part >= whole { return levels[4] }
        let (wide, all) = (UInt128(part), UInt128(whole))
        return levels[wide * 4 >= all * 3 ? 3 : wide * 2 >= all ? 2 : 1]
    }

    private static func label(_ text: String) -> String {
        String(Text.left(text, labelWidth).prefix(labelWidth)) + " "
    }
}
