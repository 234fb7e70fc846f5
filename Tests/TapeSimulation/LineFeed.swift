internal import Market
internal import TestSupport

/// Makes the lines of a simulated feed. Each tells a number of its own, so that a line names its source.
struct LineFeed {
    private var random: SplitMix64
    private var number = 0
    private static let codes = ["BBCA", "BBRI", "TLKM", "GOTO", "A", "NCKLHDCQ6A"]

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// A line of six fields, which carries its date.
    mutating func sixFields(_ day: TradingDay) -> String {
        number += 1
        let date = day.civil.year * 10_000 + day.civil.month * 100 + day.civil.day
        return "\(date)|\(time())|\(random.pick(LineFeed.codes))|\(100 + random.below(50))|\(number)|B"
    }

    /// A line of twenty fields, which carries a sequence and no date.
    mutating func twentyFields() -> String {
        number += 1
        let price = 100 + random.below(50)
        return "B|\(time())|0|\(random.pick(LineFeed.codes))|RG|0\(70_000 + number)|\(price)|"
            + "\(1 + random.below(300))|--|-|--|-|100|00|\(4_000_000 + random.below(900))|\(price - 100)|"
            + "\(random.below(9) - 4)|\(price)|\(price - 100)|1"
    }

    /// A line in its envelope, which carries a receive time.
    mutating func envelope(_ day: TradingDay, nanos: Int64) -> String {
        "{\"v\":2,\"fmt\":\"pipe\",\"src\":\"ipot_ws\",\"raw\":\"\(sixFields(day))\",\"ts\":\(nanos / 1_000_000),"
            + "\"ts_quality\":\"ingestion\"}"
    }

    /// Bytes that no decoder knows; sometimes none at all.
    mutating func noise() -> [UInt8] {
        number += 1
        if random.below(4) == 0 { return [] }
        return Array("?\(number)".utf8) + (0..<random.below(120)).map { _ in UInt8(random.below(256)) }
    }

    private mutating func time() -> String {
        "\(10 + random.below(6))\(10 + random.below(50))\(10 + random.below(50))"
    }
}
