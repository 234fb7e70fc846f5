import Market
import TestSupport
import Testing

@testable import Projections

@Suite("Broker days")
struct BrokerDayTests {
    private let day = TradingDay("2026-02-10")!

    private func row(_ code: String, _ type: String, buy: UInt64 = 0, sell: UInt64 = 0) -> BrokerSummary.Row {
        func side(_ value: UInt64) -> BrokerSummary.Side? {
            let figure = BrokerSummary.Figure(value: value * BrokerSummary.one)
            return value == 0 ? nil : .init(value: figure, lots: figure)
        }
        return .init(code: BrokerCode(code)!, type: type, buy: side(buy), sell: side(sell))
    }

    private func summary(_ rows: [BrokerSummary.Row]) -> BrokerSummary {
        var summary = BrokerSummary(symbol: Symbol("BBCA")!, day: day)
        summary.rows = rows
        (summary.board, summary.investor) = (.regular, .all)
        return summary
    }

    @Test("the table decides, a type only for codes that it lacks, and neither makes an institution")
    func categories() {
        let row = BrokerDay(
            summary([
                row("CC", "Asing", buy: 1), row("MG", "Lokal", buy: 20), row("ML", "Asing", buy: 300),
                row("QQ", "Pemerintah", buy: 4000), row("XX", "Lokal", buy: 50_000),
                row("ZZ", "", buy: 600_000), row("BK", "", sell: 654_321),
            ]), BrokerTable())
        func value(_ category: BrokerCategory) -> UInt128 {
            row[category].buyValue / UInt128(BrokerSummary.one)
        }
        #expect(value(.retail) == 1 && value(.foreign) == 300 && value(.government) == 4000)
        #expect(value(.institution) == 650_020)
        // CC is no foreign broker; ZZ is nowhere.
        #expect(row.conflictCount == 1 && row.untypedCount == 1 && row.brokerCount == 7)
        #expect(row.flaws == [])
    }

    @Test("only documents of the day, the regular board and all investors count, or that name none")
    func scopes() {
        var documents: [BrokerSummary] = []
        for (index, board) in [BrokerSummary.Board.regular, .unnamed, .other].enumerated() {
            for (place, investor) in [BrokerSummary.Investor.all, .unnamed, .foreign, .other].enumerated() {
                var summary = summary([row("YP", "", buy: UInt64(1 + index * 4 + place))])
                (summary.board, summary.investor) = (board, investor)
                documents.append(summary)
            }
        }
        for (index, summary) in documents.enumerated() {
            let fold = BrokerDayFold(day: day, table: BrokerTable())
            fold.fold(summary, MessageOrigin(messageNumber: 0))
            #expect(fold.days().count == ([0, 1, 4, 5].contains(index) ? 1 : 0), "\(index)")
        }
        let fold = BrokerDayFold(day: day, table: BrokerTable())
        for (index, summary) in documents.enumerated() {
            fold.fold(summary, MessageOrigin(messageNumber: UInt64(index)))
        }
        var weekly = documents[0]
        weekly.lastDay = day.advanced(by: 4)
        fold.fold(weekly, MessageOrigin(messageNumber: 99))
        var other = documents[0]
        other.day = day.advanced(by: 1)
        fold.fold(other, MessageOrigin(messageNumber: 100))
        let found = fold.days()
        #expect(found.count == 1 && found[0].origin.messageNumber == 5 && found[0].origin.documentCount == 4)
        #expect(found[0].row.total.buyValue == 6 * UInt128(BrokerSummary.one))
        #expect(found[0].row.foreignInvestors?.buyValue == 7 * UInt128(BrokerSummary.one))
        #expect(found[0].row.flaws.isSuperset(of: [.board, .investor]))
    }

    @Test("a document received before 16:15 WIB is provisional, one of unknown time is not")
    func provisional() {
        let end = day.start.nanos + (16 * 3600 + 15 * 60) * 1_000_000_000
        for (nanos, expected) in [(end - 1, true), (end, false), (nil, false)] as [(Int64?, Bool)] {
            let origin = BrokerDay.Origin(
                messageNumber: 1, receiveTime: nanos.map { Timestamp(nanos: $0) }, documentCount: 1)
            #expect(origin.isProvisional(on: day) == expected)
            #expect(BrokerDayCode.decodeOrigin(BrokerDayCode.encode(origin)) == origin)
        }
    }

    @Test("damaged rows are none: no byte can be cut, added or set to a longer form")
    func damage() {
        var random = SplitMix64(seed: 3)
        var row = BrokerDay(FlowSupport.summary(&random, brokers: 20), BrokerTable())
        row.foreignInvestors = row[.foreign]
        let bytes = BrokerDayCode.encode(row)
        for size in bytes.indices { #expect(BrokerDayCode.decode(Array(bytes[..<size])) == nil) }
        #expect(BrokerDayCode.decode(bytes + [0]) == nil)
        let flow = FlowCode.encode(FlowSupport.flow([row])[0])
        for size in flow.indices { #expect(FlowCode.decode(Array(flow[..<size])) == nil) }
        #expect(FlowCode.decode(flow + [0]) == nil && FlowCode.decode([9] + flow.dropFirst()) == nil)
        // Whatever is read back is what would be written.
        for _ in 0..<2000 {
            var other = random.next() % 2 == 0 ? bytes : flow
            other[Int(random.next() % UInt64(other.count))] = UInt8(truncatingIfNeeded: random.next())
            if let day = BrokerDayCode.decode(other) { #expect(BrokerDayCode.encode(day) == other) }
            if let day = FlowCode.decode(other) { #expect(FlowCode.encode(day) == other) }
        }
    }
}
