internal import Platform
internal import Synchronization
internal import Tape

/// Makes groups durable on a thread of its own and tells how far it is. Group commit comes by itself: while
/// one group is on its way to the disk, the next one grows. An inline schedule has the caller do the work.
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
    private let isInline: Bool
    private var thread: Thread?

    init(
        _ writer: TapeWriter, _ schedule: ImportSchedule, onDurable: @escaping @Sendable (Int) -> Void
    ) {
        self.writer = writer
        self.onDurable = onDurable
        isInline = schedule.isInline
        if !isInline { thread = Thread { [self] in run() } }
    }

    /// Hands a group over, waiting while two are under way.
    func commit(_ group: CommitGroup, processed: Int) throws(TapeError) {
        let work = Work(group: group, processed: processed, barrier: nil)
        guard isInline ? perform(work) : queue.push(work) else { throw error }
    }

    /// Waits until all that was handed over is durable.
    func drain(processed: Int) throws(TapeError) {
        let barrier = BoundedQueue<Bool>(capacity: 1)
        let work = Work(group: nil, processed: processed, barrier: barrier)
        guard isInline ? perform(work) : queue.push(work) && barrier.pop() == true else { throw error }
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
            let isDone = perform(work)
            work.barrier?.push(isDone)
        }
    }

    /// Makes the work durable; false, now and from then on, where that fails.
    private func perform(_ work: Work) -> Bool {
        if failure.withLock({ $0 != nil }) { return false }
        do throws(TapeError) {
            if let group = work.group { try writer.commit(group) }
        } catch {
            failure.withLock { $0 = error }
            queue.close()
            return false
        }
        onDurable(work.processed)
        return true
    }
}
