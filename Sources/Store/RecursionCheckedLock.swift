internal import Glibc

/// A mutex that stops the process where a thread takes it twice, instead of waiting for ever.
final class RecursionCheckedLock: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>

    init() {
        mutex = .allocate(capacity: 1)
        var attributes = pthread_mutexattr_t()
        pthread_mutexattr_init(&attributes)
        pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_ERRORCHECK))
        precondition(pthread_mutex_init(mutex, &attributes) == 0)
        pthread_mutexattr_destroy(&attributes)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    func lock() {
        precondition(
            pthread_mutex_lock(mutex) == 0, "a write, sync or close inside a write of the same thread")
    }

    func unlock() {
        pthread_mutex_unlock(mutex)
    }
}
