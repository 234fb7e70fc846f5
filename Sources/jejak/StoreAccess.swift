internal import Platform
internal import Replay
internal import Store
internal import Tape

/// Opens the store, and rebuilds it from the tape where it is missing, damaged or of another version: it is
/// disposable (TAPE "LMDB beside it").
enum StoreAccess {
    /// Runs a command that reads the store, as new as the tape or with a remark that it is not.
    ///
    /// Damage may show only while values are read. Then the store is built again, and so is the answer,
    /// unless part of it is out already: the next run then finds no store and builds one.
    static func read(_ arguments: Arguments, _ body: (Store, AnswerOutput) throws -> Void) throws {
        let output = AnswerOutput()
        do {
            try readOnce(arguments, output, body)
        } catch let error as StoreError {
            guard case .damaged = error else { throw error }
            // Without a tape there is nothing to build it from.
            try Replayer.check(tape: arguments.tape)
            try Store.remove(at: arguments.storePath)
            if output.hasStarted { throw error }
            remark("\(error.reason); it is rebuilt from the tape", arguments)
            output.discard()
            try rebuild(arguments)
            try readOnce(arguments, output, body)
        }
        try output.flush()
    }

    private static func readOnce(
        _ arguments: Arguments, _ output: AnswerOutput, _ body: (Store, AnswerOutput) throws -> Void
    ) throws {
        let store = try openOrRebuild(arguments)
        defer { try? store.close() }
        if !arguments.isQuiet {
            let stale = try Freshness.staleDays(tape: arguments.tape, store: store)
            if let first = stale.first {
                Console.error(
                    "jejak: \(stale.count) day(s), from \(first), are not in the store as they are on the tape "
                        + "now: run `jejak replay`")
            }
        }
        try body(store, output)
    }

    /// Replays part of the tape into the store, or all of it: then, and where the store is damaged or of
    /// another version, into a new one, since only what is made anew holds nothing of what was there.
    static func replay(
        _ arguments: Arguments, _ options: ReplayOptions, progress: ReplayProgress = ReplayProgress(),
        onDay: (Int, Int) -> Void = { _, _ in }
    ) throws -> ReplayReport {
        // Nothing is removed for a replay that would be refused.
        try Replayer.check(tape: arguments.tape)
        let path = arguments.storePath
        try makeParents(of: path)
        func run(_ options: ReplayOptions) throws -> ReplayReport {
            if options.isEverything { try Store.remove(at: path) }
            let store = try Store.open(at: path, access: .readWrite)
            do {
                let report = try Replayer(tape: arguments.tape, store: store, options: options).run(
                    progress: progress, onDay: onDay)
                try store.close()
                return report
            } catch {
                try? store.close()
                if case .store(let cause as StoreError) = error as? ReplayError { throw cause }
                throw error
            }
        }
        do {
            return try run(options)
        } catch let error as StoreError {
            switch error {
            case .damaged, .outdated: remark("\(error.reason); it is rebuilt from the tape", arguments)
            default: throw error
            }
            // What the store held of other days is gone too.
            var everything = ReplayOptions()
            everything.threadCount = options.threadCount
            return try run(everything)
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
            // Without a tape there is nothing to build it from, and that is what the user has to hear.
            try Replayer.check(tape: arguments.tape)
            switch error {
            case .missing: remark("no store at \(path); it is built from the tape", arguments)
            default: remark("\(error.reason); it is rebuilt from the tape", arguments)
            }
            try rebuild(arguments)
            return try Store.open(at: path, access: .readOnly)
        }
    }

    private static func rebuild(_ arguments: Arguments) throws {
        var options = ReplayOptions()
        options.threadCount = try arguments.threads()
        _ = try replay(arguments, options)
    }

    /// Makes the directories above a path.
    static func makeParents(of path: String) throws {
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
