/// Memory for many small records that never move: chunks of a fixed size, handed out in runs.
///
/// An array that doubles would touch each page about three times and copy everything twice; first touches
/// of fresh pages were a third of a replay's time.
struct ChunkedStore<Element: BitwiseCopyable>: ~Copyable {
    private var chunks: [UnsafeMutablePointer<Element>] = []
    private var large: [UnsafeMutablePointer<Element>] = []
    private let chunkCapacity: Int
    private let memory: ChunkMemory
    private var chunk = -1
    private var used: Int

    init(chunkCapacity: Int, memory: ChunkMemory) {
        self.chunkCapacity = chunkCapacity
        self.memory = memory
        used = chunkCapacity
    }

    deinit {
        for chunk in chunks { memory.free(chunk) }
        for run in large { memory.free(run) }
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
        for run in large { memory.free(run) }
        large.removeAll()
        chunk = -1
        used = chunkCapacity
    }

    private mutating func takeFromNext(_ count: Int) -> UnsafeMutablePointer<Element> {
        if count > chunkCapacity {
            large.append(fresh(count))
            return large[large.count - 1]
        }
        chunk += 1
        if chunk == chunks.count { chunks.append(fresh(chunkCapacity)) }
        used = count
        return chunks[chunk]
    }

    private func fresh(_ count: Int) -> UnsafeMutablePointer<Element> {
        memory.allocate(count * MemoryLayout<Element>.stride).bindMemory(to: Element.self, capacity: count)
    }
}
