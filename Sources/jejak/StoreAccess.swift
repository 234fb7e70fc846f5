internal import Platform
internal import Replay
internal import Store
internal import Tape

/// Opens the store, and rebuilds it from the tape where it is missing, damaged or of another version: it is
/// disposable (TAPE "LMDB beside it").
enum StoreAccess {
    /// A store for reading, as new as the tape or with a remark that it is not.
    static func forReading(_ arguments: Arguments) throws -> Store {
        let store = try openOrRebuild(arguments)
        if !arguments.isQuiet {
            let stale = try Freshness.staleDays(tape: arguments.tape, store: store)
            if let first = stale.first {
                Console.error(
                    "jejak: \(stale.count) day(s) on the tape, from \(first), are not in the store as they are "
                        + "now: run `jejak replay`")
            }
        }
        return store
    }

    /// A store for writing.
    /// - Returns: Whether an earlier store was lost, so that more than the wanted part has to be rebuilt.
    static func forWriting(_ arguments: Arguments) throws -> (store: Store, wasLost: Bool) {
        let path = arguments.storePath
        try makeParents(of: path)
        do throws(StoreError) {
            return (try Store.open(at: path, access: .readWrite), false)
        } catch {
            switch error {
            case .damaged, .outdated:
                remark("\(error.reason); it is rebuilt from the tape", arguments)
                try Store.remove(at: path)
                return (try Store.open(at: path, access: .readWrite), true)
            default: throw error
            }
        }
    }

    private static func openOrRebuild(_ arguments: Arguments) throws -> Store {
        let path = arguments.storePath
        do throws(StoreError) {
            return try Store.open(at: path, access: .readOnly)
        } catch {
            switch error {
            case .missing, .damaged, .outdated: break
            default: throw error
            }
            // Without a tape there is nothing to rebuild it from, and that is what the user has to hear.
            _ = try arguments.tape.streams()
            if case .missing = error { remark("no store at \(path); it is built from the tape", arguments) }
            let (store, _) = try forWriting(arguments)
            var options = ReplayOptions()
            options.threadCount = try arguments.threads()
            _ = try Replayer(tape: arguments.tape, store: store, options: options).run()
            try store.close()
            return try Store.open(at: path, access: .readOnly)
        }
    }

    private static func makeParents(of path: String) throws {
        var directory = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/").dropLast() {
            directory += (directory.isEmpty || directory.hasSuffix("/") ? "" : "/") + part
            try SystemDisk().createDirectory(directory)
        }
    }

    private static func remark(_ text: String, _ arguments: Arguments) {
        if !arguments.isQuiet { Console.error("jejak: \(text)") }
    }
}

extension StoreError {
    /// The error without its advice, for where the advice is followed at once.
    fileprivate var reason: String {
        switch self {
        case .damaged(let path, let detail): "the store at \(path) is damaged (\(detail))"
        case .outdated(let path, let found, let expected):
            "the store at \(path) has format version \(found), this program \(expected)"
        default: description
        }
    }
}
