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
            let stale = try Freshness.staleDays(
                tape: arguments.tape, store: store, registry: try arguments.registry())
            if let first = stale.first {
                Console.error(
                    "jejak: \(stale.count) day(s), from \(first), are not in the store as they are on the tape "
                        + "now: run `jejak replay`")
            }
        }
        let wanted = try arguments.day("--date")?.description
        let retired = try Freshness.retiredDays(tape: arguments.tape, store: store)
            .filter { wanted == nil || $0.tombstone.day == wanted }
        do {
            try body(store, output)
        } catch let error as UsageError {
            // What is not there may have been.
            guard wanted != nil, let gone = retired.first else { throw error }
            throw UsageError("\(error.description); \(gone.tombstone.explanation)")
        }
        remarkRetired(retired, arguments)
    }

    /// Says which rows nothing can make again, and which are lost.
    private static func remarkRetired(_ retired: [RetiredDay], _ arguments: Arguments) {
        for (isKept, words) in [(true, "the store keeps their rows"), (false, "the store lacks their rows")] {
            let days = retired.filter { $0.isKept == isKept }.map(\.tombstone)
            guard let first = days.map(\.day).min() else { continue }
            remark(
                days.count == 1
                    ? "\(days[0].explanation); \(words.replacing("their", with: "its"))"
                    : "\(days.count) stream-days, from \(first), were removed by retention; \(words)",
                arguments)
        }
    }

    /// Replays part of the tape into the store, or all of it: then, and where the store is damaged or of
    /// another version, into a new one, since only what is made anew holds nothing of what was there. Unless
    /// `fromNothing` is asked for, a whole store stays where it has days that retention removed from the tape.
    static func replay(
        _ arguments: Arguments, _ options: ReplayOptions, fromNothing: Bool = false,
        progress: ReplayProgress = ReplayProgress(),
        onDay: (Int, Int) -> Void = { _, _ in }
    ) throws -> ReplayReport {
        // Nothing is removed for a replay that would be refused.
        try Replayer.check(tape: arguments.tape)
        let path = arguments.storePath
        try makeParents(of: path)
        let isRetired = try !arguments.tape.tombstones().isEmpty
        func run(_ options: ReplayOptions, fromNothing: Bool) throws -> ReplayReport {
            if options.isEverything, fromNothing || !isRetired { try Store.remove(at: path) }
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
            return try run(options, fromNothing: fromNothing)
        } catch let error as StoreError {
            switch error {
            case .damaged, .outdated: remark("\(error.reason); it is rebuilt from the tape", arguments)
            default: throw error
            }
            // What the store held of other days is gone too.
            var everything = ReplayOptions(registry: options.registry)
            everything.threadCount = options.threadCount
            return try run(everything, fromNothing: true)
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
        var options = ReplayOptions(registry: try arguments.registry())
        options.threadCount = try arguments.threads()
        let report = try replay(arguments, options)
        remarkRetired(report.retired.filter { !$0.isKept }, arguments)
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
