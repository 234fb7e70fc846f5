internal import Platform
internal import Projections
internal import Synchronization

/// Folds with their memory, to be used again: fresh pages cost a third of a replay. Any thread.
final class FoldPool: Sendable {
    private let free = Mutex<[Moved<FootprintFold>]>([])

    /// Memory in large pages.
    static let memory = ChunkMemory(
        allocate: { LargePages.allocate($0) }, free: { LargePages.free($0) })

    /// A fold of nothing so far.
    func take() -> FootprintFold {
        guard let fold = free.withLock({ $0.popLast() })?.value else {
            return FootprintFold(memory: FoldPool.memory)
        }
        fold.reset()
        return fold
    }

    /// Takes a fold back that nobody uses any more.
    func giveBack(_ fold: FootprintFold) {
        let fold = Moved(fold)
        free.withLock { $0.append(fold) }
    }
}
