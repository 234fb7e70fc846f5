internal import Platform
internal import Synchronization

/// Reads and decompresses a source on a thread of its own, a few chunks ahead, and hashes what it reads.
final class ChunkReader: @unchecked Sendable {
    /// A stretch of the source's decompressed bytes.
    final class Chunk: @unchecked Sendable {
        let storage = UnsafeMutableRawBufferPointer.allocate(byteCount: ChunkReader.chunkSize, alignment: 64)
        var count = 0

        deinit { storage.deallocate() }
    }

    /// What the source was, once it has been read to its end.
    struct Total {
        let size: Int64
        let crc: UInt32
        let sha256: String
    }

    static let chunkSize = 1 << 20

    private let chunks = BoundedQueue<Chunk>(capacity: 4)
    private let spares = BoundedQueue<Chunk>(capacity: 8)
    private let outcome = Mutex<Result<Total, SourceError>?>(nil)
    private let progress = Mutex<(read: Int64, size: Int64?)>((0, nil))
    private var thread: Thread?
    private let opened: SourceFile.Opened
    private let hashes: Bool

    /// Starts reading. `hashes`: also compute the hashes of ``Total``.
    init(_ opened: SourceFile.Opened, hashes: Bool) {
        self.opened = opened
        self.hashes = hashes
        thread = Thread { [self] in run() }
    }

    /// The next chunk; nil at the end, at an error or when stopped. Give it back with ``recycle(_:)``.
    func next() -> Chunk? { chunks.pop() }

    /// Whether the next chunk is there already.
    var hasMore: Bool { !chunks.isEmpty }

    func recycle(_ chunk: Chunk) { if spares.hasRoom { spares.push(chunk) } }

    /// Whether the source was read to its end, and not stopped or broken off. Ask after ``next()`` has
    /// returned nil.
    var isWhole: Bool {
        outcome.withLock { outcome in
            if case .success = outcome { return true }
            return false
        }
    }

    /// Raw bytes read so far and in all.
    var position: (read: Int64, size: Int64?) { progress.withLock { $0 } }

    /// Ends the reading early; the chunks in the queue are still delivered.
    func stop() { chunks.close() }

    /// What was read. Call it after ``next()`` has returned nil.
    func finish() throws(SourceError) -> Total? {
        chunks.close()
        thread?.join()
        thread = nil
        return try outcome.withLock { $0 }?.get()
    }

    /// Leaves a reader that may be blocked in a read for ever to itself: the process is about to end.
    func abandon() { stop() }

    private func run() {
        var sha = SHA256()
        var crc: UInt32 = 0
        var size: Int64 = 0
        do throws(SourceError) {
            while true {
                let chunk = spares.isEmpty ? Chunk() : spares.pop()!
                chunk.count = try opened.bytes.read(into: chunk.storage)
                if chunk.count == 0 { break }
                let bytes = UnsafeRawBufferPointer(rebasing: chunk.storage[..<chunk.count])
                if hashes {
                    sha.update(bytes)
                    crc = CRC32C.checksum(bytes, seed: crc)
                }
                size += Int64(chunk.count)
                progress.withLock { $0 = (opened.raw.readCount, opened.raw.size) }
                if !chunks.push(chunk) { return }
            }
            let total = Total(size: size, crc: crc, sha256: SHA256.hex(sha.current()))
            outcome.withLock { $0 = .success(total) }
        } catch {
            outcome.withLock { $0 = .failure(error) }
        }
        chunks.close()
    }
}
