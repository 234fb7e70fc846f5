internal import Market
internal import Projections
internal import Tape

/// One stream and day to be projected.
struct ReplayTask: Sendable {
    let stream: StreamName
    let day: TradingDay
    let scales: StreamScales
    let lotSize: UInt32
    let market: String
    /// The instruments of sources whose rows name none (``Catalog/Stream/instruments``).
    let instruments: [Symbol]
    /// The contents of its market for which this stream is the day's feed: what projections of them are made of.
    let feeds: Set<String>
    /// Whether the whole day is replaced. A part can only replace part of a day that has been projected.
    let isWhole: Bool

    /// Where folds of it work.
    var foldContext: FoldContext {
        FoldContext(
            market: market, day: day, priceScale: scales.price, quantityScale: scales.quantity,
            lotSize: lotSize)
    }

    /// Whether this stream is the one that footprints of its market and day are made of.
    var feedsFootprint: Bool { feeds.contains("trades") }

    /// Whether a projection has rows of this stream and day.
    func makes(_ projection: ProjectionID, _ registry: ProjectionRegistry) -> Bool {
        registry.contents(of: projection).map { !$0.isDisjoint(with: feeds) } ?? true
    }
}

/// A stream and day.
struct StreamDay: Hashable {
    let stream: String
    let day: TradingDay
}

/// Which streams and days a replay reads, by rising day.
struct ReplayPlan {
    let tasks: [ReplayTask]
    /// What cannot be read because retention has removed it; its rows in the store are the last ones.
    let retired: [(task: ReplayTask, tombstone: Tombstone)]
    /// Streams of trades that no footprint is made of, because the catalog names another feed.
    let unread: [StreamName]

    /// - Parameter projected: The streams and days that the store holds already.
    init(
        tape: Tape, options: ReplayOptions, projected: Set<StreamDay>
    ) throws(TapeError) {
        let catalog = try ReplayPlan.catalog(tape)
        let path = "\(tape.root)/streams.json"
        var tasks: [ReplayTask] = []
        var retired: [(task: ReplayTask, tombstone: Tombstone)] = []
        var unread: Set<StreamName> = []
        for stream in try tape.streams() {
            let days = try tape.days(of: stream)
            guard let entry = catalog.stream(stream) else {
                // Left out, its rows would silently leave the store.
                if days.isEmpty { continue }
                throw .streamMismatch(
                    stream, detail: "has days on the tape but is not named in \(path): put it back there")
            }
            guard let scales = entry.scales else {
                throw .streamMismatch(stream, detail: "has impossible scales in \(path)")
            }
            guard let lotSize = UInt32(exactly: entry.lotSize), lotSize > 0 else {
                throw .streamMismatch(
                    stream,
                    detail: "has the lot size \(entry.lotSize) in \(path): expected 1 to \(UInt32.max)")
            }
            for day in days {
                guard options.contains(day) else { continue }
                let feeds = Set(
                    catalog.feeds.map(\.content).filter {
                        catalog.feed(market: entry.market, content: $0, on: day) == stream.text
                    })
                if entry.content == "trades", !feeds.contains("trades") { unread.insert(stream) }
                let task = ReplayTask(
                    stream: stream, day: day, scales: scales, lotSize: lotSize,
                    market: entry.market, instruments: entry.instrumentSymbols, feeds: feeds,
                    isWhole: options.isWholeDays
                        || !projected.contains(StreamDay(stream: stream.text, day: day)))
                if let tombstone = try tape.tombstone(of: stream, on: day) {
                    retired.append((task, tombstone))
                } else {
                    tasks.append(task)
                }
            }
        }
        self.retired = retired.sorted { ($0.task.day, $0.task.stream) < ($1.task.day, $1.task.stream) }
        self.tasks = tasks.sorted { ($0.day, $0.stream) < ($1.day, $1.stream) }
        self.unread = unread.sorted()
    }

    /// The catalog, where every part of it can be followed.
    private static func catalog(_ tape: Tape) throws(TapeError) -> Catalog {
        let catalog = try Catalog.load(tape)
        let path = "\(tape.root)/streams.json"
        guard catalog.format == Catalog().format else {
            throw .notATape(
                path: path,
                detail: "it has format \(catalog.format), this program reads \(Catalog().format)")
        }
        for feed in catalog.feeds {
            if let from = feed.from, TradingDay(from) == nil {
                throw .notATape(path: path, detail: "the feed \(feed.stream) begins on no day: '\(from)'")
            }
        }
        return catalog
    }
}
