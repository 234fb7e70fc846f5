/// Where the folds' working memory comes from. Projections ask for nothing of the machine themselves; whoever
/// runs them may give them memory in large pages.
public struct ChunkMemory: Sendable {
    /// Gives memory of a size in bytes, aligned for any record, with any content.
    public let allocate: @Sendable (Int) -> UnsafeMutableRawPointer
    /// Takes it back.
    public let free: @Sendable (UnsafeMutableRawPointer) -> Void

    /// Memory by two functions.
    public init(
        allocate: @escaping @Sendable (Int) -> UnsafeMutableRawPointer,
        free: @escaping @Sendable (UnsafeMutableRawPointer) -> Void
    ) {
        self.allocate = allocate
        self.free = free
    }

    /// The allocator of the process.
    public static let plain = ChunkMemory(
        allocate: { .allocate(byteCount: $0, alignment: 64) }, free: { $0.deallocate() })
}
