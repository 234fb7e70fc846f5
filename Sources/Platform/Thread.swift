internal import Glibc

/// A thread of its own for work that blocks; Swift's cooperative pool is never blocked.
public final class Thread: @unchecked Sendable {
    private var handle = pthread_t()
    private var joined = false

    /// Starts `body` on a new thread. Traps where the system has no thread to give.
    public init(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Box(body))
        let code = pthread_create(
            &handle, nil,
            { argument in
                let box = Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue()
                box.body()
                return nil
            }, box.toOpaque())
        precondition(code == 0, "no thread to be had: \(String(cString: strerror(code)))")
    }

    deinit {
        // Nobody will wait any more: the system may free the stack at the thread's end.
        if !joined { pthread_detach(handle) }
    }

    /// Waits for the end of the thread; once.
    public func join() {
        precondition(!joined, "joined twice")
        joined = true
        pthread_join(handle, nil)
    }

    /// Processors that may run threads of this process.
    public static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    private final class Box: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
