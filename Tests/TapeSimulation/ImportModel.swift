internal import Market
internal import TestSupport

/// What imports must have brought: of each source and day a beginning, in order, each payload once.
final class ImportModel {
    private(set) var sources: [ImportedSource] = []
    /// Content of days that an import which ended well has left.
    private var known: [TradingDay: [StoredMessage]] = [:]
    private var owners: [[UInt8]: Int] = [:]

    /// All days that sources have payloads of, sorted.
    var days: [TradingDay] { Set(sources.flatMap(\.days.keys)).sorted() }

    /// A new source without payloads.
    func add(date: TradingDay?) -> ImportedSource {
        sources.append(ImportedSource(date: date))
        return sources.last!
    }

    /// A source's number, from 0.
    func number(of source: ImportedSource) -> Int { sources.firstIndex { $0 === source }! }

    /// Knows the payloads of a source, after it has grown.
    func learn(_ source: ImportedSource) {
        let number = number(of: source)
        for item in source.days.values.joined() { owners[item.bytes] = number }
    }

    /// Whether anything of a day has to be on the tape.
    func isRequired(_ day: TradingDay) -> Bool {
        known[day] != nil
            || sources.contains { ($0.isWhole && $0.days[day] != nil) || $0.acknowledged[day] ?? 0 > 0 }
    }

    /// Takes what a day holds, and has been checked, for durable.
    func keep(_ day: TradingDay, _ messages: [StoredMessage]) { known[day] = messages }

    /// What is wrong with a day's content.
    func problems(_ day: TradingDay, _ messages: [StoredMessage]) -> [String] {
        var found: [String] = []
        let before = known[day] ?? []
        if messages.count < before.count || messages[..<before.count] != before[...] {
            found.append("\(day) no longer holds the \(before.count) messages that were durable")
        }
        var next = [Int](repeating: 0, count: sources.count)
        var cutSeen = Set<[UInt8]>()
        for (number, message) in messages.enumerated() {
            guard let owner = owners[message.payload], let items = sources[owner].days[day] else {
                found.append("\(day) \(number) is of no source")
                break
            }
            let index = next[owner]
            if index < items.count, items[index].bytes == message.payload {
                next[owner] += 1
            } else if index < items.count, items[index].earlier == message.payload,
                cutSeen.insert(message.payload).inserted
            {
                continue
            } else {
                found.append(
                    "\(day) \(number) comes twice or out of order: source \(owner), payload \(index)")
                break
            }
        }
        for (number, source) in sources.enumerated() {
            let items = source.days[day]?.count ?? 0
            let least = source.isWhole ? items : source.acknowledged[day] ?? 0
            if next[number] < least {
                found.append("\(day) has \(next[number]) payloads of source \(number), \(least) were durable")
            }
        }
        return found
    }
}
