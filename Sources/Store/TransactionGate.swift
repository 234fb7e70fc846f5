internal import Glibc

/// Lets transactions run side by side, and the map be moved while none runs (mdb_env_set_mapsize
/// demands it).
final class TransactionGate: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let change: UnsafeMutablePointer<pthread_cond_t>
    /// The threads inside, once for each transaction.
    private var inside: [pthread_t] = []
    private var waiting = 0
    private var isExclusive = false

    init() {
        mutex = .allocate(capacity: 1)
        change = .allocate(capacity: 1)
        precondition(pthread_mutex_init(mutex, nil) == 0 && pthread_cond_init(change, nil) == 0)
    }

    deinit {
        pthread_cond_destroy(change)
        pthread_mutex_destroy(mutex)
        change.deallocate()
        mutex.deallocate()
    }

    /// Waits while the map moves. A thread that is inside enters again at once, as it would else wait
    /// for itself.
    func enter() {
        pthread_mutex_lock(mutex)
        let thread = pthread_self()
        while (isExclusive || waiting > 0) && !inside.contains(thread) { pthread_cond_wait(change, mutex) }
        inside.append(thread)
        pthread_mutex_unlock(mutex)
    }

    func leave() {
        pthread_mutex_lock(mutex)
        if let index = inside.lastIndex(of: pthread_self()) { inside.remove(at: index) }
        if inside.isEmpty { pthread_cond_broadcast(change) }
        pthread_mutex_unlock(mutex)
    }

    /// Whether the calling thread is inside.
    var isInside: Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return inside.contains(pthread_self())
    }

    /// Runs `body` while nobody is inside; the calling thread must not be.
    func exclusively<R>(_ body: () -> R) -> R {
        pthread_mutex_lock(mutex)
        precondition(!inside.contains(pthread_self()), "the map cannot move inside a transaction")
        waiting += 1
        while !inside.isEmpty || isExclusive { pthread_cond_wait(change, mutex) }
        waiting -= 1
        isExclusive = true
        pthread_mutex_unlock(mutex)
        let result = body()
        pthread_mutex_lock(mutex)
        isExclusive = false
        pthread_cond_broadcast(change)
        pthread_mutex_unlock(mutex)
        return result
    }
}
