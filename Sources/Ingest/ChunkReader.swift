internal import Platform
internal import Synchronization

/// Reads and decompresses a source on a thread of its own, a few chunks ahead, and hashes what it reads. An inline
/// schedule has it read the whole source at once instead, which suits small ones.
final class ChunkReader: @unchecked Sendable {
    /// A stretch of the source's decompressed bytes.
    final class Chunk: @unchecked Sendable {
        let storage: UnsafeMutableRawBufferPointer
        var count = 0

        init(size: Int) { storage = .allocate(byteCount: size, alignment: 64) }

        deinit { storage.deallocate() }
    }

    /// What the source was, once it has been read to its end.
    struct Total {
        let size: Int64
        let crc: UInt32
        let sha256: String
    }

    /// Bytes in a chunk at most.
    let chunkSize: Int

    private let isInline: Bool
    private let chunks: BoundedQueue<Chunk>
    private let spares = BoundedQueue<Chunk>(capacity: 8)
    private let outcome = Mutex<Result<Total, SourceError>?>(nil)
    private let progress = Mutex<(read: Int64, size: Int64?)>((0, nil))
    private let opened: SourceFile.Opened
    private let hashes: Bool

    /// Starts reading. `hashes`: also compute the hashes of ``Total``.
    init(_ opened: SourceFile.Opened, _ schedule: ImportSchedule, hashes: Bool) {
        self.opened = opened
        self.hashes = hashes
        chunkSize = schedule.chunkSize
        isInline = schedule.isInline
        chunks = BoundedQueue(capacity: isInline ? .max : 4)
        if isInline { run() } else { _ = Thread { [self] in run() } }
    }

    /// The next chunk; nil at the end, at an error or when stopped. Give it back with ``recycle(_:)``.
    func next() -> Chunk? { chunks.pop() }

    /// Whether the next chunk is there already; inline it counts as still to come.
    var hasMore: Bool { !isInline && !chunks.isEmpty }

    func recycle(_ chunk: Chunk) { if spares.hasRoom { spares.push(chunk) } }

    /// Raw bytes read so far and in all.
    var position: (read: Int64, size: Int64?) { progress.withLock { $0 } }

    /// Ends the reading early; the chunks in the queue are still delivered. A thread that waits for bytes
    /// which never come is left to itself and ends with the process.
    func stop() { chunks.close() }

    /// How the reading ended. Call it after ``next()`` has returned nil.
    /// - Returns: What was read; nil where the reading was stopped before its end.
    /// - Throws: Why the source could not be read to its end.
    func ending() throws(SourceError) -> Total? { try outcome.withLock { $0 }?.get() }

    private func run() {
        var sha = SHA256()
        var crc: UInt32 = 0
        var size: Int64 = 0
        do throws(SourceError) {
            while true {
                let chunk = spares.isEmpty ? Chunk(size: chunkSize) : spares.pop()!
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
