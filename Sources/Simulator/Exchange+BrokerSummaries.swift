extension Exchange {
    /// One side of a broker's day in a symbol.
    private struct Row {
        var broker: Int
        var lots: Int64
        var value: Int64
    }

    /// Appends the broker summary of a symbol (PROTOCOLS §3), one document a line; nothing and false
    /// where the regular board had no trade. Rows stand by value, then by code.
    func writeSummary(of symbol: Int, to output: inout ByteWriter) -> Bool {
        let book = books[symbol]
        guard book.trades > 0 else { return false }
        var buyers: [Row] = []
        var sellers: [Row] = []
        var netBuyers: [Row] = []
        var netSellers: [Row] = []
        for broker in 0..<ledger.brokerCount {
            let entry = ledger.entry(symbol: symbol, broker: broker)
            let net = Row(
                broker: broker, lots: entry.buyLots - entry.sellLots, value: entry.buyValue - entry.sellValue)
            if entry.buyLots > 0 {
                buyers.append(Row(broker: broker, lots: entry.buyLots, value: entry.buyValue))
            }
            if entry.sellLots > 0 {
                sellers.append(Row(broker: broker, lots: entry.sellLots, value: entry.sellValue))
            }
            if net.value > 0 { netBuyers.append(net) }
            if net.value < 0 { netSellers.append(Row(broker: broker, lots: -net.lots, value: -net.value)) }
        }
        Exchange.sortByValue(&buyers)
        Exchange.sortByValue(&sellers)
        Exchange.sortByValue(&netBuyers)
        Exchange.sortByValue(&netSellers)

        let code = listings[symbol].symbol.bytes
        let date = Array(day.description.utf8)
        output.append(#"{"message":"Successfully simulated market detector data","data":{"from":""#)
        output.append(date)
        output.append(#"","to":""#)
        output.append(date)
        output.append(#"","bandar_detector":{"average":"#)
        Exchange.quoted(book.value / book.lots, to: &output)
        output.append(#","value":"#)
        Exchange.quoted(book.value * 100, to: &output)
        output.append(#","volume":"#)
        Exchange.quoted(book.lots * 100, to: &output)
        output.append(#","frequency":"#)
        Exchange.quoted(Int64(book.trades), to: &output)
        output.append(#","accdist":""#)
        output.append(Exchange.verdict(netBuyers, netSellers))
        output.append(#"""#)
        for (name, count) in [(#","top1":"# as StaticString, 1), (#","top3":"#, 3), (#","top5":"#, 5)] {
            output.append(name)
            Exchange.writeTop(count, netBuyers, netSellers, to: &output)
        }
        output.append(#","total_buyer":"#)
        output.append(Int64(netBuyers.count))
        output.append(#","total_seller":"#)
        output.append(Int64(netSellers.count))
        output.append(#"},"broker_summary":{"symbol":""#)
        output.append(code)
        output.append(#"","brokers_buy":["#)
        writeRows(buyers, isBuying: true, code: code, to: &output)
        output.append(#"],"brokers_sell":["#)
        writeRows(sellers, isBuying: false, code: code, to: &output)
        output.append(#"],"stock_summary":{"stock_code":""#)
        output.append(code)
        output.append(#"","total_value":"#)
        Exchange.quoted(book.value * 100, to: &output)
        output.append(#","total_volume_shares":"#)
        Exchange.quoted(book.lots * 100, to: &output)
        output.append(#","total_freq":"#)
        Exchange.quoted(Int64(book.trades), to: &output)
        output.append(#","average_price":"#)
        Exchange.quoted(book.value / book.lots, to: &output)
        output.append("}}}}\n")
        return true
    }

    private func writeRows(_ rows: [Row], isBuying: Bool, code: [UInt8], to output: inout ByteWriter) {
        let (year, month, date) = day.civil
        for (index, row) in rows.enumerated() {
            output.append(index == 0 ? #"{"netbs_broker_code":""# : #",{"netbs_broker_code":""#)
            output.append(brokers.brokers[row.broker].code)
            output.append(#"","netbs_date":"#)
            Exchange.quoted(Int64(year * 10_000 + month * 100 + date), to: &output)
            output.append(#","netbs_stock_code":""#)
            output.append(code)
            let isForeign = brokers.brokers[row.broker].category == .foreign
            output.append(isForeign ? #"","type":"Asing","# : #"","type":"Lokal","#)
            output.append(isBuying ? #""blot":"# : #""slot":"#)
            Exchange.quoted(row.lots, to: &output)
            output.append(isBuying ? #","blotv":"# : #","slotv":"#)
            Exchange.quoted(row.lots * 100, to: &output)
            output.append(isBuying ? #","bval":"# : #","sval":"#)
            Exchange.quoted(row.value, to: &output)
            output.append(isBuying ? #","bvalv":"# : #","svalv":"#)
            Exchange.quoted(row.value, to: &output)
            output.append(isBuying ? #","netbs_buy_avg_price":"# : #","netbs_sell_avg_price":"#)
            Exchange.quoted(row.value / (row.lots * 100), to: &output)
            output.append("}")
        }
    }

    /// Net value and volume of the first `count` net buyers and net sellers.
    private static func writeTop(
        _ count: Int, _ buyers: [Row], _ sellers: [Row], to output: inout ByteWriter
    ) {
        let (bid, offer) = (sum(buyers, count), sum(sellers, count))
        output.append(#"{"bid_val":"#)
        quoted(bid.value, to: &output)
        output.append(#","bid_vol":"#)
        quoted(bid.lots * 100, to: &output)
        output.append(#","offer_val":"#)
        quoted(offer.value, to: &output)
        output.append(#","offer_vol":"#)
        quoted(offer.lots * 100, to: &output)
        output.append("}")
    }

    /// The documents' own word for the ratio of the five largest net buyers to the five largest net
    /// sellers, with the bounds 1.2 and 1.05 (PROTOCOLS §3).
    private static func verdict(_ buyers: [Row], _ sellers: [Row]) -> StaticString {
        let (bid, offer) = (sum(buyers, 5).value, sum(sellers, 5).value)
        if bid * 100 >= offer * 120 { return bid == 0 ? "Neutral" : "Big Akum" }
        if bid * 100 >= offer * 105 { return "Akumulasi" }
        if offer * 100 >= bid * 120 { return "Big Dist" }
        if offer * 100 >= bid * 105 { return "Distribusi" }
        return "Neutral"
    }

    private static func sum(_ rows: [Row], _ count: Int) -> (value: Int64, lots: Int64) {
        var result: (value: Int64, lots: Int64) = (0, 0)
        for row in rows.prefix(count) {
            result.value += row.value
            result.lots += row.lots
        }
        return result
    }

    private static func sortByValue(_ rows: inout [Row]) {
        // Broker numbers follow the codes, so the order is total and does not hang on the sort.
        rows.sort { $0.value != $1.value ? $0.value > $1.value : $0.broker < $1.broker }
    }

    private static func quoted(_ number: Int64, to output: inout ByteWriter) {
        output.append(#"""#)
        output.append(number)
        output.append(#"""#)
    }
}
