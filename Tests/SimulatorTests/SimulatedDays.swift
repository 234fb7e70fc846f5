import Market
import Simulator

/// Days of a simulated market, kept as the bytes that the sinks received.
struct SimulatedDays {
    struct Day {
        var summary: SimulatedDaySummary
        var trades: [UInt8]
        var brokerSummaries: [UInt8]
        var book: [UInt8]
    }

    let days: [Day]

    init(_ configuration: SimulatorConfiguration, days count: Int) {
        let simulator = MarketSimulator(configuration)
        days = (0..<count).map { _ in
            var trades: [UInt8] = []
            var brokerSummaries: [UInt8] = []
            var book: [UInt8] = []
            let summary = simulator.nextDay(
                trades: { trades.append(contentsOf: $0) },
                brokerSummaries: { brokerSummaries.append(contentsOf: $0) },
                book: { book.append(contentsOf: $0) })
            return Day(summary: summary, trades: trades, brokerSummaries: brokerSummaries, book: book)
        }
    }

    /// Thursday 12 and Friday 13 February 2026, and the Wednesday behind two holidays.
    static let small = SimulatedDays(
        SimulatorConfiguration(
            symbolCount: 30, seed: 7, firstDay: TradingDay("2026-02-12")!, tradesPerDay: 30_000),
        days: 3)

    /// FNV-1a, 64 bits.
    static func hash(_ bytes: [UInt8]) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash
    }
}
