internal import Platform
internal import Synchronization
internal import Tape

/// Makes groups durable on a thread of its own and tells how far it is. Group commit comes by itself: while
/// one group is on its way to the disk, the next one grows.
final class CommitThread: @unchecked Sendable {
    private struct Work: Sendable {
        let group: CommitGroup?
        /// Messages of the import that are durable once the group is.
        let processed: Int
        let barrier: BoundedQueue<Bool>?
    }

    private let writer: TapeWriter
    private let queue = BoundedQueue<Work>(capacity: 2)
    private let failure = Mutex<TapeError?>(nil)
    private let onDurable: @Sendable (Int) -> Void
    private var thread: Thread?

    init(_ writer: TapeWriter, onDurable: @escaping @Sendable (Int) -> Void) {
        self.writer = writer
        self.onDurable = onDurable
        thread = Thread { [self] in run() }
    }

    /// Hands a group over, waiting while two are under way.
    func commit(_ group: CommitGroup, processed: Int) throws(TapeError) {
        if !queue.push(Work(group: group, processed: processed, barrier: nil)) { throw error }
    }

    /// Waits until all that was handed over is durable.
    func drain(processed: Int) throws(TapeError) {
        let barrier = BoundedQueue<Bool>(capacity: 1)
        guard queue.push(Work(group: nil, processed: processed, barrier: barrier)), barrier.pop() == true
        else {
            throw error
        }
    }

    /// Ends the thread after what was handed over.
    func finish() {
        queue.close()
        thread?.join()
        thread = nil
    }

    private var error: TapeError { failure.withLock { $0 } ?? .failed(path: "\(writer.stream)") }

    private func run() {
        while let work = queue.pop() {
            do throws(TapeError) {
                if failure.withLock({ $0 != nil }) {
                    work.barrier?.push(false)
                    continue
                }
                if let group = work.group { try writer.commit(group) }
                onDurable(work.processed)
                work.barrier?.push(true)
            } catch {
                failure.withLock { $0 = error }
                queue.close()
            }
        }
    }
}
