internal import Market
internal import Projections

/// Which summary is asked for.
struct SummaryRequest {
    /// The trading day; nil for the newest in the store.
    let day: TradingDay?
    /// Minute of the WIB day at which streams are cut; nil for all that there is.
    let minute: Int?
    let rule: HybridRule

    static let options: [Syntax.Option] = [
        .init("--at", "HH:MM:SS", "as of this WIB time, a whole minute, by the trades' own time (summary)"),
        ruleOption,
    ]

    static let ruleOption = Syntax.Option("--rule", "R", "the hybrid score: a (default) or b (summary)")

    init(_ arguments: Arguments) throws {
        day = try arguments.day("--date")
        minute = try arguments.text("--at").map(SummaryRequest.minute)
        rule =
            try arguments.text("--rule").map { text in
                guard let rule = HybridRule(rawValue: text) else {
                    throw UsageError("--rule \(text): expected a or b")
                }
                return rule
            } ?? .a
    }

    /// The minute of `HH:MM:SS`. Summaries are made of one-minute candles, which cannot be cut within.
    private static func minute(_ text: String) throws -> Int {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in
            part.count == 2 && part.allSatisfy { $0.isASCII && $0.isNumber } ? Int(part) : nil
        }
        guard parts.count == 3, numbers.count == 3, numbers[0] < 24, numbers[1] < 60, numbers[2] < 60 else {
            throw UsageError("--at \(text): expected a time HH:MM:SS, in WIB")
        }
        guard numbers[2] == 0 else {
            throw UsageError(
                "--at \(text): expected a whole minute, HH:MM:00, since a summary is made of one-minute candles"
            )
        }
        return numbers[0] * 60 + numbers[1]
    }
}
