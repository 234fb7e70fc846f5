internal import Market
internal import Projections
internal import Tape

/// The rows of one stream and day, ready for one transaction.
struct DayResult: Sendable {
    /// Undecodable messages that stand together.
    struct Chunk: Sendable {
        let firstNumber: UInt64
        let bytes: [UInt8]
    }

    let task: ReplayTask
    /// The candles, by rising symbol.
    var footprint: [FootprintValues] = []
    var coverage: [CoverageMinute] = []
    /// The rows of day folds.
    var folds: [FoldResult] = []
    var undecodable: [Chunk] = []
    var messages: UInt64 = 0
    var nextNumber: UInt64 = 0
    var endNumber: UInt64 = 0
    var chain: UInt32 = 0
    var damages: [TapeDamage] = []

    /// The digests of all symbols, by rising code.
    var digests: [(symbol: Symbol, hash: [UInt8])] { footprint.flatMap(\.digests) }

    /// The day's counts over all minutes.
    var total: CoverageMinute {
        var sum = CoverageMinute(minute: CoverageMinute.timeless)
        for row in coverage { sum.add(row) }
        return sum
    }
}
