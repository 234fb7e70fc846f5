internal import Foundation
internal import Feed
internal import Market
internal import Platform
internal import Projections
internal import Replay
internal import Tape

/// The words of a command line, sorted out by a ``Syntax``, with typed access.
struct Arguments {
    /// Words that are no options.
    let words: [String]
    private var values: [String: String] = [:]
    private var switches: Set<String> = []
    private var config = Config()

    /// What a configuration file may hold.
    private struct Config: Decodable {
        var tape: String?
        var store: String?
        var threads: Int?
        var retention: Retention?
        var scan: Scan?
        var brokers: String?
        var market: String?

        struct Scan: Decodable {
            var rules: [String: RuleSettings.Setting]?
        }

        struct Retention: Decodable {
            var hotDays: Int?
        }
    }

    init(_ input: [String], _ syntax: Syntax) throws {
        var words: [String] = []
        var index = 0
        while index < input.count {
            let word = input[index]
            index += 1
            guard word.hasPrefix("--"), word.count > 2 else {
                guard word == "-" || !word.hasPrefix("-") else {
                    throw UsageError("unknown option '\(word)'")
                }
                words.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let option = syntax.allOptions.first(where: { $0.name == parts[0] }) else {
                throw UsageError("unknown option '\(parts[0])'")
            }
            guard let placeholder = option.value else {
                guard parts.count == 1 else { throw UsageError("\(option.name) takes no value") }
                switches.insert(option.name)
                continue
            }
            if parts.count == 2 {
                values[option.name] = String(parts[1])
            } else {
                guard index < input.count else {
                    throw UsageError("\(option.name) needs a value: \(option.name) \(placeholder)")
                }
                values[option.name] = input[index]
                index += 1
            }
        }
        self.words = words
        if let path = values["--config"] { config = try Arguments.config(path) }
        // Not every command works on threads, but none takes a wrong number of them.
        _ = try threads()
    }

    func has(_ name: String) -> Bool { switches.contains(name) }

    func text(_ name: String) -> String? { values[name] }

    func required(_ name: String, _ placeholder: String) throws -> String {
        guard let value = values[name] else { throw UsageError("\(name) \(placeholder) is missing") }
        return value
    }

    func day(_ name: String) throws -> TradingDay? {
        guard let text = values[name] else { return nil }
        guard let day = TradingDay(text) else {
            throw UsageError("\(name) \(text): expected a date that exists, YYYY-MM-DD")
        }
        return day
    }

    /// The days from `--from` to `--to`, or the one of `--date`.
    func days() throws -> (from: TradingDay?, to: TradingDay?) {
        let (from, to) = (try day("--from"), try day("--to"))
        if let day = try day("--date") {
            guard from == nil, to == nil else {
                throw UsageError("give --date D, or --from and --to, not both")
            }
            return (day, day)
        }
        if let from, let to, from > to { throw UsageError("--from \(from) lies behind --to \(to)") }
        return (from, to)
    }

    func symbol(_ name: String) throws -> Symbol? {
        guard let text = values[name] else { return nil }
        guard let symbol = Symbol(text) else {
            throw UsageError("\(name) \(text): expected a symbol of 1 to 16 printable characters")
        }
        return symbol
    }

    /// A minute of the day, `HH:MM`.
    func minute(_ name: String) throws -> Int? {
        guard let text = text(name) else { return nil }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard text.utf8.count == 5, parts.count == 2, let hour = UInt(parts[0]), let minute = UInt(parts[1]),
            parts[0].utf8.count == 2, hour < 24, minute < 60
        else { throw UsageError("\(name) \(text): expected a time such as 09:30") }
        return Int(hour * 60 + minute)
    }

    func number(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = values[name] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw UsageError(
                "\(name) \(text): expected a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func unsigned(_ name: String) throws -> UInt64? {
        guard let text = values[name] else { return nil }
        guard let number = UInt64(text) else {
            throw UsageError("\(name) \(text): expected a whole number from 0")
        }
        return number
    }

    func stream(_ name: String = "--stream") throws -> StreamName {
        let text = try required(name, "S")
        do { return try StreamName(text) } catch { throw UsageError(error.description) }
    }

    /// Refuses words that the command does not take.
    func refuseWords(from count: Int = 0) throws {
        if words.count > count { throw UsageError("unexpected '\(words[count])'") }
    }

    // MARK: Common options

    var tape: Tape { Tape(root: values["--tape"] ?? config.tape ?? "tape", codecs: FeedCodecs()) }
    /// Newest days whose hot segments are kept although they are sealed.
    var hotDays: Int { min(max(0, config.retention?.hotDays ?? 0), Retention.daysMax) }
    /// The rules that a scan holds trades to.
    func scanRules() throws -> RuleSettings {
        var unknown: String?
        let rules = RuleSettings(config.scan?.rules ?? [:], unknown: &unknown)
        guard let unknown else { return rules }
        let names = TradeRule.allCases.map(\.rawValue).joined(separator: " ")
        throw UsageError("--config: scan.rules names '\(unknown)', expected one of \(names)")
    }

    /// The projections, with what the configuration says of brokers and of the market.
    func registry() throws -> ProjectionRegistry {
        var registry = ProjectionRegistry.standard
        if let path = config.brokers { registry.brokers = try BrokerFile.table(path) }
        registry.rules = try marketRules()
        return registry
    }

    /// The market's dated data: the exchange's, with the rows of the file that the configuration names.
    func marketRules() throws -> MarketRules {
        try config.market.map { try MarketFile.rules(at: $0) } ?? .idx
    }

    var storePath: String { values["--store"] ?? config.store ?? ".jejak/store" }
    var isJSON: Bool { has("--json") }
    var isQuiet: Bool { has("--quiet") }

    func threads() throws -> Int {
        try number("--threads", in: 1...1024) ?? config.threads.map { max(1, $0) } ?? Thread.processorCount
    }

    private static func config(_ path: String) throws -> Config {
        guard let data = SmallFile.read(path) else {
            throw UsageError("--config \(path): cannot be read")
        }
        do {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            return try decoder.decode(Config.self, from: data)
        } catch {
            throw UsageError(
                "--config \(path): expected JSON with the keys tape, store, threads, retention, scan, market, brokers"
            )
        }
    }
}
