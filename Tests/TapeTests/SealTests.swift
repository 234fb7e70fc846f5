import Market
import Platform
import TestSupport
import Testing

@testable import Tape

@Suite struct SealTests {
    /// Messages of all kinds: trade lines of three hours, other text, nothing, bytes.
    static func messages(_ count: Int, from first: Int = 0) -> [StoredMessage] {
        (first..<(first + count)).map { number in
            let payload: [UInt8] =
                switch number % 5 {
                case 0: []
                case 1: Array("{\"a\":\(number)}".utf8)
                case 2: (0..<9).map { UInt8(truncatingIfNeeded: number &* 37 &+ $0 &* 11) }
                default: Array("B|\(9 + min(number / 8, 6))3015|0|BBCA|RG|\(number)|9000|5|AA|BB".utf8)
                }
            return StoredMessage(
                payload, receiveTimeNanos: number % 4 == 0 ? .min : Int64(number) * 1000 + 7,
                channel: UInt16(number / 3), direction: UInt8(number % 2))
        }
    }

    static func write(_ messages: [StoredMessage], _ test: TestTape, _ day: TradingDay = TestTape.monday)
        throws
    {
        let writer = try test.writer(segmentSizeMax: 420)
        for message in messages { try message.append(to: writer, day) }
        try writer.close()
    }

    static func seal(_ test: TestTape, _ day: TradingDay = TestTape.monday) -> Seal {
        Seal(tape: test.tape, stream: TestTape.stream, day: day)
    }

    static func prune(_ test: TestTape) -> Prune {
        Prune(tape: test.tape, stream: TestTape.stream, day: TestTape.monday)
    }

    private func expect(_ messages: [StoredMessage], in test: TestTape, _ day: TradingDay = TestTape.monday)
        throws
    {
        let content = try test.read(day)
        #expect(content.messages == messages)
        #expect(content.numbers == Array(0..<UInt64(messages.count)) && content.damages.isEmpty)
    }

    private func segments(_ test: TestTape) throws -> [UInt64] {
        try test.tape.segments(of: TestTape.stream, on: TestTape.monday)
    }

    @Test("a day comes back from its seal, and late messages before and after pruning follow without holes")
    func wholeLife() throws {
        let test = try TestTape.made()
        let all = SealTests.messages(60)
        try SealTests.write(Array(all[..<30]), test)
        let first = try SealTests.seal(test).run()
        #expect(first.isNew && first.seal.messages == 30 && first.seal.blocks > 1)
        try expect(Array(all[..<30]), in: test)
        let again = try SealTests.seal(test).run()
        #expect(!again.isNew && again.seal == first.seal)

        try SealTests.write(Array(all[30..<40]), test)
        try expect(Array(all[..<40]), in: test)
        let before = try segments(test)
        let dry = try SealTests.prune(test).run(reallyRemove: false)
        #expect(try segments(test) == before)
        let real = try SealTests.prune(test).run(reallyRemove: true)
        #expect(dry.segments == real.segments && dry.bytes == real.bytes && !real.segments.isEmpty)
        #expect(try segments(test) == before.filter { $0 >= 30 })
        try expect(Array(all[..<40]), in: test)

        #expect(try SealTests.seal(test).run().isNew)
        _ = try SealTests.prune(test).run(reallyRemove: true)
        #expect(try segments(test) == [])
        try SealTests.write(Array(all[40...]), test)
        try expect(all, in: test)
        for wanted in [UInt64(0)..<1, 5..<33, 29..<31, 39..<41, 12..<60, 45..<50, 59..<99, 60..<70, 7..<7] {
            let part = try test.read(wanted: wanted)
            let range = Int(wanted.lowerBound)..<Int(wanted.upperBound)
            #expect(part.messages == Array(all[range.clamped(to: 0..<60)]), "\(wanted)")
            #expect(part.numbers == Array(wanted.clamped(to: 0..<60)) && part.damages.isEmpty, "\(wanted)")
        }
        #expect(try SealTests.seal(test).run().seal.number == 3)
        try expect(all, in: test)
    }

    @Test("a segment that was begun behind the mark, and one that is being written, is not pruned")
    func pruneBesideWriter() throws {
        let test = try TestTape.made()
        try SealTests.write(SealTests.messages(20), test)
        _ = try SealTests.seal(test).run()
        test.disk.damage(test.segmentPath(20)) { $0 = [1, 2, 3] }
        #expect(try !SealTests.prune(test).run(reallyRemove: true).segments.isEmpty)
        #expect(try segments(test) == [20])
        test.disk.vanish(test.segmentPath(20))
        let writer = try test.writer()
        try StoredMessage([1]).append(to: writer, TestTape.monday)
        try writer.commit(try #require(writer.takeGroup()))
        _ = try SealTests.seal(test).run()
        #expect(try SealTests.prune(test).run(reallyRemove: true).segments.isEmpty)
        try writer.close()
        #expect(try SealTests.prune(test).run(reallyRemove: true).segments.count == 1)
        #expect(try test.read().messages.count == 21)
    }

    @Test("a day that a killed writer left open is closed, so that prune removes all of it")
    func pruneLeftOpen() throws {
        let test = try TestTape.made()
        let messages = SealTests.messages(20)
        let writer = try test.writer()
        for message in messages { try message.append(to: writer, TestTape.monday) }
        try writer.commit(try #require(writer.takeGroup()))
        test.disk.kill()
        _ = try SealTests.seal(test).run()
        _ = try SealTests.prune(test).run(reallyRemove: true)
        #expect(try segments(test) == [])
        try SealTests.write([StoredMessage([7])], test)
        try expect(messages + [StoredMessage([7])], in: test)
    }

    @Test("a mark that is only in the page cache prunes nothing")
    func pruneAfterFailedMark() throws {
        let test = try TestTape.made()
        let messages = SealTests.messages(20)
        let writer = try test.writer(segmentSizeMax: 420)
        for message in messages[..<10] { try message.append(to: writer, TestTape.monday) }
        try writer.commit(try #require(writer.takeGroup()))
        for message in messages[10...] { try message.append(to: writer, TestTape.monday) }
        // The segment's is the first one.
        test.disk.arm(FaultyDisk.Fault(.syncData, nth: 2, code: 5))
        let group = try #require(writer.takeGroup())
        #expect(throws: TapeError.self) { try writer.commit(group) }
        writer.abandon()
        test.disk.kill()
        _ = try SealTests.seal(test).run()
        _ = try SealTests.prune(test).run(reallyRemove: true)
        test.disk.crash(.nothing)
        try SealTests.write([StoredMessage([7])], test)
        try expect(messages + [StoredMessage([7])], in: test)
    }

    @Test("a writer that was killed behind a pruned day leaves nothing that recovery would call missing")
    func pruneThenKill() throws {
        let test = try TestTape.made()
        let all = SealTests.messages(20)
        try SealTests.write(all, test)
        _ = try SealTests.seal(test).run()
        _ = try SealTests.prune(test).run(reallyRemove: true)
        // What is left of a writer that died between making a segment and marking it.
        let path =
            "\(test.tape.path(of: TestTape.stream, on: TestTape.monday))/\(SegmentFile.name(firstNumber: 20))"
        let file = try test.tape.disk.open(path, .create)
        file.close()
        test.disk.kill()
        let writer = try test.writer()
        #expect(try writer.nextNumber(of: TestTape.monday) == 20)
        #expect(writer.recoveryRemarks.isEmpty)
        try writer.close()
        try expect(all, in: test)
    }

    @Test("seals of three days are chained, also where the chain ends in half a line")
    func chain() throws {
        let test = try TestTape.made()
        let chain = "\(TestTape.root)/\(TestTape.stream)/seals"
        var previous = String(repeating: "0", count: 64)
        for number in 1...3 {
            let day = TestTape.monday.advanced(by: number)
            try SealTests.write(SealTests.messages(number * 5), test, day)
            let seal = try SealTests.seal(test, day).run().seal
            #expect(seal.number == number && seal.previous == previous)
            previous = seal.hash
            #expect(try DaySeal.load(tape: test.tape, stream: TestTape.stream, day: day) == seal)
            let lines = String(decoding: test.disk.content(chain)!, as: UTF8.self).split(separator: "\n")
            #expect(lines.count == number)
            #expect(lines.last! == "\(number) \(day) \(seal.root) \(seal.sealedAt) \(seal.hash)")
            test.disk.damage(chain) { $0 += Array("\(number + 1) 2026".utf8) }
        }
    }

    @Test("what a run that was killed between renaming and day.json has left is finished")
    func finish() throws {
        let test = try TestTape.made()
        try SealTests.write(SealTests.messages(20), test)
        let seal = try SealTests.seal(test).run().seal
        for isLinked in [true, false] {
            test.disk.vanish(test.path("day.json"))
            if !isLinked { test.disk.vanish("\(TestTape.root)/\(TestTape.stream)/seals") }
            #expect(throws: TapeError.self) { try SealTests.prune(test).run(reallyRemove: true) }
            let finished = try SealTests.seal(test).run()
            #expect(!finished.isNew && finished.seal == seal)
        }
        #expect(try !SealTests.prune(test).run(reallyRemove: true).segments.isEmpty)
    }

    @Test("a damaged day is refused and left as it is")
    func damagedDay() throws {
        let test = try TestTape.made()
        try SealTests.write(SealTests.messages(20), test)
        test.disk.damage(test.segmentPath(0)) { $0[$0.count - 12] ^= 4 }
        let before = try test.disk.list(test.path("").dropLast().description)
        let content = before.map { test.disk.content(test.path($0)) }
        #expect(throws: TapeError.self) { try SealTests.seal(test).run() }
        #expect(throws: TapeError.self) { try SealTests.prune(test).run(reallyRemove: true) }
        #expect(try test.disk.list(test.path("").dropLast().description) == before)
        #expect(before.map { test.disk.content(test.path($0)) } == content)
    }

    @Test("the sanity report counts messages by codec and by hour")
    func sanity() throws {
        let test = try TestTape.made()
        let lines = (1...60).map { number in
            let tail = "9000|5|--|-|--|-|9000|\(number)|00|0|0|9000|0|1"
            return "B|\(number > 40 ? "10" : "09")3015|0|BBCA|RG|0000\(number + 9)|\(tail)"
        }
        try SealTests.write(lines.map { StoredMessage(Array($0.utf8)) }, test)
        let seal = try SealTests.seal(test).run().seal
        let content = try #require(test.disk.content(test.path("sanity-info.json")))
        let text = String(decoding: content, as: UTF8.self).filter { !$0.isWhitespace }
        #expect(text.contains("\"messages\":60,") && text.contains("\"root\":\"\(seal.root)\""), "\(text)")
        #expect(text.contains("\"messages_by_codec\":{\"1\":60}"), "\(text)")
        #expect(text.contains("\"messages_by_hour\":{\"09\":40,\"10\":20}"), "\(text)")
    }

    // MARK: Bytes

    private func index(_ blocks: Int) -> SealedIndex {
        SealedIndex(
            stream: TestTape.stream, day: TestTape.monday, scales: .whole, messageCount: 1 << 40,
            rawHash: [UInt8](repeating: 9, count: 32),
            blocks: (0..<blocks).map { block in
                SealedIndex.Block(
                    firstNumber: UInt64(block), messageCount: 7, codec: 3, firstSecond: 1, lastSecond: 2,
                    payloadSize: 99,
                    columns: (0..<(block % 3)).map {
                        SealedIndex.StoredColumn(
                            id: UInt8($0), packing: 2, offset: 16, storedSize: 5, rawSize: 6,
                            hash: [UInt8](repeating: UInt8(block), count: 32))
                    })
            })
    }

    /// RFC 6962 §2.1 by its letter.
    private func tree(_ leaves: ArraySlice<[UInt8]>) -> [UInt8] {
        if leaves.isEmpty { return SHA256.hash(of: []) }
        if leaves.count == 1 { return SHA256.hash(of: [0] + leaves.first!) }
        var half = 1
        while half * 2 < leaves.count { half *= 2 }
        let split = leaves.startIndex + half
        return SHA256.hash(of: [1] + tree(leaves[..<split]) + tree(leaves[split...]))
    }

    @Test("the root is that of RFC 6962, and an index comes back whole or not at all", arguments: 0...9)
    func indexBytes(blocks: Int) {
        let index = index(blocks)
        let bytes = index.encoded()
        // An entry is 31 bytes and 50 per column; the entries end the index.
        var end = bytes.count
        var leaves: [[UInt8]] = []
        for block in index.blocks.reversed() {
            let size = 31 + 50 * block.columns.count
            leaves.insert(Array(bytes[(end - size)..<end]), at: 0)
            end -= size
        }
        #expect(index.root == tree(leaves[...]))
        #expect(bytes.withUnsafeBytes { SealedIndex.decode($0) } == index)
        for size in 0..<bytes.count {
            #expect(bytes[..<size].withUnsafeBytes { SealedIndex.decode($0) } == nil)
        }
        #expect((bytes + [0]).withUnsafeBytes { SealedIndex.decode($0) } == nil)
    }

    @Test("no flipped bit of day.tape goes unseen, and none gives another payload")
    func everyBit() throws {
        let test = try TestTape.made()
        let messages = SealTests.messages(12)
        try SealTests.write(messages, test)
        _ = try SealTests.seal(test).run()
        _ = try SealTests.prune(test).run(reallyRemove: true)
        let path = test.path(SealedFile.name)
        let whole = test.disk.content(path)!
        for bit in 0..<(8 * whole.count) {
            test.disk.damage(path) { $0[bit / 8] ^= 1 << UInt8(bit % 8) }
            if let content = try? test.read() {
                #expect(!content.damages.isEmpty, "bit \(bit)")
                for (number, message) in zip(content.numbers, content.messages) {
                    #expect(message == messages[Int(number)], "bit \(bit)")
                }
            }
            test.disk.damage(path) { $0 = whole }
        }
        for size in 0..<whole.count {
            test.disk.damage(path) { $0 = Array(whole[..<size]) }
            #expect(throws: TapeError.self) { try test.read() }
        }
    }
}
