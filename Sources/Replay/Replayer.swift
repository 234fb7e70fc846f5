internal import Market
internal import Platform
internal import Projections
public import Store
internal import Synchronization
public import Tape

/// Projects days of the tape into the store: backfill, repair, a new formula and disaster recovery alike.
///
/// Threads take days in order and project them, and share the last ones; the calling thread writes each in one transaction. A bounded
/// queue between them keeps the memory of finished days within bounds. The store's content is the same for
/// every number of threads and every order in which days finish.
public struct Replayer {
    private let tape: Tape
    private let store: Store
    private let options: ReplayOptions

    /// A replay of part of a tape into a store that is open for writing.
    public init(tape: Tape, store: Store, options: ReplayOptions) {
        self.tape = tape
        self.store = store
        self.options = options
    }

    /// Throws what ``run(progress:onDay:)`` would throw before it changes the store.
    public static func check(tape: Tape) throws(ReplayError) {
        do throws(TapeError) {
            _ = try ReplayPlan(tape: tape, options: ReplayOptions(), projected: [])
        } catch {
            throw .tape(error)
        }
    }

    /// Runs it. What was finished before an error stays.
    /// - Parameters:
    ///   - progress: Counts while it runs, and can stop it.
    ///   - onDay: Called on the calling thread with days finished and days in all.
    public func run(
        progress: ReplayProgress = ReplayProgress(), onDay: (Int, Int) -> Void = { _, _ in }
    ) throws(ReplayError) -> ReplayReport {
        let projected = try projectedDays()
        let plan: ReplayPlan
        do throws(TapeError) {
            plan = try ReplayPlan(tape: tape, options: options, projected: projected)
        } catch {
            throw .tape(error)
        }
        let writer = DayWriter(store: store, options: options)
        // First, so that the digests of days that stay are made of what stays.
        var changed =
            options.isWholeDays ? try writer.removeAll(except: plan.tasks + plan.retired.map(\.task)) : []
        var report = ReplayReport()
        report.retired = try retired(plan)
        report.unreadStreams = plan.unread.map(\.text)
        var done = 0
        func finish(_ result: DayResult) throws(ReplayError) {
            for (projection, digest) in try writer.write(result) {
                report.digests[projection, default: [:]][result.task.day] = digest
            }
            report.add(result)
            for fold in result.folds { changed.insert(fold.projection) }
            done += 1
            onDay(done, plan.tasks.count)
        }
        if options.threadCount <= 1 {
            let projector = DayProjector(tape: tape, options: options, progress: progress)
            for task in plan.tasks { try finish(try projector.project(task)) }
        } else {
            try runInParallel(plan.tasks, progress, finish)
        }
        for (projection, digests) in try SeriesReplay(store: store, options: options).run(changed: changed) {
            report.digests[projection] = digests
        }
        do { try store.sync() } catch { throw .store(error) }
        report.days.sort { ($0.day, $0.stream) < ($1.day, $1.stream) }
        return report
    }

    /// The retired days of a plan, with what the store still has of them.
    private func retired(_ plan: ReplayPlan) throws(ReplayError) -> [RetiredDay] {
        do {
            return try RetiredDay.all(
                in: plan, projections: options.projections, registry: options.registry, store: store)
        } catch let error as StoreError {
            throw .store(error)
        } catch {
            preconditionFailure("the store throws only its own errors: \(error)")
        }
    }

    private func projectedDays() throws(ReplayError) -> Set<StreamDay> {
        guard !options.isWholeDays else { return [] }
        do {
            return try store.read { transaction in
                var days: Set<StreamDay> = []
                try transaction.checkpoints.forEach(projection: ProjectionID.footprint.description) {
                    (day, stream, _) in days.insert(StreamDay(stream: stream, day: day))
                }
                return days
            }
        } catch let error as StoreError {
            throw .store(error)
        } catch {
            preconditionFailure("the store throws only its own errors: \(error)")
        }
    }

    private func runInParallel(
        _ tasks: [ReplayTask], _ progress: ReplayProgress, _ finish: (DayResult) throws(ReplayError) -> Void
    ) throws(ReplayError) {
        let next = NextIndex()
        let results = BoundedQueue<Result<DayResult, ReplayError>>(capacity: options.threadCount)
        let pool = CandlePool()
        let crew = Crew(threadCount: options.threadCount)
        let threads = (0..<options.threadCount).map { _ in
            let projector = Moved(projector(progress, pool, crew))
            return Thread {
                while let index = next.take(below: tasks.count) {
                    let result = Result { () throws(ReplayError) in try projector.value.project(tasks[index])
                    }
                    if !results.push(result) { break }
                }
                crew.serve()
            }
        }
        var failure: ReplayError?
        for _ in 0..<tasks.count {
            guard failure == nil, let result = results.pop() else { break }
            do throws(ReplayError) { try finish(try result.get()) } catch { failure = error }
        }
        if failure != nil { progress.stop() }
        results.close()
        crew.dismiss()
        for thread in threads { thread.join() }
        if let failure { throw failure }
    }

    private func projector(_ progress: ReplayProgress, _ pool: CandlePool, _ crew: Crew) -> DayProjector {
        DayProjector(tape: tape, options: options, progress: progress, pool: pool, crew: crew)
    }

    private final class NextIndex: Sendable {
        private let index = Atomic<Int>(0)

        func take(below count: Int) -> Int? {
            let taken = index.add(1, ordering: .relaxed).oldValue
            return taken < count ? taken : nil
        }
    }
}

extension ReplayReport {
    fileprivate mutating func add(_ result: DayResult) {
        total.add(result.total)
        days.append(
            Day(
                stream: result.task.stream.text, day: result.task.day, endNumber: result.nextNumber,
                messages: result.messages, damages: result.damages.map(\.description)))
    }
}
