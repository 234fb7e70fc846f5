import Columns
import Market
import TestSupport
import Testing

@testable import Tape

/// What a salvage makes of a damaged day: whatever could be read under its number, gaps for the rest, and a tape
/// that scans without damage.
@Suite struct SalvageTests {
    /// Reads a day that must be without damage; returns the numbers of its gaps.
    @discardableResult
    private func expectWhole(_ world: ScanWorld, _ count: Int, _ what: String) throws -> [UInt64] {
        let content = try world.test.read()
        #expect(content.damages.isEmpty, "\(what): \(content.damages)")
        #expect(content.numbers == Array(0..<UInt64(count)), "\(what)")
        var gaps: [UInt64] = []
        for (number, message) in zip(content.numbers, content.messages) {
            if message.direction == RawMessage.gapDirection {
                gaps.append(number)
            } else {
                #expect(message.payload == ScanWorld.payload(Int(number)), "\(what): message \(number)")
            }
        }
        return gaps
    }

    private func expectMended(_ world: ScanWorld, _ what: String) throws {
        let left = try world.scan().filter { $0.severity == .damage }
        #expect(left.isEmpty, "\(what): \(left)")
    }

    @Test(
        "a day with any flipped bit of a segment or its mark is mended and loses one message at most",
        arguments: 0..<4)
    func hotBits(part: Int) throws {
        let clean = try ScanWorld()
        let paths = [0, 3, 6].map { clean.test.segmentPath($0) } + [clean.path("mark")]
        for path in paths {
            for bit in stride(
                from: part, to: 8 * clean.test.disk.content(path)!.count,
                by: path.hasSuffix("mark") ? 124 : 44
            ) {
                let world = clean.copy()
                world.test.disk.damage(path) { $0[bit / 8] ^= 1 << UInt8(bit % 8) }
                let what = "bit \(bit) of \(path)"
                let isHeader = bit / 8 < SegmentHeader.size && !path.hasSuffix("mark")
                let report = try world.salvage()
                #expect(report.isNeeded, "\(what)")
                let gaps = try expectWhole(world, 7, what)
                #expect(gaps.count <= (isHeader || path.hasSuffix("mark") ? 0 : 1), "\(what): \(gaps)")
                #expect(report.lost.flatMap { Array($0) } == gaps, "\(what)")
                try expectMended(world, what)
                // The day goes on, and can be sealed.
                try world.add(2, from: 7, to: ScanWorld.monday)
                try world.seal()
                #expect(try expectWhole(world, 9, what) == gaps)
                try expectMended(world, what)
            }
        }
    }

    @Test("a segment whose header is gone altogether loses its first message only")
    func wipedHeader() throws {
        for first in [0, 3] as [UInt64] {
            let world = try ScanWorld()
            world.test.disk.damage(world.test.segmentPath(first)) {
                for index in 0..<128 { $0[index] = 0xA5 }
            }
            #expect(try world.salvage().lost == [first..<(first + 1)])
            #expect(try expectWhole(world, 7, "segment \(first)") == [first])
            try expectMended(world, "segment \(first)")
        }
    }

    @Test("missing and cut segments become gaps, and older copies too", arguments: [0, 3, 6] as [UInt64])
    func missing(first: UInt64) throws {
        let clean = try ScanWorld()
        let path = clean.test.segmentPath(first)
        let world = clean.copy()
        world.test.disk.vanish(path)
        let lost = first..<min(first + 3, 7)
        #expect(try world.salvage().lost == [lost])
        #expect(try expectWhole(world, 7, "without \(first)") == Array(lost))
        try expectMended(world, "without \(first)")
        for size in stride(from: 0, to: clean.test.disk.content(path)!.count, by: 7) {
            let world = clean.copy()
            world.test.disk.damage(path) { $0 = Array($0[..<size]) }
            _ = try world.salvage()
            try expectWhole(world, 7, "\(first) cut to \(size)")
            try expectMended(world, "\(first) cut to \(size)")
        }
    }

    @Test("without its mark a day is saved up to what the ledger knows")
    func noMark() throws {
        for size in [nil, 0, 100, 1024] as [Int?] {
            let world = try ScanWorld()
            if let size {
                world.test.disk.damage(world.path("mark")) { $0 = [UInt8](repeating: 7, count: size) }
            } else {
                world.test.disk.vanish(world.path("mark"))
            }
            world.test.disk.damage(world.test.segmentPath(6)) { $0[140] ^= 1 }
            _ = try world.salvage()
            #expect(try expectWhole(world, 7, "mark of \(size ?? -1)") == [6])
            try expectMended(world, "mark of \(size ?? -1)")
        }
    }

    @Test(
        "a damaged sealed day is saved from its blocks, and from segments that were not pruned",
        arguments: [true, false])
    func sealed(prunes: Bool) throws {
        let clean = try ScanWorld([(ScanWorld.monday, 40)])
        try clean.seal(prunes: prunes)
        let path = clean.path("day.tape")
        let size = clean.test.disk.content(path)!.count
        for byte in stride(from: 0, to: size, by: 23) {
            let world = clean.copy()
            world.test.disk.damage(path) { $0[byte] ^= 0x40 }
            let report = try world.salvage()
            #expect(report.isNeeded && report.setAside.contains("day.tape"), "byte \(byte)")
            let gaps = try expectWhole(world, 40, "byte \(byte)")
            if !prunes { #expect(gaps == [], "byte \(byte)") }
            try expectMended(world, "byte \(byte)")
            try world.seal()
            #expect(try expectWhole(world, 40, "byte \(byte), sealed again") == gaps)
            try expectMended(world, "byte \(byte), sealed again")
        }
    }

    @Test("damage beside a sealed day's columns, and bytes behind its end, cost no message")
    func besideColumns() throws {
        let clean = try ScanWorld([(ScanWorld.monday, 40)])
        try clean.seal(prunes: true)
        let path = clean.path("day.tape")
        let whole = clean.test.disk.content(path)!
        let index = Int(whole[(whole.count - 64)...].prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) })
        for byte in Array(0..<16) + Array(index..<whole.count) where byte < 16 || byte % 7 == 0 {
            let world = clean.copy()
            world.test.disk.damage(path) { $0[byte] ^= 1 << (byte % 8) }
            #expect(try world.salvage().isNeeded, "byte \(byte)")
            #expect(try expectWhole(world, 40, "byte \(byte)") == [], "byte \(byte)")
            try expectMended(world, "byte \(byte)")
        }
        for tail in [[0], [UInt8](repeating: 7, count: 70_000), Array("JEJAKEND".utf8)] {
            let world = clean.copy()
            world.test.disk.damage(path) { $0 += tail }
            #expect(try world.salvage().isNeeded, "\(tail.count) bytes behind the end")
            #expect(try expectWhole(world, 40, "\(tail.count) bytes behind the end") == [])
        }
    }

    @Test(
        "a salvage that is killed at any call is finished by the next one, or by a writer",
        arguments: [false, true])
    func killed(byWriter: Bool) throws {
        let clean = try ScanWorld([(ScanWorld.monday, 12)])
        clean.test.disk.damage(clean.test.segmentPath(3)) { $0[140] ^= 1 }
        let probe = clean.copy()
        let before = probe.test.disk.count(nil)
        _ = try probe.salvage()
        let calls = probe.test.disk.count(nil) - before
        #expect(calls > 10)
        for nth in 1...calls {
            let world = clean.copy()
            world.test.disk.arm(FaultyDisk.Fault(nil, nth: nth, code: 5, isForEver: true))
            #expect(throws: (any Error).self) { try world.salvage() }
            world.test.disk.arm(nil)
            world.test.disk.kill()
            if nth % 2 == 0 { world.test.disk.crash(.nothing) }
            if byWriter {
                let writer = try world.test.writer()
                _ = try writer.nextNumber(of: ScanWorld.monday)
                try writer.close()
            }
            _ = try world.salvage()
            #expect(try expectWhole(world, 12, "call \(nth)") == [3])
            try expectMended(world, "call \(nth)")
        }
    }

    @Test("a torn tail is kept aside by a salvage as by a writer")
    func tornTail() throws {
        let world = try ScanWorld()
        let writer = try world.test.writer()
        try StoredMessage([1, 2, 3]).append(to: writer, ScanWorld.monday)
        try writer.commit(writer.takeGroup()!)
        world.test.disk.kill()
        let last = try world.test.tape.segments(of: ScanWorld.stream, on: ScanWorld.monday).last!
        let mark = world.test.disk.content(world.path("mark"))!
        #expect(mark.count == Mark.fileSize)
        world.test.disk.damage(world.test.segmentPath(last)) { $0 += [0, 0, 0, 0, 1, 2, 3] }
        #expect(try world.scan().filter { $0.rule == "segment.tail" }.count == 1)
        _ = try world.salvage()
        #expect(try world.scan().filter { $0.rule == "segment.tail" }.isEmpty)
        // It still holds what it was killed with.
        withExtendedLifetime(writer) {}
        #expect(try world.test.read().messages.count == 8)
    }
}
