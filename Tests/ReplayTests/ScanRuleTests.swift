import Market
import Projections
import Testing

@testable import Replay
@testable import Tape

/// Each rule for trades fires where it should, and only there.
@Suite struct ScanRuleTests {
    private static let trades = try! StreamName("idx.trades")
    private static let broksum = try! StreamName("idx.broksum")
    private static let tuesday = TradingDay("2026-02-10")!
    private static let mend = Mend(tape: "tape")

    /// A whole session: ten trades a minute, every sequence number once.
    private func session(_ day: TradingDay = tuesday) -> [CoverageMinute] {
        let schedule = TradingCalendar.idx.schedule(of: day)
        var next: UInt64 = 1
        return [schedule.morning, schedule.afternoon].flatMap { session in
            (session.lowerBound / 60...(session.upperBound / 60)).map { minute in
                var row = CoverageMinute(minute: minute)
                (row.messages, row.trades, row.sequences) = (10, 10, 10)
                (row.firstSequence, row.lastSequence) = (next, next + 9)
                next += 10
                return row
            }
        }
    }

    private func fired(
        _ rows: [CoverageMinute], day: TradingDay = tuesday, stream: StreamName = trades, symbols: Int? = 200,
        isOver: Bool = true, settings: RuleSettings = RuleSettings()
    ) -> Set<String> {
        let findings = DayRules(settings: settings, mend: Self.mend).findings(
            DayFacts(stream: stream, day: day, coverage: rows, symbolCount: symbols, isOver: isOver))
        return Set(findings.map(\.rule))
    }

    @Test("a whole session breaks no rule, nor does a day that is not over, or of another market")
    func whole() throws {
        #expect(fired(session()) == [])
        let part = Array(session().prefix(3))
        #expect(fired(part, isOver: false) == [])
        #expect(fired(part, stream: try StreamName("crypto.trades")) == [])
        #expect(fired([], symbols: 0) == [])
    }

    @Test("an hour without trades, few minutes and few symbols are told")
    func completeness() {
        let withoutTen = session().filter { $0.minute / 60 != 10 }
        #expect(fired(withoutTen) == ["hours.empty", "sequence.gap"])
        let sparse = session().filter { $0.minute % 3 == 0 }
        #expect(fired(sparse) == ["minutes.sparse", "sequence.gap"])
        #expect(fired(session(), symbols: 49) == ["symbols.few"])
        #expect(fired(session(), symbols: 50) == [])
    }

    @Test("gaps and falls of the sequence are told")
    func sequences() {
        var rows = session()
        rows[5].sequences = 9
        #expect(fired(rows) == ["sequence.gap"])
        rows = session()
        rows[9].firstSequence = 3
        #expect(fired(rows) == ["sequence.order"])
    }

    @Test("what is undecodable, double, conflicting and stale is told above its limit")
    func quality() {
        func with(_ change: (inout CoverageMinute) -> Void) -> Set<String> {
            var rows = session()
            change(&rows[0])
            return fired(rows)
        }
        #expect(with { ($0.undecodable, $0.messages) = (100, 110) } == ["undecodable.share"])
        #expect(with { ($0.undecodable, $0.messages) = (5, 15) } == [])
        #expect(with { $0.duplicates = 100 } == ["duplicates.share"])
        #expect(with { $0.duplicates = 5 } == [])
        #expect(with { $0.conflicts = 1 } == ["conflicts"])
        #expect(with { $0.stale = 100 } == ["stale.share"])
        #expect(with { $0.stale = 5 } == [])
    }

    @Test("trades of a day without trading are told, of an unknown year they are not")
    func closed() {
        #expect(fired(session(), day: TradingDay("2026-02-08")!) == ["calendar.closed"])
        #expect(fired(Array(session().prefix(2)), day: TradingDay("2019-02-08")!, symbols: 3) == [])
    }

    private func found(_ stream: StreamName, _ days: [TradingDay], trades: [String] = []) -> [String] {
        StreamRules(settings: RuleSettings(), mend: Self.mend).findings(
            stream, days, trades: trades.map { TradingDay($0)! }, isWanted: { _ in true }
        ).map { "\($0.rule) \($0.day ?? "-")" }
    }

    @Test("missing days are told between the first and the last, and days without summaries")
    func days() {
        let (friday, monday) = (TradingDay("2026-02-06")!, TradingDay("2026-02-09")!)
        #expect(found(Self.trades, [friday, monday, Self.tuesday]) == [])
        #expect(found(Self.trades, [friday, Self.tuesday]) == ["calendar.missing 2026-02-09"])
        #expect(found(Self.trades, [Self.tuesday]) == [])
        #expect(
            found(Self.broksum, [Self.tuesday], trades: ["2026-02-10", "2026-02-11"])
                == ["broksum.missing 2026-02-11", "flow.history -"])
        let month = (0..<28).map { TradingDay("2026-03-02")!.advanced(by: $0) }
        #expect(found(Self.broksum, month) == [])
    }

    @Test("rules can be turned off, and their limits set; a name that is none is refused")
    func settings() {
        var unknown: String?
        let settings = RuleSettings(
            [
                "symbols.few": .init(limit: 10), "hours.empty": .init(enabled: false),
                "sequence.gap": .init(limit: 0.5),
            ],
            unknown: &unknown)
        #expect(unknown == nil)
        #expect(fired(session().filter { $0.minute / 60 != 10 }, symbols: 11, settings: settings) == [])
        #expect(fired(session(), symbols: 9, settings: settings) == ["symbols.few"])
        _ = RuleSettings(["no.such": .init()], unknown: &unknown)
        #expect(unknown == "no.such")
    }

    @Test("slices cover every unit once, and do not depend on anything else")
    func slices() {
        let units = (0..<500).map { ScanUnit.day(Self.trades, TradingDay("2024-01-01")!.advanced(by: $0)) }
        for count in [1, 2, 7, 168] {
            let sizes = (1...count).map { slice in units.filter { $0.slice(of: count) == slice }.count }
            #expect(sizes.reduce(0, +) == units.count)
            #expect(sizes.max()! <= max(20, 2 * units.count / count))
        }
        #expect(ScanUnit.day(Self.trades, Self.tuesday).description == "idx.trades/2026-02-10")
    }

    @Test("a command can be pasted, whatever the path is called")
    func commands() {
        let mend = Mend(tape: "my tape's", store: "a/store")
        #expect(
            mend.salvage(Self.trades, Self.tuesday)
                == "jejak salvage --stream idx.trades --date 2026-02-10 --yes --tape 'my tape'\\''s' --store a/store"
        )
        #expect(Self.mend.replay(Self.tuesday) == "jejak replay --from 2026-02-10 --to 2026-02-10")
    }
}
