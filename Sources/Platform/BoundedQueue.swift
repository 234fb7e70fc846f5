internal import Glibc

/// A queue between threads that holds at most `capacity` elements: a full one makes the producer wait,
/// and nothing is ever dropped.
public final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var elements: [Element] = []
    private let capacity: Int
    private var closed = false

    /// An empty queue of `capacity` places, 1 or more.
    public init(capacity: Int) {
        precondition(capacity >= 1)
        self.capacity = capacity
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Adds an element, waiting for a place; false where the queue is closed.
    @discardableResult
    public func push(_ element: Element) -> Bool {
        locked {
            while elements.count >= capacity, !closed { pthread_cond_wait(changed, mutex) }
            if closed { return false }
            elements.append(element)
            pthread_cond_broadcast(changed)
            return true
        }
    }

    /// Takes the oldest element, waiting for one; nil once the queue is closed and empty.
    public func pop() -> Element? {
        locked {
            while elements.isEmpty, !closed { pthread_cond_wait(changed, mutex) }
            if elements.isEmpty { return nil }
            pthread_cond_broadcast(changed)
            return elements.removeFirst()
        }
    }

    /// Whether a ``push(_:)`` would not wait now; only the single producer can rely on it.
    public var hasRoom: Bool { locked { elements.count < capacity } }

    /// Whether nothing waits to be taken now.
    public var isEmpty: Bool { locked { elements.isEmpty } }

    /// Ends the queue: waiting producers fail, consumers get what is left and then nil.
    public func close() {
        locked {
            closed = true
            pthread_cond_broadcast(changed)
        }
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}
