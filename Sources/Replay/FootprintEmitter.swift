internal import Market
internal import Platform
internal import Projections

/// The packed candles and the digests of some symbols, by rising code.
struct FootprintValues: Sendable {
    /// A value among ``bytes``.
    struct Pack: Sendable {
        let symbol: Symbol
        let hour: UInt8
        let range: Range<Int>
    }

    /// All packs one behind the other.
    var bytes: [UInt8] = []
    var packs: [Pack] = []
    var digests: [(symbol: Symbol, hash: [UInt8])] = []
}

/// Packs a day's candles and hashes them. Symbols are independent: where another thread has nothing to do, it
/// gets the later half of what is left.
struct FootprintEmitter: Sendable {
    let task: ReplayTask
    let options: ReplayOptions
    let crew: Crew

    /// Symbols that are emitted before it is asked again whether a thread is idle.
    private static let stepCount = 32

    /// The values of all symbols, in their order.
    func emit(_ rows: FootprintRows) -> [FootprintValues] { emit(Moved(rows), 0..<rows.symbolCount) }

    // `Moved`: while it lasts the rows only read candles, and nobody changes those.
    private func emit(_ rows: Moved<FootprintRows>, _ symbols: Range<Int>) -> [FootprintValues] {
        var values = FootprintValues()
        var left = symbols
        var handed: [Handed<[FootprintValues]>] = []
        while !left.isEmpty {
            let middle = left.lowerBound + (left.count + 1) / 2
            if left.count > FootprintEmitter.stepCount {
                let later = middle..<left.upperBound
                if let work = crew.hand({ [self] in emit(rows, later) }) {
                    handed.append(work)
                    left = left.lowerBound..<middle
                }
            }
            let step = left.prefix(FootprintEmitter.stepCount)
            left = left.dropFirst(step.count)
            emit(rows.value, step, into: &values)
        }
        return handed.reversed().reduce(into: [values]) { $0 += $1.wait() }
    }

    private func emit(_ rows: FootprintRows, _ symbols: Range<Int>, into values: inout FootprintValues) {
        rows.emit(
            symbols,
            pack: { symbol, hour, bytes in
                if !task.isWhole {
                    if let only = options.symbol, only != symbol { return }
                    if let only = options.hour, only != Int(hour) { return }
                }
                let start = values.bytes.count
                values.bytes.append(contentsOf: bytes)
                values.packs.append(
                    FootprintValues.Pack(symbol: symbol, hour: hour, range: start..<values.bytes.count))
            },
            canonical: { symbol, bytes in values.digests.append((symbol, SHA256.hash(bytes))) })
    }
}
