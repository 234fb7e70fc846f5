internal import Market
internal import Projections
internal import Tape

/// The rows of one stream and day, ready for one transaction.
struct DayResult: Sendable {
    /// A value among ``bytes``.
    struct Pack: Sendable {
        let symbol: Symbol
        let hour: UInt8
        let range: Range<Int>
    }

    /// Undecodable messages that stand together.
    struct Chunk: Sendable {
        let firstNumber: UInt64
        let bytes: [UInt8]
    }

    let task: ReplayTask
    /// All packs one behind the other.
    var bytes: [UInt8] = []
    var packs: [Pack] = []
    var digests: [(symbol: Symbol, hash: [UInt8])] = []
    var coverage: [CoverageMinute] = []
    var undecodable: [Chunk] = []
    var folded: UInt64 = 0
    var messages: UInt64 = 0
    var nextNumber: UInt64 = 0
    var endNumber: UInt64 = 0
    var chain: UInt32 = 0
    var damages: [TapeDamage] = []

    /// The day's counts over all minutes.
    var total: CoverageMinute {
        var sum = CoverageMinute(minute: CoverageMinute.timeless)
        for row in coverage { sum.add(row) }
        return sum
    }
}
