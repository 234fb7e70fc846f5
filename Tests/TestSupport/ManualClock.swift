internal import Platform
internal import Synchronization

/// A clock that stands still until somebody sleeps on it or sets it.
package final class ManualClock: Clock {
    private let now: Mutex<Int64>

    /// A clock that shows `nanos` since 1970.
    package init(nanos: Int64 = 1_770_000_000_000_000_000) { now = Mutex(nanos) }

    package func wallNanos() -> Int64 { now.withLock { $0 } }

    package func monotonicNanos() -> Int64 { now.withLock { $0 } }

    package func sleep(nanos: Int64) { now.withLock { $0 += nanos } }
}
