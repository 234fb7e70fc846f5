internal import Platform
internal import Synchronization

/// Threads of a replay that have run out of days, and the work that busy ones hand them: so that two cores
/// share the last day, or the only one.
final class Crew: Sendable {
    private let idleCount = Atomic<Int>(0)
    private let work: BoundedQueue<@Sendable () -> Void>

    /// - Parameter threadCount: Threads that may ever serve.
    init(threadCount: Int) { work = BoundedQueue(capacity: max(threadCount, 1)) }

    /// Does what others hand over, until ``dismiss()``.
    func serve() {
        while true {
            idleCount.add(1, ordering: .relaxed)
            guard let next = work.pop() else { return }
            next()
        }
    }

    /// Lets the threads that serve go.
    func dismiss() { work.close() }

    /// Has an idle thread make a value; nil at once where none is idle.
    func hand<Value>(_ make: @escaping @Sendable () -> Value) -> Handed<Value>? {
        // Only who has lowered the count may push, so there is always a thread for what is in the queue.
        var idle = idleCount.load(ordering: .relaxed)
        while idle > 0 {
            let (isMine, now) = idleCount.compareExchange(
                expected: idle, desired: idle - 1, ordering: .relaxed)
            if isMine {
                let handed = Handed<Value>()
                return work.push({ handed.value.push(Moved(make())) }) ? handed : nil
            }
            idle = now
        }
        return nil
    }
}

/// A value that another thread is making.
struct Handed<Value>: Sendable {
    fileprivate let value = BoundedQueue<Moved<Value>>(capacity: 1)

    /// Waits for it; once.
    func wait() -> Value {
        guard let moved = value.pop() else { preconditionFailure("nobody closes this queue") }
        return moved.value
    }
}

/// A value on its way to another thread, whole: who gives it keeps nothing of it.
struct Moved<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}
