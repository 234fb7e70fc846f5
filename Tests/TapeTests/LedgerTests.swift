import Market
import TestSupport
import Testing

@testable import Tape

@Suite struct LedgerTests {
    private let monday = TestTape.monday
    private let digest = SourceDigest(
        size: 1234, crc: 0x00AB_CDEF, sha256: String(repeating: "0f", count: 32), messages: 17,
        openMessage: nil)

    private func made() throws -> TestTape {
        let test = try TestTape.made()
        try test.writer().close()
        return test
    }

    private func open(_ test: TestTape) throws -> Ledger {
        try Ledger.open(tape: test.tape, stream: TestTape.stream)
    }

    private let path = "/tape/idx.trades/ledger"

    @Test("a finished import is remembered with its bytes and ranges")
    func finished() throws {
        let test = try made()
        let ledger = try open(test)
        let (id, begin) = ledger.begin(date: monday, layout: "auto", continuing: nil)
        try ledger.append([begin, "range \(id) \(monday) 5"])
        #expect(ledger.unsettled.map(\.id) == [id])
        try ledger.append(["end \(id) \(digest.words) \(monday):5-9 \(monday):9-22"])
        ledger.close()
        for ledger in [ledger, try open(test)] {
            #expect(ledger.unsettled.isEmpty)
            let entry = try #require(ledger.entries.first)
            #expect(ledger.entries.count == 1)
            #expect(
                entry.id == id && entry.date == monday && entry.layout == "auto" && entry.digest == digest)
            #expect(entry.ranges == [LedgerRange(day: monday, first: 5, end: 22)])
        }
        #expect(try open(test).begin(date: nil, layout: "auto", continuing: nil).id == id + 1)
    }

    @Test("a ledger cut at any byte keeps its whole lines and goes on behind them")
    func torn() throws {
        let test = try made()
        let ledger = try open(test)
        for index in 1...3 {
            let (id, begin) = ledger.begin(date: nil, layout: "lines", continuing: nil)
            try ledger.append([begin, "range \(id) \(monday) \(index)"])
            try ledger.append(["end \(id) \(digest.words) \(monday):\(index)-9"])
        }
        let bytes = test.disk.content(path)!
        for size in 0...bytes.count {
            let one = TestTape(test.disk.copy())
            one.disk.damage(path) { $0 = Array(bytes[..<size]) }
            // As an earlier version leaves it; with a mark, what is below it is not torn.
            one.disk.vanish("\(path).mark")
            let whole = bytes[..<size].count { $0 == 0x0A }
            let ledger = try open(one)
            #expect(ledger.entries.count == (whole + 1) / 2, "cut at \(size)")
            #expect(ledger.entries.filter { $0.digest != nil }.count == whole / 2, "cut at \(size)")
            #expect(ledger.unsettled.count == whole % 2, "cut at \(size)")
            let kept = bytes[..<size].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
            #expect(one.disk.content(path) == Array(bytes[..<kept]))
            let (id, begin) = ledger.begin(date: nil, layout: "auto", continuing: nil)
            try ledger.append([begin])
            ledger.close()
            #expect(try open(one).entries.last?.id == id)
        }
    }

    /// A ledger of three finished imports, of six lines.
    private func three() throws -> TestTape {
        let test = try made()
        let ledger = try open(test)
        for index in 1...3 {
            let (id, begin) = ledger.begin(date: nil, layout: "lines", continuing: nil)
            try ledger.append([begin, "range \(id) \(monday) \(index)"])
            try ledger.append(["end \(id) \(digest.words) \(monday):\(index)-9"])
        }
        ledger.close()
        return test
    }

    @Test("a damaged line of the ledger stops the writer, which changes nothing and names it")
    func damagedLine() throws {
        let whole = try three()
        let bytes = whole.disk.content(path)!
        for offset in bytes.indices.dropLast() {
            let test = TestTape(whole.disk.copy())
            test.disk.damage(path) { $0[offset] ^= 0x11 }
            let damaged = test.disk.content(path)!
            let number = bytes[..<offset].count { $0 == 0x0A } + 1
            let error = #expect(throws: TapeError.self) { try test.writer() }
            #expect("\(error!)".contains("\(path) ") && "\(error!)".contains("line \(number) is damaged"))
            #expect(test.disk.content(path) == damaged, "byte \(offset)")
        }
        // Zeros, as a torn write leaves them, but with lines behind them.
        let test = TestTape(whole.disk.copy())
        test.disk.damage(path) { for index in 12..<20 { $0[index] = 0 } }
        #expect(throws: TapeError.self) { try test.writer() }
    }

    @Test("a last line of which any part is missing is torn and cut")
    func tornLast() throws {
        let whole = try three()
        let bytes = whole.disk.content(path)!
        let start = bytes.dropLast().lastIndex(of: 0x0A)! + 1
        for offset in start..<bytes.count {
            for isHead in [true, false] {
                let test = TestTape(whole.disk.copy())
                let lost = isHead ? start..<(offset + 1) : offset..<bytes.count
                test.disk.damage(path) { for index in lost { $0[index] = 0 } }
                #expect(throws: TapeError.self) { try test.writer() }
                test.disk.vanish("\(path).mark")
                try test.writer().close()
                #expect(Array(test.disk.content(path)!.prefix(start)) == Array(bytes[..<start]))
                #expect(try open(test).entries.count == 2)
            }
        }
    }

    @Test("a ledger that is gone from beside messages stops the writer")
    func missing() throws {
        let test = try TestTape.made()
        try test.write(TestTape.payloads(2))
        test.disk.vanish(path)
        let error = #expect(throws: TapeError.self) { try test.writer() }
        #expect("\(error!)".contains("missing"))
        #expect(test.disk.content(path) == nil)
        try test.tape.disk.remove(test.segmentPath(0))
        try test.writer().close()
    }

    @Test("a line whose sync failed is not believed by the next run")
    func failedSync() throws {
        let test = try made()
        let ledger = try open(test)
        let (_, begin) = ledger.begin(date: nil, layout: "auto", continuing: nil)
        test.disk.arm(FaultyDisk.Fault(.syncData, nth: 1, code: 5))
        #expect(throws: (any Error).self) { try ledger.append([begin]) }
        #expect(ledger.entries.isEmpty)
        test.disk.kill()
        #expect(try open(test).entries.isEmpty)
        test.disk.crash(.everything)
        #expect(try open(test).entries.isEmpty)
    }

    @Test("an import that was killed is settled with what it left, and one that left nothing is forgotten")
    func settled() throws {
        let test = try made()
        let writer = try test.writer()
        for payload in TestTape.payloads(4) { try StoredMessage(payload).append(to: writer, monday) }
        try writer.commit(try #require(writer.takeGroup()))
        let killed = SourceImport(writer: writer, date: nil, layout: "auto", continuing: nil)
        for payload in TestTape.payloads(3) {
            try payload.withUnsafeBytes { raw in
                try killed.append(StoredMessage.raw(raw), to: monday)
                try killed.append(StoredMessage.raw(raw), to: TestTape.tuesday)
            }
        }
        try writer.commit(try #require(writer.takeGroup()))
        let nothing = SourceImport(writer: writer, date: nil, layout: "lines", continuing: nil)
        _ = nothing
        test.disk.kill()

        let next = try test.writer()
        #expect(next.ledger.unsettled.isEmpty)
        #expect(next.ledger.entries.map(\.layout) == ["auto"])
        #expect(next.ledger.entries[0].digest == nil)
        #expect(
            next.ledger.entries[0].ranges == [
                LedgerRange(day: monday, first: 4, end: 7),
                LedgerRange(day: TestTape.tuesday, first: 0, end: 3),
            ])
        try next.close()
    }

    @Test("continuing an import takes its ranges over and replaces it")
    func continued() throws {
        let test = try made()
        let writer = try test.writer()
        let first = SourceImport(writer: writer, date: nil, layout: "auto", continuing: nil)
        _ = try [UInt8](repeating: 1, count: 9).withUnsafeBytes {
            try first.append(StoredMessage.raw($0), to: monday)
        }
        try writer.commit(try #require(writer.takeGroup()))
        try first.end(digest)
        try writer.commit(try #require(writer.takeGroup()))
        let entry = try #require(writer.ledger.entries.first)
        let second = SourceImport(writer: writer, date: nil, layout: "auto", continuing: entry)
        _ = try [UInt8](repeating: 2, count: 9).withUnsafeBytes {
            try second.append(StoredMessage.raw($0), to: monday)
        }
        try writer.commit(try #require(writer.takeGroup()))
        try second.end(digest)
        try writer.close()
        let ledger = try open(test)
        #expect(ledger.entries.count == 1)
        #expect(ledger.entries[0].id == entry.id + 1)
        #expect(ledger.entries[0].ranges == [LedgerRange(day: monday, first: 0, end: 2)])
    }

    @Test("ranges are joined where they touch, sorted, and dropped where they are empty")
    func merging() throws {
        func range(_ day: TradingDay, _ first: UInt64, _ end: UInt64) -> LedgerRange {
            LedgerRange(day: day, first: first, end: end)
        }
        let next = TestTape.tuesday
        #expect(LedgerRange.merged([]).isEmpty)
        #expect(
            LedgerRange.merged([
                range(next, 0, 4), range(monday, 7, 9), range(monday, 9, 9), range(monday, 2, 7),
                range(monday, 12, 13),
            ]) == [range(monday, 2, 9), range(monday, 12, 13), range(next, 0, 4)])
        for text in ["2026-02-09:0-1", "2026-02-09:5-18446744073709551615"] {
            #expect(LedgerRange(text)?.description == text)
        }
        for text in [
            "", ":", "2026-02-09", "2026-02-30:0-1", "2026-02-09:1", "2026-02-09:a-b", "2026-02-09:1-2-3",
        ] {
            #expect(LedgerRange(text) == nil)
        }
    }
}
