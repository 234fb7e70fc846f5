import TestSupport
import Testing

@testable import Tape

/// What a reader makes of a closed day whose files were changed behind the tape's back.
@Suite struct DamageTests {
    private static let payloads = TestTape.payloads(7, size: 19)

    /// Seven messages in three segments, closed; the segments begin at 0, 3 and 6.
    private static func closed() throws -> TestTape {
        let test = try TestTape.made()
        try test.write(payloads, segmentSizeMax: 128 + 3 * 48)
        return test
    }

    /// Reads a damaged day: whatever is delivered must be what was written under that number.
    private func read(_ test: TestTape, _ what: String) -> DayContent? {
        guard let content = try? test.read() else { return nil }
        for (number, payload) in zip(content.numbers, content.payloads) {
            let expected = Int(number) < Self.payloads.count ? Self.payloads[Int(number)] : nil
            #expect(payload == expected, "\(what) gives a wrong message \(number)")
        }
        #expect(
            zip(content.numbers, content.numbers.dropFirst()).allSatisfy(<), "\(what) gives a number twice")
        return content
    }

    /// What is neither delivered nor reported as lost.
    private func unaccounted(_ content: DayContent) -> [UInt64] {
        (0..<UInt64(Self.payloads.count)).filter { number in
            !content.numbers.contains(number) && !content.damages.contains { $0.lost.contains(number) }
        }
    }

    @Test(
        "every flipped bit of a segment is found, and the messages it costs are named", arguments: [0, 3, 6])
    func flippedSegment(first: UInt64) throws {
        let test = try Self.closed()
        let path = test.segmentPath(first)
        for bit in 0..<(8 * test.disk.content(path)!.count) {
            test.disk.damage(path) { $0[bit / 8] ^= 1 << UInt8(bit % 8) }
            if let content = read(test, "bit \(bit)") {
                #expect(!content.damages.isEmpty, "bit \(bit) is not found")
                #expect(content.damages.allSatisfy { $0.path == path }, "bit \(bit) is found elsewhere")
                #expect(unaccounted(content) == [], "bit \(bit)")
            }
            test.disk.damage(path) { $0[bit / 8] ^= 1 << UInt8(bit % 8) }
        }
        #expect(try test.read().damages.isEmpty)
    }

    @Test("every flipped bit of a mark's slots is found; those between the slots mean nothing")
    func flippedMark() throws {
        let test = try Self.closed()
        let path = test.path("mark")
        let bits = (0..<(8 * Mark.fileSize)).filter { $0 / 8 % 512 < Mark.slotSize || $0 % 13 == 0 }
        for bit in bits {
            test.disk.damage(path) { $0[bit / 8] ^= 1 << UInt8(bit % 8) }
            let content = read(test, "bit \(bit)")
            if bit / 8 % 512 < Mark.slotSize {
                #expect(content?.damages.isEmpty != true, "bit \(bit) is not found")
            } else {
                #expect(content?.damages.isEmpty == true && content?.payloads == Self.payloads, "bit \(bit)")
            }
            test.disk.damage(path) { $0[bit / 8] ^= 1 << UInt8(bit % 8) }
        }
    }

    @Test("a damaged payload costs one message, wherever it stands", arguments: 0..<7)
    func oneMessage(number: Int) throws {
        let test = try Self.closed()
        let offset = 128 + number % 3 * 48 + 30
        test.disk.damage(test.segmentPath(UInt64(number / 3 * 3))) { $0[offset] ^= 0x10 }
        let content = try #require(read(test, "payload \(number)"))
        #expect(content.damages.map(\.lost) == [UInt64(number)..<UInt64(number + 1)])
        #expect(content.damages.map(\.kind) == [.frame])
        #expect(content.messages.count == 6)
    }

    @Test("damage among bytes that are all ones is read around like any other")
    func allOnes() throws {
        for size in [40, 41, 200] {
            let test = try TestTape.made()
            let payloads = [[UInt8]](repeating: [UInt8](repeating: 0xFF, count: size), count: 5)
            try test.write(payloads)
            let path = test.segmentPath(0)
            for offset in 0..<test.disk.content(path)!.count {
                test.disk.damage(path) { $0[offset] ^= 0xFF }
                #expect(try !test.read().damages.isEmpty)
                test.disk.damage(path) { $0[offset] ^= 0xFF }
            }
        }
    }

    @Test("damaged stretches are found and never read as messages", arguments: UInt64(0)..<300)
    func stretches(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let test = try Self.closed()
        let path = test.segmentPath([0, 3, 6][random.below(3)])
        let before = test.disk.content(path)!
        test.disk.damage(path) { bytes in
            let start = random.below(bytes.count)
            let end = min(bytes.count, start + 1 + random.below(120))
            let other = random.below(bytes.count - (end - start) + 1)
            switch random.below(4) {
            case 0: for index in start..<end { bytes[index] = 0 }
            case 1: for index in start..<end { bytes[index] = 0xFF }
            case 2: for index in start..<end { bytes[index] = UInt8(truncatingIfNeeded: random.next()) }
            default: bytes.replaceSubrange(start..<end, with: Array(bytes[other..<(other + end - start)]))
            }
        }
        guard test.disk.content(path)! != before else { return }
        if let content = read(test, "seed \(seed)") {
            #expect(!content.damages.isEmpty, "seed \(seed)")
            #expect(unaccounted(content) == [], "seed \(seed)")
        }
    }

    @Test("swapped segments are found", arguments: [(0, 3), (3, 6), (0, 6)] as [(UInt64, UInt64)])
    func swapped(left: UInt64, right: UInt64) throws {
        let test = try Self.closed()
        let (one, other) = (
            test.disk.content(test.segmentPath(left))!, test.disk.content(test.segmentPath(right))!
        )
        test.disk.damage(test.segmentPath(left)) { $0 = other }
        test.disk.damage(test.segmentPath(right)) { $0 = one }
        let content = try #require(read(test, "\(left) and \(right)"))
        #expect(content.damages.count == 2)
        #expect(unaccounted(content) == [])
    }

    @Test("a removed segment is found and its messages named", arguments: [0, 3, 6] as [UInt64])
    func removed(first: UInt64) throws {
        let test = try Self.closed()
        test.disk.vanish(test.segmentPath(first))
        let content = try #require(read(test, "without \(first)"))
        #expect(content.damages.map(\.lost) == [first..<min(first + 3, 7)])
        #expect(content.messages.count + content.damages[0].lost.count == 7)
    }

    @Test("a segment under another number is found", arguments: [1, 2, 4, 5] as [UInt64])
    func duplicated(number: UInt64) throws {
        let test = try Self.closed()
        for first in [0, 3] as [UInt64] {
            let copy = TestTape(test.disk.copy())
            let bytes = copy.disk.content(copy.segmentPath(first))!
            copy.disk.damage(copy.segmentPath(number)) { $0 = bytes }
            let content = try #require(read(copy, "\(first) as \(number)"))
            #expect(!content.damages.isEmpty)
            #expect(unaccounted(content) == [])
        }
    }

    @Test("a segment or a mark of another day, or of an earlier time, is found")
    func foreign() throws {
        let test = try Self.closed()
        let other = TestTape.payloads(7, size: 19, from: 1)
        try test.write(other, to: TestTape.tuesday, segmentSizeMax: 128 + 3 * 48)
        for first in [0, 3, 6] as [UInt64] {
            let copy = TestTape(test.disk.copy())
            let bytes = copy.disk.content(copy.segmentPath(first, TestTape.tuesday))!
            copy.disk.damage(copy.segmentPath(first)) { $0 = bytes }
            let content = try #require(read(copy, "another day's \(first)"))
            #expect(content.damages.map(\.lost) == [first..<min(first + 3, 7)])
        }
        let foreignMark = test.disk.content(test.path("mark", TestTape.tuesday))!
        let copy = TestTape(test.disk.copy())
        copy.disk.damage(copy.path("mark")) { $0 = foreignMark }
        #expect(try !copy.read().damages.isEmpty)
        copy.disk.vanish(copy.path("mark"))
        #expect(try copy.read().damages.map(\.kind) == [.mark])
        #expect(try copy.read().payloads == Self.payloads)

        // The same day written anew: each segment is whole and follows none of its neighbours.
        let again = try TestTape.made()
        try again.write(other, segmentSizeMax: 128 + 3 * 48)
        for first in [0, 3, 6] as [UInt64] {
            let copy = TestTape(test.disk.copy())
            copy.disk.damage(copy.segmentPath(first)) { $0 = again.disk.content(again.segmentPath(first))! }
            #expect(try !copy.read().damages.isEmpty, "segment \(first)")
        }
    }

    @Test("a cursor tells the scales of the first header that it read")
    func scales() throws {
        let test = try Self.closed()
        let cursor = try DayCursor(tape: test.tape, stream: TestTape.stream, day: TestTape.monday)
        #expect(cursor.scales == nil)
        _ = try cursor.next()
        #expect(cursor.scales == .whole)
    }
}
