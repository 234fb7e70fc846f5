internal import Foundation
internal import Market
internal import Platform

/// A user's file of market data: rows that extend or replace those of ``MarketRules/idx``. The configuration names it
/// under `market`; README, "Market data", shows one.
struct MarketFile: Decodable {
    struct Calendar: Decodable {
        var years: [Int]?
        var holidays: [String]?
        var open: [String]?
        var sessions: [Sessions]?
    }

    struct Sessions: Decodable {
        var from: String
        var mondayToThursday: Schedule
        var friday: Schedule
    }

    /// Each session as its first and last second, `["08:45:00", "08:59:59"]`.
    struct Schedule: Decodable {
        var preOpening: [String]
        var morning: [String]
        var afternoon: [String]
        var closingAuction: [String]
        var postClosing: [String]
        var randomClose: [String]
    }

    struct Ladder: Decodable {
        var from: String
        var `class`: String
        var steps: [[Int64]]
    }

    struct Limits: Decodable {
        struct Band: Decodable {
            var upTo: Int64?
            var rise: Int64?
            var fall: Int64?
            var rupiah: Int64?
        }

        var from: String
        var `class`: String
        var minimum: Int64
        var bands: [Band]
    }

    struct Row: Decodable {
        var symbol: String
        var from: String
        var kind: String?
        var board: String?
        var status: String?
        var notation: String?
        var factor: [Int64]?
    }

    struct Halt: Decodable {
        var date: String
        var from: String
        var to: String
    }

    var calendar: Calendar?
    var ladders: [Ladder]?
    var limits: [Limits]?
    var instruments: [Row]?
    var halts: [Halt]?

    /// The exchange's rules with those of a file.
    /// - Throws: ``UsageError`` naming the file and the row that cannot be.
    static func rules(at path: String) throws -> MarketRules {
        guard let data = SmallFile.read(path) else { throw UsageError("\(path): cannot be read") }
        let file: MarketFile
        do {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            file = try decoder.decode(MarketFile.self, from: data)
        } catch let error as DecodingError {
            throw UsageError("\(path): \(MarketFile.words(error))")
        } catch {
            throw UsageError("\(path): cannot be read")
        }
        do {
            return try file.extending(.idx)
        } catch let flaw as Flaw {
            throw UsageError("\(path): \(flaw.words)")
        }
    }

    private struct Flaw: Error {
        let words: String
        init(_ words: String) { self.words = words }
    }

    private func extending(_ base: MarketRules) throws -> MarketRules {
        var rules = base
        if let calendar { rules.calendar = try MarketFile.extended(rules.calendar, calendar) }
        for row in ladders ?? [] { rules.add(try MarketFile.ladder(row)) }
        for row in limits ?? [] { rules.limits = rules.limits.adding(try MarketFile.limits(row)) }
        for row in instruments ?? [] { rules.add(try MarketFile.instrument(row, in: rules)) }
        for row in halts ?? [] {
            rules.halts.append(
                MarketRules.Halt(
                    day: try MarketFile.day(row.date), seconds: try MarketFile.span([row.from, row.to])))
        }
        return rules
    }

    private static func extended(_ calendar: TradingCalendar, _ data: Calendar) throws -> TradingCalendar {
        let rules = try (data.sessions ?? []).map {
            SessionRule(
                firstDay: try day($0.from), mondayToThursday: try schedule($0.mondayToThursday),
                friday: try schedule($0.friday))
        }
        let years = data.years ?? []
        let result = calendar.extended(
            years: years, holidays: try (data.holidays ?? []).map(day), open: try (data.open ?? []).map(day),
            sessionRules: rules)
        guard let result else {
            throw Flaw("calendar.years \(years): with \(calendar.years) they leave a year out")
        }
        return result
    }

    private static func schedule(_ data: Schedule) throws -> SessionSchedule {
        SessionSchedule(
            preOpening: try span(data.preOpening), morning: try span(data.morning),
            afternoon: try span(data.afternoon), closingAuction: try span(data.closingAuction),
            postClosing: try span(data.postClosing), randomClose: try span(data.randomClose))
    }

    private static func ladder(_ row: Ladder) throws -> MarketRules.LadderRule {
        let steps = row.steps
        var previous: (lowest: Int64, tick: Int64)?
        for step in steps {
            guard step.count == 2, step[0] > 0, step[1] > 0, step[0] < 1 << 40, step[1] < 1 << 40,
                previous.map({ step[0] > $0.lowest && (step[0] - $0.lowest) % $0.tick == 0 }) ?? true
            else {
                throw Flaw(
                    "ladder of \(row.class) from \(row.from): \(step) is no [first price, tick] on the band before it"
                )
            }
            previous = (step[0], step[1])
        }
        guard !steps.isEmpty else { throw Flaw("ladder of \(row.class) from \(row.from): it has no steps") }
        return MarketRules.LadderRule(
            firstDay: try day(row.from), instruments: try instrumentClass(row.class),
            ladder: TickLadder(steps: steps.map { ($0[0], $0[1]) }))
    }

    private static func limits(_ row: Limits) throws -> PriceLimits.Rule {
        let place = "limits of \(row.class) from \(row.from)"
        var highest: Int64 = 0
        let bands = try row.bands.map { band in
            let upTo = band.upTo ?? .max
            let numbers = [band.rise ?? 0, band.fall ?? 0, band.rupiah ?? 0]
            guard upTo > highest, numbers.allSatisfy({ (0...1_000_000).contains($0) }),
                (band.rupiah == nil) == (band.rise != nil && band.fall != nil)
            else {
                throw Flaw("\(place): a band has up_to behind the one before it, and rise and fall or rupiah")
            }
            highest = upTo
            return PriceLimits.Band(
                highestClose: upTo, risePercent: numbers[0], fallPercent: numbers[1], rupiah: numbers[2])
        }
        guard highest == .max else { throw Flaw("\(place): the last band has no up_to") }
        guard row.minimum > 0 else { throw Flaw("\(place): minimum \(row.minimum)") }
        return PriceLimits.Rule(
            firstDay: try day(row.from), instruments: try instrumentClass(row.class), minimum: row.minimum,
            bands: bands)
    }

    /// A row keeps what the symbol's row before it says, where it says nothing itself.
    private static func instrument(_ row: Row, in rules: MarketRules) throws -> Instrument {
        guard let symbol = Symbol(row.symbol) else { throw Flaw("instruments: '\(row.symbol)' is no symbol") }
        let firstDay = try day(row.from)
        let place = "instruments: \(row.symbol) from \(row.from)"
        let before = rules.instrument(symbol, on: firstDay)
        var factor: PriceFactor? = .one
        if let ratio = row.factor {
            factor = ratio.count == 2 ? PriceFactor(numerator: ratio[0], denominator: ratio[1]) : nil
        }
        guard let factor else { throw Flaw("\(place): factor is [numerator, denominator], both positive") }
        return Instrument(
            symbol: symbol, firstDay: firstDay,
            kind: try choice(row.kind, "kind", place) ?? before.kind,
            board: try choice(row.board, "board", place) ?? before.board,
            status: try choice(row.status, "status", place) ?? before.status,
            notation: row.notation ?? before.notation, factor: factor)
    }

    private static func choice<Choice: RawRepresentable & CaseIterable>(
        _ text: String?, _ key: String, _ place: String
    ) throws -> Choice? where Choice.RawValue == String {
        guard let text else { return nil }
        if let found = Choice(rawValue: text) { return found }
        let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        throw Flaw("\(place): \(key) '\(text)', known are \(known)")
    }

    private static func instrumentClass(_ name: String) throws -> InstrumentClass {
        if let found = InstrumentClass(name: name) { return found }
        let known = InstrumentClass.allCases.map(\.name).joined(separator: ", ")
        throw Flaw("class '\(name)', known are \(known)")
    }

    private static func day(_ text: String) throws -> TradingDay {
        guard let day = TradingDay(text) else { throw Flaw("'\(text)' is no date YYYY-MM-DD") }
        return day
    }

    private static func span(_ texts: [String]) throws -> ClosedRange<Int> {
        let seconds = texts.compactMap(second)
        guard texts.count == 2, seconds.count == 2, seconds[0] <= seconds[1] else {
            throw Flaw("\(texts) are no two times HH:MM:SS, the first and the last second")
        }
        return seconds[0]...seconds[1]
    }

    private static func second(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        guard text.utf8.count == 8, parts.count == 3, let hour = parts[0], let minute = parts[1],
            let second = parts[2], (0...23).contains(hour), (0...59).contains(minute),
            (0...59).contains(second)
        else { return nil }
        return hour * 3600 + minute * 60 + second
    }

    private static func words(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context):
            let place = (context.codingPath.map(\.stringValue) + [key.stringValue]).joined(separator: ".")
            return "'\(place)' is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "wrong value at '\(context.codingPath.map(\.stringValue).joined(separator: "."))'"
        default: return "it is not JSON"
        }
    }
}
