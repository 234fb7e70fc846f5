/// Lines of broker-summary tables.
enum BrokerTableText {
    static let header = "date,ticker,broker,type,buy_lot,buy_val,sell_lot,sell_val,source"

    static func row(_ day: String, _ symbol: String, _ broker: String) -> String {
        "\(day),\(symbol),\(broker),Lokal,10,8000000,0,0,test"
    }
}
