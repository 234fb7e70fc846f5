internal import Market

/// The exchange's members as the simulator uses them: the first edition of the broker table, and how often each
/// broker trades, which is the simulator's own.
struct BrokerWeights {
    struct Broker {
        let code: [UInt8]
        let category: BrokerCategory
        /// Share of the trades of its category.
        let weight: Int
    }

    /// All brokers, by code.
    let brokers: [Broker]
    /// 256 broker numbers in which each retail broker stands as often as its weight asks.
    let retail: [UInt8]
    /// The same for foreign and institutional brokers, the smart money of PROJECTIONS §3.
    let smart: [UInt8]

    init() {
        brokers = BrokerTable.firstEdition.sorted { $0.code < $1.code }.map { row in
            Broker(
                code: row.code.bytes, category: row.category,
                weight: BrokerWeights.weights[row.code.description] ?? BrokerWeights.weightOfSmall)
        }
        retail = BrokerWeights.lottery(brokers) { $0 == .retail }
        smart = BrokerWeights.lottery(brokers) { $0.isSmart }
    }

    private static func lottery(_ brokers: [Broker], where belongs: (BrokerCategory) -> Bool) -> [UInt8] {
        var total = 0
        for broker in brokers where belongs(broker.category) { total += broker.weight }
        var tickets: [UInt8] = []
        var carried = total / 2
        for (number, broker) in brokers.enumerated() where belongs(broker.category) {
            carried += broker.weight * 256
            while carried >= total {
                tickets.append(UInt8(number))
                carried -= total
            }
        }
        return tickets
    }

    private static let weightOfSmall = 3

    private static let weights = [
        "AG": 5, "CC": 60, "EP": 20, "GI": 8, "KK": 30, "NI": 30, "PD": 60, "RO": 5, "SQ": 20, "XC": 80,
        "XL": 90, "YP": 85, "AH": 6, "AI": 10, "AK": 70, "BK": 60, "BQ": 8, "CP": 10, "DP": 8, "DR": 12,
        "DU": 6, "FS": 6, "GW": 4, "HD": 6, "KZ": 30, "RX": 20, "TP": 10, "XA": 6, "YU": 40, "ZP": 55,
        "AZ": 25, "BB": 10, "DH": 14, "DX": 12, "GR": 20, "HP": 10, "IF": 8, "KI": 8, "LG": 25, "MG": 40,
        "OD": 25,
    ]
}
