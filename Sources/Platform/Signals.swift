internal import Glibc

/// Signals of the process. Set up once, before any thread is started.
public enum Signals {
    /// Makes a closed pipe and a file-size limit errors of the write instead of deaths of the process.
    public static func ignoreWriteSignals() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
    }

    /// Calls `handler` on a thread of its own at the first SIGINT or SIGTERM; a second one ends the process
    /// at once, which loses nothing that was acknowledged.
    public static func onInterrupt(_ handler: @escaping @Sendable () -> Void) {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGINT)
        sigaddset(&set, SIGTERM)
        pthread_sigmask(SIG_BLOCK, &set, nil)
        let waited = set
        _ = Thread {
            var set = waited
            var number: Int32 = 0
            sigwait(&set, &number)
            pthread_sigmask(SIG_UNBLOCK, &set, nil)
            handler()
            // The signals' own action is the default again; keep the thread so that they reach one.
            while true { pause() }
        }
    }
}
