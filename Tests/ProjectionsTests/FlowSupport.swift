import Market
import TestSupport

@testable import Projections

/// Days of flow from whole rupiah and lots, for tests that are computed by hand.
enum FlowSupport {
    /// An amount of one category: values in millions of rupiah.
    static func amounts(
        buy: Int, sell: Int, buyLots: Int = 0, sellLots: Int = 0
    ) -> BrokerDay.Amounts {
        var amounts = BrokerDay.Amounts()
        amounts.buyValue = UInt128(buy) * 1_000_000 * UInt128(BrokerSummary.one)
        amounts.sellValue = UInt128(sell) * 1_000_000 * UInt128(BrokerSummary.one)
        amounts.buyLots = UInt128(buyLots) * UInt128(BrokerSummary.one)
        amounts.sellLots = UInt128(sellLots) * UInt128(BrokerSummary.one)
        return amounts
    }

    /// A day by what each category bought and sold, millions of rupiah; all lots are the retail brokers'.
    static func day(
        foreign: (Int, Int) = (0, 0), institution: (Int, Int) = (0, 0), retail: (Int, Int) = (0, 0),
        lots: Int = 1000
    ) -> BrokerDay {
        var day = BrokerDay()
        day[.foreign] = amounts(buy: foreign.0, sell: foreign.1)
        day[.institution] = amounts(buy: institution.0, sell: institution.1)
        day[.retail] = amounts(buy: retail.0, sell: retail.1, buyLots: lots, sellLots: lots)
        return day
    }

    /// A day of 1000 million rupiah in which the smart money's net is `net` millions: ngr = net / 1000.
    static func day(net: Int, lots: Int = 1000) -> BrokerDay {
        day(foreign: (250 + net, 250), retail: (250 - net, 250), lots: lots)
    }

    /// The flow of days in their order; days without data are left out.
    static func flow(
        _ days: [BrokerDay], factor: (_ since: TradingDay) -> PriceFactor? = { _ in .one }
    ) -> [FlowDay] {
        var history = FlowHistory()
        return days.enumerated().compactMap { index, day in
            history.add(day, on: TradingDay(daysSinceEpoch: Int32(index)), factor: factor)
        }
    }

    /// Any document with `count` brokers, whose sides balance.
    static func summary(
        _ random: inout SplitMix64, symbol: Symbol = Symbol("BBCA")!, brokers count: Int
    ) -> BrokerSummary {
        var summary = BrokerSummary(symbol: symbol, day: TradingDay("2026-02-10")!)
        var codes = BrokerTable.firstEdition.map(\.code)
        codes.shuffle(using: &random)
        let types = ["Asing", "Lokal", "Pemerintah", ""]
        func figure(_ limit: UInt64) -> BrokerSummary.Figure {
            .init(value: (1 + random.next() % limit) * BrokerSummary.one)
        }
        for code in codes.prefix(count).sorted() {
            let side = BrokerSummary.Side(value: figure(1_000_000_000), lots: figure(10_000))
            let bought = random.next() % 3
            summary.rows.append(
                .init(
                    code: code, type: types[Int(random.next() % 4)], buy: bought != 0 ? side : nil,
                    sell: bought != 1 ? side : nil))
        }
        return summary
    }
}
