internal import Glibc

/// The right of one process to write, a lock (flock) on `writer.lock` that ends with the process.
///
/// The file holds one line, `<pid> <boot identity>`: who holds the lock, and in which run of the
/// machine the environment was last written. The file stays when the lock ends.
final class WriterLock {
    private let file: Int32
    private let directory: String
    /// The run of the machine in which the environment was last opened for writing; empty where it
    /// is not known.
    let previousBoot: String

    /// Takes the lock.
    ///
    /// A reader that tests the lock holds it for microseconds, so a refusal is tried again for 0.2 s.
    init(_ paths: StorePaths) throws(StoreError) {
        let file = open(paths.writer, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw .io(path: paths.writer, operation: "open", errno: errno) }
        var attempts = 0
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            if code == EINTR { continue }
            attempts += 1
            if code == EWOULDBLOCK && attempts < 20 {
                usleep(10_000)
                continue
            }
            close(file)
            guard code == EWOULDBLOCK else {
                throw .io(path: paths.writer, operation: "lock", errno: code)
            }
            throw .busy(path: paths.directory, pid: WriterLock.note(paths).pid)
        }
        self.file = file
        directory = paths.directory
        previousBoot = WriterLock.note(paths).boot
        write(boot: previousBoot)
    }

    deinit { close(file) }

    /// Notes that the environment is written in the present run of the machine.
    func noteBoot() {
        write(boot: Files.bootIdentity())
    }

    /// Whether a living process holds the lock.
    static func isHeld(_ paths: StorePaths) -> Bool {
        let file = open(paths.writer, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        return flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    /// What the file says.
    static func note(_ paths: StorePaths) -> (pid: Int32?, boot: String) {
        let text = String(decoding: Files.contents(paths.writer) ?? [], as: UTF8.self)
        let words = text.split(separator: "\n", maxSplits: 1).first?.split(separator: " ") ?? []
        return (words.first.flatMap { Int32($0) }, words.count > 1 ? String(words[1]) : "")
    }

    /// A note that cannot be written costs only a rebuild after the next crash.
    private func write(boot: String) {
        let line = Array("\(getpid()) \(boot)\n".utf8)
        if ftruncate(file, 0) == 0 { _ = pwrite(file, line, line.count, 0) }
    }
}
