internal import Market
internal import Projections

/// A summary as JSON: R1 §5F's items with the keys that PROJECTIONS §4 adds, and the envelope.
enum SummaryJSON {
    static func document(_ summary: Summaries.Summary) -> [UInt8] {
        var json = JSONText()
        json.object { json in
            json.string("status", summary.status.name)
            text("reason", summary.status.reason, &json)
            json.string("generated_at", clock(summary.generatedAt))
            json.string("date", (summary.day?.day ?? summary.wanted).description)
            json.string("requested", summary.wanted.description)
            asOf(summary, &json)
            json.number("coverage", summary.coverage.value)
            json.string(
                "condition",
                summary.day.map { CoverageView.condition(summary.coverage, $0.day) } ?? "missing")
            let contexts = summary.items.compactMap(\.context)
            json.bool("ctx_found", !contexts.isEmpty)
            text("ctx_date", contexts.map(\.day).max()?.description, &json)
            json.array("rules") { json in
                for id in [.footprint, .brokerFlow, summary.request.rule.id, SignalTable.id, SummaryGuard.id]
                {
                    json.string(nil, id.description)
                }
            }
            json.number("count", summary.items.count)
            json.array("items") { json in
                guard let day = summary.day else { return }
                for item in summary.items { write(item, day, summary.request.rule, &json) }
            }
        }
        json.newline()
        return json.bytes
    }

    /// The last tape position and exchange time that entered. A position is only known of everything on the tape,
    /// not of a moment before.
    private static func asOf(_ summary: Summaries.Summary, _ json: inout JSONText) {
        guard let day = summary.day, let minute = summary.endMinute else {
            return json.number("as_of", "null")
        }
        json.object("as_of") { json in
            json.number("time", day.day.start.millis + Int64(minute) * 60_000)
            let isCut = summary.request.minute != nil && summary.status == .ok
            let next = day.checkpoint.nextMessageNumber
            json.number("message", isCut || next == 0 ? "null" : "\(next - 1)")
        }
    }

    private static func write(
        _ item: SummaryItem, _ day: Footprints.MarketDay, _ rule: HybridRule, _ json: inout JSONText
    ) {
        let input = item.input
        func price(_ value: Int128) -> String { DecimalScale.text(value, digits: day.priceDigits) }
        json.object { json in
            json.string("t", item.symbol.description)
            json.number("d", input.deltaPct)
            json.number("p", input.pricePct)
            json.number("v", DecimalScale.text(Int128(input.volume), digits: day.quantityDigits))
            json.number("h", price(Int128(input.high)))
            json.number("l", price(Int128(input.low)))
            json.number("r", price(input.range))
            json.number("f", input.fluctuationPct)
            json.number("div", input.divergence)
            json.number("ctx_net", item.context?.zNgr)
            text("ctx_st", item.context?.state.name, &json)
            json.number("ctx_age", item.context.map { "\($0.ageTradingDays)" } ?? "null")
            json.number("sc", item.score)
            json.string("sig", item.signal.rawValue)
            json.string("label", item.label)
            json.array("q") { json in for value in item.guards { json.string(nil, value.rawValue) } }
            json.number("chg", item.changePct)
            json.number("unk", input.unknownShare)
            json.number("vel", item.velocityPct)
            json.number("cov", item.coverage)
            json.number("cov_lots", item.lotCoverage?.share)
            if let range = item.lotCoverage?.deltaPct {
                json.array("d_range") { json in
                    json.number(nil, range.lowerBound)
                    json.number(nil, range.upperBound)
                }
            } else {
                json.number("d_range", "null")
            }
            json.number("rule", item.rule)
            json.array("lists") { json in
                for list in item.lists(.member) { json.string(nil, list.rawValue) }
            }
            json.array("lists_unknown") { json in
                for list in item.lists(.unknown) { json.string(nil, list.rawValue) }
            }
            let explanation = item.explanation(rule)
            change("below", explanation.below, explanation.below?.high, &json)
            change("above", explanation.above, explanation.above?.low, &json)
        }
    }

    /// The signal that another deltaPct would give.
    private static func change(
        _ key: String, _ stretch: SignalExplanation.Stretch?, _ delta: Double?, _ json: inout JSONText
    ) {
        guard let stretch else { return json.number(key, "null") }
        json.object(key) { json in
            json.number("d", delta)
            json.string("sig", stretch.signal.rawValue)
        }
    }

    private static func text(_ key: String, _ value: String?, _ json: inout JSONText) {
        if let value { json.string(key, value) } else { json.number(key, "null") }
    }

    /// `2026-02-10T16:15:00Z`.
    private static func clock(_ time: Timestamp) -> String {
        let seconds = time.nanos / 1_000_000_000
        let second = Int(seconds % 86_400)
        let day = TradingDay(daysSinceEpoch: Int32(seconds / 86_400))
        return "\(day)T\(Text.clock(minute: second / 60)):\(second % 60 < 10 ? "0" : "")\(second % 60)Z"
    }
}
