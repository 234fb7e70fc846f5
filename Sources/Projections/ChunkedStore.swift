/// Memory for many small records that never move: chunks of a fixed size, handed out in runs.
///
/// An array that doubles would touch each page about three times and copy everything twice; first touches
/// of fresh pages were a third of a replay's time.
struct ChunkedStore<Element: BitwiseCopyable>: ~Copyable {
    private var chunks: [UnsafeMutablePointer<Element>] = []
    private var large: [UnsafeMutablePointer<Element>] = []
    private let chunkCapacity: Int
    private var chunk = -1
    private var used: Int

    init(chunkCapacity: Int) {
        self.chunkCapacity = chunkCapacity
        used = chunkCapacity
    }

    deinit {
        for chunk in chunks { chunk.deallocate() }
        for run in large { run.deallocate() }
    }

    /// A run of `count` elements, which the caller initialises.
    @inline(__always)
    mutating func take(_ count: Int) -> UnsafeMutablePointer<Element> {
        if _fastPath(used &+ count <= chunkCapacity) {
            defer { used &+= count }
            return chunks[chunk] + used
        }
        return takeFromNext(count)
    }

    /// Gives all runs back at once and keeps the chunks.
    mutating func removeAll() {
        for run in large { run.deallocate() }
        large.removeAll()
        chunk = -1
        used = chunkCapacity
    }

    private mutating func takeFromNext(_ count: Int) -> UnsafeMutablePointer<Element> {
        if count > chunkCapacity {
            large.append(.allocate(capacity: count))
            return large[large.count - 1]
        }
        chunk += 1
        if chunk == chunks.count { chunks.append(.allocate(capacity: chunkCapacity)) }
        used = count
        return chunks[chunk]
    }
}
