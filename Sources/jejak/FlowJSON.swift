internal import Market
internal import Projections

/// A row of flow as a line of JSON: R1's `daily_features` keys, and what PROJECTIONS §3 adds.
enum FlowJSON {
    static func write(_ row: Flows.Row, to json: inout JSONText) {
        let flow = row.flow
        json.object { json in
            json.string("date", row.day.day.description)
            json.string("ticker", row.symbol.description)
            json.string("state", flow.state.name)
            json.bool("stable", flow.isStable)
            json.number("score", flow.score)
            scores(flow.main, "z_", &json)
            json.object("metrics") { metrics(row, &$0) }
            json.number("age", flow.age)
            json.number("days", flow.dayCount)
            json.bool("provisional", row.isProvisional)
            json.number("conflicts", flow.conflictCount)
            json.array("flags") { json in
                for (flaw, name) in BrokerSummary.Flaws.names where flow.flaws.contains(flaw) {
                    json.string(nil, name)
                }
            }
            json.string("market", row.day.market)
            json.string("rule", ProjectionID.brokerFlow.description)
        }
        json.newline()
    }

    private static func metrics(_ row: Flows.Row, _ json: inout JSONText) {
        let flow = row.flow
        json.number("effort", rupiah(Int128(flow.effort)))
        json.number("close", flow.close)
        json.number("result", flow.result)
        json.number("ngr", flow.ngr)
        json.number("ngr_literal", flow.ngrLiteral)
        json.number("ngr_foreign_abs", flow.ngrForeignAbsolute)
        json.number("elasticity", flow.elasticity)
        json.number("elas_net", flow.elasticityNet)
        json.number("last", row.last ?? "null")
        json.number("net_smart", rupiah(flow.smartNet))
        for category in BrokerCategory.allCases {
            json.number("net_\(category)", rupiah(flow[category]))
        }
        json.number("foreign_investor_net", flow.foreignInvestorNet.map(rupiah) ?? "null")
        for (window, scores) in zip(FlowDay.windows, flow.scores) {
            FlowJSON.scores(scores, "z\(window)_", &json)
        }
        json.number("brokers", flow.brokerCount)
        json.number("untyped", flow.untypedCount)
    }

    private static func scores(_ scores: FlowDay.Scores, _ prefix: String, _ json: inout JSONText) {
        json.number(prefix + "effort", scores.effort)
        json.number(prefix + "result", scores.result)
        json.number(prefix + "ngr", scores.ngr)
        json.number(prefix + "elas", scores.elasticity)
    }

    private static func rupiah(_ value: Int128) -> String {
        DecimalScale.text(value, digits: BrokerSummary.digits)
    }
}
