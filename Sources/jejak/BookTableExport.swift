internal import Market
internal import Projections

/// A symbol's books of a day as the table `timestamp,price,lots,total_value,side`: both sides, best levels first, at
/// the last update of each minute in which the book changed. `total_value` is price × lots × 100.
struct BookTableExport {
    let books: Books
    let symbol: Symbol

    /// What a row's lots are multiplied by, whatever the market's lot is: the table's own rule.
    private static let sharesPerLot: Int128 = 100

    func write(_ wanted: TradingDay?, _ output: AnswerOutput) throws {
        let day = try books.day(of: symbol, wanted)
        try output.line("timestamp,price,lots,total_value,side")
        for standing in try books.standings(day, symbol, upTo: 1439)
        where standing.minute.keyframe != nil && !output.isClosed {
            let time = "\(day.day)T\(BookTableExport.clock(millis: standing.minute.lastMillis))"
            for (levels, side) in [(standing.book.bids, "BUY"), (standing.book.offers, "SELL")] {
                for level in levels {
                    let value = WideInteger(
                        Int128(level.price) * BookTableExport.sharesPerLot, times: UInt128(level.lots))
                    try output.line(
                        "\(time),\(day.price(level.price)),\(day.lots(Int128(level.lots))),"
                            + "\(value.text(digits: day.priceDigits + day.quantityDigits)),\(side)")
                }
            }
        }
    }

    /// `HH:MM:SS.mmm000` of milliseconds of the day.
    static func clock(millis: Int) -> String {
        let two = { (value: Int) in (value < 10 ? "0" : "") + String(value) }
        let fraction = String(1000 + millis % 1000).dropFirst()
        let seconds = millis / 1000
        return "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60)).\(fraction)000"
    }
}
