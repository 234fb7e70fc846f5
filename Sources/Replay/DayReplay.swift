package import Feed
package import Market
internal import Projections
package import Tape

/// Replays single days into memory, without a store: for checks that compare what a tape comes to.
///
/// One thread at a time; it keeps the memory of its folds from day to day.
package final class DayReplay {
    private let projector: DayProjector

    /// What a day comes to.
    package struct Rows: Equatable, Sendable {
        /// Symbols and their digests, by rising symbol.
        package var digests: [Digest] = []
        /// Coverage in its stored form.
        package var coverage: [UInt8] = []
        /// Undecodable messages, in tape order.
        package var undecodable: [Undecodable] = []

        /// A symbol's digest.
        package struct Digest: Equatable, Sendable {
            /// The symbol.
            package let symbol: Symbol
            /// SHA-256 of its canonical rows.
            package let hash: [UInt8]

            /// A digest.
            package init(symbol: Symbol, hash: [UInt8]) {
                self.symbol = symbol
                self.hash = hash
            }
        }

        /// No rows.
        package init() {}
    }

    /// A replay of days of one tape.
    package init(tape: Tape) {
        projector = DayProjector(tape: tape, options: ReplayOptions(), progress: ReplayProgress())
    }

    /// The rows of a stream's day, whose prices and quantities are whole numbers, as its market's feed.
    /// - Throws: ``ReplayError``; also where the tape is damaged.
    package func rows(of stream: StreamName, on day: TradingDay) throws(ReplayError) -> Rows {
        let result = try projector.project(
            ReplayTask(
                stream: stream, day: day, scales: .whole, lotSize: 100, market: stream.market,
                instruments: [], feeds: ["trades"], isWhole: true))
        // Half of a mark that a power cut has torn costs nothing.
        if let damage = result.damages.first(where: { $0.kind != .mark || !$0.lost.isEmpty }) {
            throw .tape(TapeError.notATape(path: damage.path, detail: "\(damage)"))
        }
        var rows = Rows()
        rows.digests = result.digests.map { Rows.Digest(symbol: $0.symbol, hash: $0.hash) }
        rows.coverage = CoverageCode.pack(result.coverage)
        for chunk in result.undecodable {
            let records = chunk.bytes.withUnsafeBytes {
                UndecodableCode.unpack($0, firstNumber: chunk.firstNumber)
            }
            rows.undecodable += records ?? []
        }
        return rows
    }
}
