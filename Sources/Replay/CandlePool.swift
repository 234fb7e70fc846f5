internal import Projections
internal import Synchronization

/// Packed candles with their memory, to be used again: first touches of fresh pages cost more than what is
/// written there. Any thread.
final class CandlePool: Sendable {
    private let free = Mutex<[Moved<PackedCandles>]>([])

    /// A place for candles, with none in it.
    func take() -> PackedCandles {
        guard let candles = free.withLock({ $0.popLast() })?.value else { return PackedCandles() }
        candles.removeAll()
        return candles
    }

    /// Takes candles back that nobody uses any more.
    func giveBack(_ candles: PackedCandles) {
        let candles = Moved(candles)
        free.withLock { $0.append(candles) }
    }
}
