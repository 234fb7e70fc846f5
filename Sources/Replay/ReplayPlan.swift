internal import Market
internal import Tape

/// One stream and day to be projected.
struct ReplayTask: Sendable {
    let stream: StreamName
    let day: TradingDay
    let scales: StreamScales
    let lotSize: UInt32
    let market: String
    /// Whether this stream is the one that footprints of its market and day are made of.
    let feedsFootprint: Bool
    /// Whether the whole day is replaced. A part can only replace part of a day that has been projected.
    let isWhole: Bool
}

/// A stream and day.
struct StreamDay: Hashable {
    let stream: String
    let day: TradingDay
}

/// Which streams and days a replay reads, by rising day.
struct ReplayPlan {
    let tasks: [ReplayTask]
    /// Streams of trades that no footprint is made of, because the catalog names another feed.
    let unread: [StreamName]

    /// - Parameter projected: The streams and days that the store holds already.
    init(
        tape: Tape, options: ReplayOptions, projected: Set<StreamDay>
    ) throws(TapeError) {
        let catalog = try Catalog.load(tape)
        var tasks: [ReplayTask] = []
        var unread: Set<StreamName> = []
        for stream in try tape.streams() {
            guard let entry = catalog.stream(stream) else { continue }
            guard let scales = entry.scales else {
                throw .streamMismatch(stream, detail: "has impossible scales in \(tape.root)/streams.json")
            }
            for day in try tape.days(of: stream) {
                if let from = options.from, day < from { continue }
                if let to = options.to, day > to { continue }
                let feed = catalog.feed(market: entry.market, content: "trades", on: day)
                if entry.content == "trades", feed != stream.text { unread.insert(stream) }
                tasks.append(
                    ReplayTask(
                        stream: stream, day: day, scales: scales, lotSize: UInt32(entry.lotSize),
                        market: entry.market, feedsFootprint: feed == stream.text,
                        isWhole: options.isWholeDays
                            || !projected.contains(StreamDay(stream: stream.text, day: day))))
            }
        }
        self.tasks = tasks.sorted { ($0.day, $0.stream) < ($1.day, $1.stream) }
        self.unread = unread.sorted()
    }
}
