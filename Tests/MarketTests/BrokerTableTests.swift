import Market
import Testing

@Suite("Broker table")
struct BrokerTableTests {
    private let day = TradingDay("2026-02-10")!

    @Test("the first edition has 92 brokers: 12 retail, 18 foreign, 62 institutions")
    func firstEdition() {
        let rows = BrokerTable.firstEdition
        #expect(rows.count == 92 && Set(rows.map(\.code)).count == 92)
        let counts = BrokerCategory.allCases.map { category in rows.count { $0.category == category } }
        #expect(counts == [12, 18, 62, 0])
        let table = BrokerTable()
        #expect(table.category(of: BrokerCode("CC")!, on: day) == .retail)
        #expect(table.category(of: BrokerCode("BK")!, on: day) == .foreign)
        #expect(table.category(of: BrokerCode("MG")!, on: day) == .institution)
        #expect(table.category(of: BrokerCode("ML")!, on: day) == nil)
        #expect(table.parameters.isEmpty)
    }

    @Test("a row counts from its first day until a later one does, before the first edition's")
    func dated() {
        let code = BrokerCode("CC")!
        let table = BrokerTable(adding: [
            .init(code: code, category: .foreign, firstDay: TradingDay("2026-02-11")),
            .init(code: code, category: .government, firstDay: TradingDay("2026-02-09")),
        ])
        let days = ["2026-02-08", "2026-02-09", "2026-02-10", "2026-02-11", "2030-01-01"]
        let found = days.map { table.category(of: code, on: TradingDay($0)!) }
        #expect(found == [.retail, .government, .government, .foreign, .foreign])
        #expect(table.parameters == "CC=foreign@2026-02-11 CC=government@2026-02-09")
    }

    @Test("of two rows for the same days the later given counts, also against the first edition")
    func same() {
        let code = BrokerCode("CC")!
        let rows: [BrokerTable.Row] = [
            .init(code: code, category: .foreign), .init(code: code, category: .government),
        ]
        #expect(BrokerTable(adding: rows).category(of: code, on: day) == .government)
        #expect(BrokerTable(adding: rows.reversed()).category(of: code, on: day) == .foreign)
    }

    @Test("a document's type contradicts other categories; Lokal is said of retail and institutions")
    func contradictions() {
        func contradicted(_ type: String) -> [BrokerCategory] {
            BrokerCategory.allCases.filter { BrokerKind(type: type)!.contradicts($0) }
        }
        #expect(contradicted("Asing") == [.retail, .institution, .government])
        #expect(contradicted("BROKER_TYPE_GOVERNMENT") == [.retail, .foreign, .institution])
        #expect(contradicted("Lokal") == [.foreign, .government])
        #expect(BrokerKind(type: "") == nil && BrokerKind(type: "asing") == nil)
    }

    @Test("codes are 1 to 8 printable characters, in the order of their text")
    func codes() {
        for text in ["", "A B", "A,B", "ABCDEFGHI", "\u{e9}"] { #expect(BrokerCode(text) == nil, "\(text)") }
        let texts = ["A", "AB", "ABCDEFGH", "B", "XX", "YP"]
        #expect(texts.map { BrokerCode($0)!.description } == texts)
        #expect(texts.reversed().map { BrokerCode($0)! }.sorted().map(\.description) == texts)
    }
}
