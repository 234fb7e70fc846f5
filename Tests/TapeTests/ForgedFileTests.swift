import Platform
import TestSupport
import Testing

@testable import Tape

/// Files whose checksums are right and whose content no program writes.
@Suite struct ForgedFileTests {
    @Test(
        "a ledger entry that lacks what its kind has stops the writer",
        arguments: [
            "begin 1", "begin 1 - auto", "range 1 2026-02-09", "range 1 today 5", "cut", "end 1 5 0 a 1",
            "end 1 x 0 a 1 -", "begin x - auto 0", "begin 0 - auto 0", "begin 9223372036854775807 - auto 0",
        ])
    func ledgerEntry(entry: String) throws {
        let test = try TestTape.made()
        try test.write([[1]])
        let hex = String(Array(entry.utf8).withUnsafeBytes { CRC32C.checksum($0) }, radix: 16)
        let line = String(repeating: "0", count: 8 - hex.count) + "\(hex) \(entry)\n"
        test.disk.damage("/tape/idx.trades/ledger") { $0 += Array(line.utf8) }
        #expect(throws: TapeError.self) { try test.writer() }
    }

    @Test("a range of the ledger that runs backwards is none")
    func backwardRange() {
        #expect(LedgerRange("2026-02-09:5-4") == nil)
        #expect(LedgerRange("2026-02-09:5-5") != nil)
    }

    @Test(
        "a mark that no writer has written is damaged",
        arguments: [
            Mark(writeCount: 1, segmentFirstNumber: 9, offset: 200, nextNumber: 8),
            Mark(writeCount: 1, segmentFirstNumber: 0, offset: 127, nextNumber: 8),
            Mark(writeCount: 1, segmentFirstNumber: 0, offset: 200, nextNumber: .max),
            Mark(writeCount: .max - 1, segmentFirstNumber: 0, offset: 200, nextNumber: 8),
        ])
    func mark(mark: Mark) throws {
        let test = try TestTape.made()
        try test.write([[1], [2]])
        test.disk.damage(test.path("mark")) { $0 = [UInt8](repeating: 0, count: Mark.fileSize) }
        let file = try test.disk.open(test.path("mark"), .update)
        var mark = mark
        try mark.write(to: file)
        file.close()
        #expect(try test.read().damages.contains { $0.kind == .mark })
        let writer = try test.writer()
        defer { writer.abandon() }
        #expect(throws: TapeError.self) { try writer.nextNumber(of: TestTape.monday) }
    }

    @Test("nothing is appended to a sealed day whose mark is gone, or stands before what is sealed")
    func markBehindSeal() throws {
        let test = try TestTape.made()
        try test.write([[1], [2]])
        let older = test.disk.content(test.path("mark"))!
        try test.write([[3]])
        _ = try SealTests.seal(test).run()
        _ = try SealTests.prune(test).run(reallyRemove: true)
        for content in [nil, older] {
            test.disk.vanish(test.path("mark"))
            if let content { test.disk.damage(test.path("mark")) { $0 = content } }
            let writer = try test.writer()
            #expect(throws: TapeError.self) { try writer.nextNumber(of: TestTape.monday) }
            writer.abandon()
            #expect(test.disk.content(test.path("mark")) == content)
            let read = try test.read()
            #expect(read.payloads == [[1], [2], [3]] && read.endNumber == 3)
            #expect(content != nil || read.damages.map(\.kind) == [.mark])
        }
    }

    @Test("an index that says what no program writes is refused before memory is taken for it")
    func index() throws {
        let test = try TestTape.made()
        try test.write([[1], [2]])
        _ = try SealTests.seal(test).run()
        let good = try SealedFile.readIndex(test.disk.open(test.path("day.tape"), .read))
        let changes: [(inout SealedIndex) -> Void] = [
            { $0.messageCount = 3 },
            { $0.blocks[0].firstNumber = 1 },
            { $0.blocks[0].messageCount = .max },
            { $0.blocks[0].payloadSize = .max },
            { $0.blocks[0].columns[0].rawSize = .max },
            { $0.blocks[0].columns[0].storedSize = .max },
            { $0.blocks[0].columns[0].offset = .max },
            { $0.blocks[0].columns[0].offset = 15 },
            { $0.blocks.append($0.blocks[0]) },
        ]
        for (number, change) in changes.enumerated() {
            var index = good
            change(&index)
            test.disk.damage(test.path("day.tape")) { bytes in
                let offset = bytes.count - SealedFile.trailerSize - good.encoded().count
                bytes = bytes[..<offset] + index.encoded()
                bytes += SealedFile.trailer(indexOffset: UInt64(offset), index: index.encoded())
            }
            #expect(throws: TapeError.self, "change \(number)") { try test.read() }
            test.disk.damage(test.path("day.tape")) { bytes in
                let offset = bytes.count - SealedFile.trailerSize - index.encoded().count
                bytes = bytes[..<offset] + good.encoded()
                bytes += SealedFile.trailer(indexOffset: UInt64(offset), index: good.encoded())
            }
        }
        #expect(try test.read().payloads == [[1], [2]])
    }
}
