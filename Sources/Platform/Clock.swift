internal import Glibc

/// The seam through which anything but a projection learns the time; a projection never does.
public protocol Clock: Sendable {
    /// Nanoseconds since 1970-01-01 UTC, as the machine believes; may step.
    func wallNanos() -> Int64
    /// Nanoseconds since some start; never steps back.
    func monotonicNanos() -> Int64
    /// Waits.
    func sleep(nanos: Int64)
}

/// The machine's clocks.
public struct SystemClock: Clock {
    /// The machine's clocks; has no state.
    public init() {}

    /// `CLOCK_REALTIME`.
    public func wallNanos() -> Int64 { read(CLOCK_REALTIME) }

    /// `CLOCK_MONOTONIC`.
    public func monotonicNanos() -> Int64 { read(CLOCK_MONOTONIC) }

    /// Waits by `nanosleep(2)`, on through signals.
    public func sleep(nanos: Int64) {
        var left = timespec(tv_sec: Int(nanos / 1_000_000_000), tv_nsec: Int(nanos % 1_000_000_000))
        while true {
            let wanted = left
            guard withUnsafePointer(to: wanted, { nanosleep($0, &left) }) != 0, errno == EINTR else { return }
        }
    }

    private func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
