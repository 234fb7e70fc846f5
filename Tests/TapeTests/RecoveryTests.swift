import Market
import TestSupport
import Testing

@testable import Tape

/// What a writer makes of a day that was not closed in good order.
@Suite struct RecoveryTests {
    private let acknowledged = TestTape.payloads(3, size: 21)
    private let above = TestTape.payloads(3, size: 30, from: 3)

    /// A day in which the mark stands below the last frames, as after a power cut before it was written.
    private func interrupted() throws -> (test: TestTape, mark: Int) {
        let test = try TestTape.made()
        let writer = try test.writer()
        for payload in acknowledged { try StoredMessage(payload).append(to: writer, TestTape.monday) }
        try writer.commit(try #require(writer.takeGroup()))
        let (mark, size) = (
            test.disk.content(test.path("mark"))!, test.disk.content(test.segmentPath(0))!.count
        )
        for payload in above { try StoredMessage(payload).append(to: writer, TestTape.monday) }
        try writer.commit(try #require(writer.takeGroup()))
        test.disk.kill()
        test.disk.damage(test.path("mark")) { $0 = mark }
        return (test, size)
    }

    @Test("a tail cut at any byte above the mark loses only the frame that is not whole")
    func cutAbove() throws {
        let (whole, mark) = try interrupted()
        let bytes = whole.disk.content(whole.segmentPath(0))!
        let ends = (0...3).map { mark + $0 * Frame.paddedSize(payloadSize: 30) }
        #expect(ends.last == bytes.count)
        for size in mark...bytes.count {
            let test = TestTape(whole.disk.copy())
            test.disk.damage(test.segmentPath(0)) { $0 = Array(bytes[..<size]) }
            #expect(try test.read().payloads == acknowledged)
            let kept = ends.lastIndex { $0 <= size }!
            let expected = acknowledged + above[..<kept]
            let writer = try test.writer()
            #expect(try writer.nextNumber(of: TestTape.monday) == UInt64(expected.count))
            #expect(try test.read().payloads == expected, "cut at \(size)")
            try StoredMessage([9]).append(to: writer, TestTape.monday)
            try writer.close()
            var tail = Array(bytes[ends[kept]..<size])
            while tail.last == 0 { tail.removeLast() }
            #expect(test.disk.content(test.path("0000000000000000.broken")) == (tail.isEmpty ? nil : tail))
            let remark =
                "\(tail.count) bytes of a torn tail were kept in \(test.path("0000000000000000.broken"))"
            #expect(writer.recoveryRemarks == (tail.isEmpty ? [] : [remark]))
            #expect(Array(test.disk.content(test.segmentPath(0))!) == Array(bytes[..<ends[kept]]))
            let content = try test.read()
            #expect(content.payloads == expected + [[9]] && content.damages.isEmpty, "cut at \(size)")
            let segments = try test.tape.segments(of: TestTape.stream, on: TestTape.monday)
            #expect(segments == [0, UInt64(expected.count)])
        }
    }

    @Test("the bytes of a torn tail are kept through any power cut during recovery")
    func brokenIsDurable() throws {
        let (whole, mark) = try interrupted()
        let size = mark + 50
        whole.disk.damage(whole.segmentPath(0)) { $0.removeLast($0.count - size) }
        let bytes = whole.disk.content(whole.segmentPath(0))!
        for nth in 1...40 {
            for ends in [[false, true], [true, true], [false, false, true]] {
                let test = TestTape(whole.disk.copy())
                for isCut in ends {
                    test.disk.arm(FaultyDisk.Fault(nil, nth: nth, code: 5, isForEver: true))
                    _ = try? test.write([[1]])
                    if isCut { test.disk.crash(.nothing) } else { test.disk.kill() }
                }
                let segment = test.disk.content(test.segmentPath(0))!
                let broken = try test.disk.list(test.path("").dropLast().description)
                    .filter { $0.hasSuffix(".broken") }.map { test.disk.content(test.path($0))! }
                #expect(segment == bytes || broken.contains(Array(bytes[mark...])), "change \(nth), \(ends)")
            }
        }
    }

    @Test("a segment cut below the mark is reported exactly and never written to")
    func cutBelow() throws {
        let whole = try TestTape.made()
        try whole.write(acknowledged)
        let bytes = whole.disk.content(whole.segmentPath(0))!
        let frame = Frame.paddedSize(payloadSize: 21)
        for size in 0..<bytes.count {
            let test = TestTape(whole.disk.copy())
            test.disk.damage(test.segmentPath(0)) { $0 = Array(bytes[..<size]) }
            let left = max(0, size - SegmentHeader.size) / frame
            let content = try test.read()
            #expect(content.payloads == Array(acknowledged[..<left]), "cut at \(size)")
            #expect(content.damages.map(\.lost) == [UInt64(left)..<3], "cut at \(size)")
            #expect(content.endNumber == 3)

            try test.write([[7], [8]])
            #expect(test.disk.content(test.segmentPath(0)) == Array(bytes[..<size]))
            let later = try test.read()
            #expect(later.payloads == acknowledged[..<left] + [[7], [8]], "cut at \(size)")
            #expect(later.numbers.suffix(2) == [3, 4])
            #expect(later.damages.map(\.lost) == [UInt64(left)..<3], "cut at \(size)")
        }
    }

    @Test("a writer tells what it meets damaged, once, and says nothing of a day in order")
    func remarks() throws {
        let whole = try TestTape.made()
        try whole.write(acknowledged, segmentSizeMax: 128 + 2 * 56)
        func remarks(_ test: TestTape) throws -> [String] {
            let writer = try test.writer()
            _ = try writer.nextNumber(of: TestTape.monday)
            _ = try writer.nextNumber(of: TestTape.monday)
            try writer.close()
            return writer.recoveryRemarks
        }
        #expect(try remarks(TestTape(whole.disk.copy())) == [])
        let path = whole.segmentPath(2)
        let short = TestTape(whole.disk.copy())
        short.disk.damage(path) { $0.removeLast() }
        #expect(try remarks(short) == ["\(path) ends at byte 183 of 184 acknowledged ones; restore it"])
        let gone = TestTape(whole.disk.copy())
        gone.disk.vanish(path)
        #expect(try remarks(gone) == ["\(path) is missing, with acknowledged messages; restore it"])
        let torn = TestTape(whole.disk.copy())
        torn.disk.damage(torn.path("mark")) { $0[10] ^= 1 }
        let mark = torn.path("mark")
        #expect(try remarks(torn) == ["half of \(mark) is torn or damaged; the other half was used"])
    }

    @Test("recovering again and again on a full disk leaves no partial copies")
    func fullDisk() throws {
        let (test, mark) = try interrupted()
        test.disk.damage(test.segmentPath(0)) { $0.removeLast($0.count - mark - 50) }
        let before = try test.disk.list(test.path("").dropLast().description)
        for nth in [1, 1, 1] {
            test.disk.arm(FaultyDisk.Fault(.write, nth: nth, code: 28, isForEver: true))
            let writer = try test.writer()
            #expect(throws: TapeError.self) { try writer.nextNumber(of: TestTape.monday) }
            writer.abandon()
            #expect(try test.disk.list(test.path("").dropLast().description) == before)
        }
        test.disk.arm(nil)
        try test.write([[1]])
        let files = try test.disk.list(test.path("").dropLast().description)
        #expect(files.count { $0.contains("broken") } == 1)
        #expect(test.disk.content(test.path("0000000000000000.broken"))?.count == 50)
    }

    @Test("a damaged mark stops the writer, which changes nothing, and not the reader")
    func unreadableMark() throws {
        let test = try TestTape.made()
        try test.write(acknowledged, segmentSizeMax: 200)
        test.disk.damage(test.path("mark")) {
            $0[10] ^= 1
            $0[522] ^= 1
        }
        let before = try test.disk.list(test.path("").dropLast().description).map {
            test.disk.content(test.path($0))
        }
        #expect(throws: TapeError.self) { try test.write([[7]]) }
        let after = try test.disk.list(test.path("").dropLast().description).map {
            test.disk.content(test.path($0))
        }
        #expect(before == after)
        let content = try test.read()
        #expect(content.payloads == acknowledged)
        #expect(content.damages.map(\.kind) == [.mark])
    }

    @Test("a mark that was cut off, beside segments, is damaged and not new")
    func shortMark() throws {
        for size in [0, 1, 64, 511, 600] {
            let test = try TestTape.made()
            try test.write(acknowledged)
            test.disk.damage(test.path("mark")) { $0 = [UInt8](repeating: 0, count: size) }
            #expect(throws: TapeError.self) { try test.write([[7]]) }
            #expect(try test.read().damages.map(\.kind) == [.mark])
        }
    }

    @Test("a mark file left unmade, in any part, is made when there is no segment yet")
    func unmadeMark() throws {
        let test = try TestTape.made()
        let writer = try test.writer()
        _ = try writer.nextNumber(of: TestTape.monday)
        writer.abandon()
        let bytes = test.disk.content(test.path("mark"))!
        for size in [0, 1, 30, 59, 62, 64, 500, 1024] {
            for isHead in [true, false] {
                let one = TestTape(test.disk.copy())
                one.disk.damage(one.path("mark")) { content in
                    let part = isHead ? bytes[..<size] : bytes[(1024 - size)...]
                    content = isHead ? Array(part) : [UInt8](repeating: 0, count: 1024 - size) + part
                }
                try one.write([[7]])
                #expect(try one.read().payloads == [[7]])
            }
        }
    }

    @Test("when the newer slot of a mark is damaged the reader says so and the writer finds all frames")
    func newerSlot() throws {
        let test = try TestTape.made()
        try test.write(acknowledged)
        try test.write(above, segmentSizeMax: 200)
        let mark = test.disk.content(test.path("mark"))!
        let newer = mark[8] > mark[520] ? 0 : 512
        for offset in [newer + 8, newer + 24, newer + 44, newer + 63] {
            let one = TestTape(test.disk.copy())
            one.disk.damage(one.path("mark")) { $0[offset] ^= 4 }
            #expect(try one.read().damages.map(\.kind) == [.mark])
            try one.write([[7]])
            let content = try one.read()
            #expect(content.payloads == acknowledged + above + [[7]] && content.damages.isEmpty)
        }
    }

    @Test("a foreign segment above the mark is set aside and kept")
    func foreignSegment() throws {
        let test = try TestTape.made()
        try test.write(acknowledged)
        try test.write(above, to: TestTape.tuesday)
        let foreign = test.disk.content(test.segmentPath(0, TestTape.tuesday))!
        test.disk.damage(test.segmentPath(3)) { $0 = foreign }
        try test.write([[7]])
        #expect(try test.read().payloads == acknowledged + [[7]])
        var kept = foreign
        while kept.last == 0 { kept.removeLast() }
        #expect(test.disk.content(test.path("0000000000000003.broken")) == kept)
    }

    @Test("a whole segment of the same number that continues another beginning is not taken over")
    func otherBeginning() throws {
        let other = try TestTape.made()
        try other.write(TestTape.payloads(3, size: 21, from: 50) + above, segmentSizeMax: 128 + 3 * 56)
        let test = try TestTape.made()
        try test.write(acknowledged)
        let foreign = try #require(other.disk.content(other.segmentPath(3)))
        test.disk.damage(test.segmentPath(3)) { $0 = foreign }
        try test.write([[7]])
        let content = try test.read()
        #expect(content.payloads == acknowledged + [[7]] && content.damages.isEmpty)
    }
}
