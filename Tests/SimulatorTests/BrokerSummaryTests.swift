import Foundation
import Market
import Simulator
import Testing

@Suite("Broker summaries")
struct BrokerSummaryTests {
    @Test("documents add up to the regular board's trades", arguments: 0..<3)
    func totals(day index: Int) throws {
        let day = SimulatedDays.small.days[index]
        var traded: [String: (value: Int, lots: Int, trades: Int)] = [:]
        for line in TradeLine.lines(day.trades) where line.board == "RG" {
            traded[line.code, default: (0, 0, 0)].value += line.price * line.lots * 100
            traded[line.code, default: (0, 0, 0)].lots += line.lots
            traded[line.code, default: (0, 0, 0)].trades += 1
        }
        let documents = try documents(of: day)
        #expect(documents.count == traded.count && documents.count == day.summary.brokerSummaries)
        for document in documents {
            let data = document.data
            let expected = try #require(traded[data.broker_summary.symbol])
            #expect(data.from == day.summary.day.description && data.to == data.from)
            let buys = data.broker_summary.brokers_buy
            let sells = data.broker_summary.brokers_sell
            #expect(buys.reduce(0) { $0 + Int($1.bval!)! } == expected.value)
            #expect(sells.reduce(0) { $0 + Int($1.sval!)! } == expected.value)
            #expect(buys.reduce(0) { $0 + Int($1.blot!)! } == expected.lots)
            #expect(sells.reduce(0) { $0 + Int($1.slot!)! } == expected.lots)
            for row in buys {
                #expect(Int(row.netbs_buy_avg_price!)! == Int(row.bval!)! / Int(row.blotv!)!)
                #expect(Int(row.blotv!)! == 100 * Int(row.blot!)!)
                #expect(row.netbs_stock_code == data.broker_summary.symbol)
            }
            for row in sells {
                #expect(Int(row.netbs_sell_avg_price!)! == Int(row.sval!)! / Int(row.slotv!)!)
            }
            #expect(Set(buys.map(\.netbs_broker_code)).count == buys.count)
            #expect(buys.map { Int($0.bval!)! } == buys.map { Int($0.bval!)! }.sorted(by: >))

            #expect(data.bandar_detector.value == String(expected.value))
            #expect(data.bandar_detector.volume == String(expected.lots * 100))
            #expect(data.bandar_detector.frequency == String(expected.trades))
            #expect(data.bandar_detector.average == String(expected.value / (expected.lots * 100)))
            #expect(data.broker_summary.stock_summary.total_value == String(expected.value))
        }
    }

    @Test("the detector's top five are the largest net buyers and sellers")
    func detector() throws {
        for document in try documents(of: SimulatedDays.small.days[0]) {
            var net: [String: Int] = [:]
            for row in document.data.broker_summary.brokers_buy {
                net[row.netbs_broker_code, default: 0] += Int(row.bval!)!
            }
            for row in document.data.broker_summary.brokers_sell {
                net[row.netbs_broker_code, default: 0] -= Int(row.sval!)!
            }
            let ordered = net.values.sorted(by: >)
            let detector = document.data.bandar_detector
            #expect(Int(detector.top5.bid_val)! == ordered.prefix(5).reduce(0) { $0 + max(0, $1) })
            #expect(Int(detector.top5.offer_val)! == ordered.suffix(5).reduce(0) { $0 - min(0, $1) })
            #expect(detector.total_buyer == ordered.count { $0 > 0 })
            #expect(detector.total_seller == ordered.count { $0 < 0 })
        }
    }

    @Test("smart money buys in accumulations and sells in distributions, on the tape and in the summary")
    func episodes() throws {
        let market = SimulatedDays(
            SimulatorConfiguration(
                symbolCount: 40, seed: 3, firstDay: TradingDay("2026-01-02")!, tradesPerDay: 12_000,
                bookIntervalSeconds: 0), days: 12)
        var tilt: [String: (buys: Int, all: Int)] = [:]
        var smart: [String: (net: Int, effort: Int)] = [:]
        for day in market.days {
            let kinds = Dictionary(uniqueKeysWithValues: day.summary.episodes.map { ($0.symbol, $0.kind) })
            for line in TradeLine.lines(day.trades) where line.board == "RG" {
                guard (line.buyOrder == nil) != (line.sellOrder == nil) else { continue }
                let kind = kinds[line.code] ?? "none"
                tilt[kind, default: (0, 0)].all += 1
                if line.sellOrder != nil { tilt[kind, default: (0, 0)].buys += 1 }
            }
            for document in try documents(of: day) {
                let summary = document.data.broker_summary
                let kind = kinds[summary.symbol] ?? "none"
                for row in summary.brokers_buy where !retail.contains(row.netbs_broker_code) {
                    smart[kind, default: (0, 0)].net += Int(row.bval!)!
                }
                for row in summary.brokers_sell where !retail.contains(row.netbs_broker_code) {
                    smart[kind, default: (0, 0)].net -= Int(row.sval!)!
                }
                smart[kind, default: (0, 0)].effort += 2 * Int(document.data.bandar_detector.value)!
            }
        }
        func buyPercent(_ kind: String) -> Int { tilt[kind]!.buys * 100 / tilt[kind]!.all }
        func netPercent(_ kind: String) -> Int { smart[kind]!.net * 100 / smart[kind]!.effort }
        #expect(buyPercent("accumulation") >= 53 && buyPercent("distribution") <= 47)
        #expect((46...54).contains(buyPercent("none")))
        #expect(netPercent("accumulation") >= 10 && netPercent("distribution") <= -10)
        #expect((-4...4).contains(netPercent("none")))
    }

    private let retail: Set = ["AG", "CC", "EP", "GI", "KK", "NI", "PD", "RO", "SQ", "XC", "XL", "YP"]

    private func documents(of day: SimulatedDays.Day) throws -> [Document] {
        try day.brokerSummaries.split(separator: 0x0A).map {
            try JSONDecoder().decode(Document.self, from: Data($0))
        }
    }
}

/// The document's shape, named as on the wire.
private struct Document: Decodable {
    struct Payload: Decodable {
        let from: String
        let to: String
        let bandar_detector: Detector
        let broker_summary: Summary
    }
    struct Detector: Decodable {
        let average, value, volume, frequency, accdist: String
        let top1, top3, top5: Top
        let total_buyer, total_seller: Int
    }
    struct Top: Decodable {
        let bid_val, bid_vol, offer_val, offer_vol: String
    }
    struct Summary: Decodable {
        let symbol: String
        let brokers_buy, brokers_sell: [Row]
        let stock_summary: Stock
    }
    struct Row: Decodable {
        let netbs_broker_code, netbs_date, netbs_stock_code, type: String
        let blot, blotv, bval, bvalv, netbs_buy_avg_price: String?
        let slot, slotv, sval, svalv, netbs_sell_avg_price: String?
    }
    struct Stock: Decodable {
        let stock_code, total_value, total_volume_shares, total_freq, average_price: String
    }

    let message: String
    let data: Payload
}
