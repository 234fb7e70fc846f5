/// The exchange's members as the simulator uses them (PROTOCOLS §3, edition of 92 codes).
///
/// The kinds are facts of that edition; the weights, which say how often a broker trades, are the
/// simulator's own.
struct BrokerTable {
    /// Whose orders a broker mostly carries.
    enum Kind {
        case retail, foreign, institution
    }

    struct Broker {
        let code: [UInt8]
        let kind: Kind
        /// Share of the trades of its kind.
        let weight: Int
    }

    /// All brokers, by code.
    let brokers: [Broker]
    /// 256 broker numbers in which each retail broker stands as often as its weight asks.
    let retail: [UInt8]
    /// The same for foreign and institutional brokers, the smart money of PROJECTIONS §3.
    let smart: [UInt8]

    init() {
        brokers = BrokerTable.members.map { Broker(code: Array($0.utf8), kind: $1, weight: $2) }
            .sorted { $0.code.lexicographicallyPrecedes($1.code) }
        retail = BrokerTable.lottery(brokers) { $0 == .retail }
        smart = BrokerTable.lottery(brokers) { $0 != .retail }
    }

    private static func lottery(_ brokers: [Broker], where belongs: (Kind) -> Bool) -> [UInt8] {
        var total = 0
        for broker in brokers where belongs(broker.kind) { total += broker.weight }
        var tickets: [UInt8] = []
        var carried = total / 2
        for (number, broker) in brokers.enumerated() where belongs(broker.kind) {
            carried += broker.weight * 256
            while carried >= total {
                tickets.append(UInt8(number))
                carried -= total
            }
        }
        return tickets
    }

    private static let members: [(code: String, kind: Kind, weight: Int)] = [
        ("AG", .retail, 5), ("CC", .retail, 60), ("EP", .retail, 20), ("GI", .retail, 8),
        ("KK", .retail, 30), ("NI", .retail, 30), ("PD", .retail, 60), ("RO", .retail, 5),
        ("SQ", .retail, 20), ("XC", .retail, 80), ("XL", .retail, 90), ("YP", .retail, 85),
        ("AH", .foreign, 6), ("AI", .foreign, 10), ("AK", .foreign, 70), ("BK", .foreign, 60),
        ("BQ", .foreign, 8), ("CP", .foreign, 10), ("DP", .foreign, 8), ("DR", .foreign, 12),
        ("DU", .foreign, 6), ("FS", .foreign, 6), ("GW", .foreign, 4), ("HD", .foreign, 6),
        ("KZ", .foreign, 30), ("RX", .foreign, 20), ("TP", .foreign, 10), ("XA", .foreign, 6),
        ("YU", .foreign, 40), ("ZP", .foreign, 55), ("AD", .institution, 3), ("AF", .institution, 3),
        ("AN", .institution, 3), ("AO", .institution, 3), ("AP", .institution, 3), ("AR", .institution, 3),
        ("AT", .institution, 3), ("AZ", .institution, 25), ("BB", .institution, 10),
        ("BF", .institution, 3), ("BR", .institution, 3), ("BS", .institution, 3), ("CD", .institution, 3),
        ("DD", .institution, 3), ("DH", .institution, 14), ("DX", .institution, 12),
        ("EL", .institution, 3), ("ES", .institution, 3), ("FO", .institution, 3), ("FZ", .institution, 3),
        ("GA", .institution, 3), ("GR", .institution, 20), ("HP", .institution, 10),
        ("IC", .institution, 3), ("ID", .institution, 3), ("IF", .institution, 8), ("IH", .institution, 3),
        ("II", .institution, 3), ("IN", .institution, 3), ("IP", .institution, 3), ("IT", .institution, 3),
        ("IU", .institution, 3), ("KI", .institution, 8), ("LG", .institution, 25),
        ("LS", .institution, 3), ("MG", .institution, 40), ("MI", .institution, 3),
        ("MU", .institution, 3), ("OD", .institution, 25), ("OK", .institution, 3),
        ("PC", .institution, 3), ("PF", .institution, 3), ("PG", .institution, 3), ("PI", .institution, 3),
        ("PO", .institution, 3), ("PP", .institution, 3), ("PS", .institution, 3), ("QA", .institution, 3),
        ("RB", .institution, 3), ("RF", .institution, 3), ("RG", .institution, 3), ("RS", .institution, 3),
        ("SA", .institution, 3), ("SF", .institution, 3), ("SH", .institution, 3), ("SS", .institution, 3),
        ("TF", .institution, 3), ("TS", .institution, 3), ("YB", .institution, 3), ("YJ", .institution, 3),
        ("YO", .institution, 3), ("ZR", .institution, 3),
    ]
}
