internal import Market
internal import Simulator

/// A few lines of every layout, made by the simulator: what seeds are made of.
enum MarketText {
    static let day = TradingDay("2026-01-02")!

    static let twentyFields = lines.trades
    static let books = lines.books
    static let brokerSummaries = lines.summaries

    /// The same trades in six fields, every other one with decimals.
    static let sixFields = twentyFields.enumerated().map { number, line in
        let fields = line.split(separator: 0x7C, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        let price = number % 2 == 0 ? fields[6] : fields[6] + ".25"
        let side = fields[13] == "00" ? "B" : "S"
        return Array("20260102|\(fields[1])|\(fields[3])|\(price)|\(fields[7])|\(side)".utf8)
    }

    /// The same trades in their envelopes.
    static let envelopes = twentyFields.enumerated().map { number, line in
        Array("{\"v\":2,\"fmt\":\"pipe\",\"src\":\"ws\",\"raw\":\"".utf8) + line
            + Array("\",\"ts\":\(1_767_319_200_000 + number)}".utf8)
    }

    static let table = [
        "date,ticker,broker,type,buy_lot,buy_val,sell_lot,sell_val,source",
        "2026-01-02,BBCA,YP,Lokal,120,1140000,,,x",
        "2026-01-02,BBCA,AK,Asing,1e3,-9.5E+7,0,0,x",
    ].map { Array($0.utf8) }

    /// Levels of order books, one a row.
    static let bookRows = [
        "timestamp,ticker,side,price,lots", "1767319200000,BBCA,BID,9000,12", "1767319200000,BBCA,BID,8975,7",
        "1767319200000,BBCA,OFFER,9025,12", "1767319200250,BBCA,BID,8975,0", "1767319200250,GOTO,BID,61.5,0.25",
        "1767319200250,BBCA,OFFER,9025,5", "1767319200250,BBCA,OFFER,9050,7",
    ].map { Array($0.utf8) }

    /// Whole sides of order books.
    static let bookSides = [
        "#O|ASII|OFFER|4790;18;183000|4800;21;381300|77|564300", "#O|ASII|BID|4780;3;1200|4770;9;90000|",
        "2026-01-02T09:30:15.123456,8200,100,82000000,BUY",
    ].map { Array($0.utf8) }

    static let all =
        twentyFields + sixFields + envelopes + books + brokerSummaries + table + bookRows + bookSides

    private static let lines = {
        let simulator = MarketSimulator(
            SimulatorConfiguration(symbolCount: 3, seed: 11, firstDay: day, tradesPerDay: 40))
        var sinks: [[UInt8]] = [[], [], []]
        _ = simulator.nextDay(
            trades: { sinks[0].append(contentsOf: $0) }, brokerSummaries: { sinks[1].append(contentsOf: $0) },
            book: { sinks[2].append(contentsOf: $0) })
        let cut = sinks.map { $0.split(separator: 0x0A).map(Array.init) }
        return (
            trades: Array(cut[0].prefix(24)), summaries: Array(cut[1].prefix(2)),
            books: Array(cut[2].prefix(3))
        )
    }()
}
