import Columns
import Market
import Platform
import TestSupport
import Testing

@testable import Tape

@Suite struct RoundTripTests {
    @Test("a header comes back, and no header with one bit flipped")
    func header() throws {
        for (name, digits) in [("a", 0), (String(repeating: "z", count: 64), 18)] {
            let header = SegmentHeader(
                day: TradingDay(daysSinceEpoch: 20_493), firstNumber: 1 << 40, createdNanos: -1,
                scales: StreamScales(price: DecimalScale(digits: digits)!, quantity: .whole),
                previousChain: 0xDEAD_BEEF, stream: try StreamName(name))
            let (bytes, chain) = header.encoded()
            #expect(bytes.count == SegmentHeader.size)
            let decoded = try bytes.withUnsafeBytes(SegmentHeader.decode).get()
            #expect(decoded.0 == header && decoded.chain == chain)
            for bit in 0..<(8 * SegmentHeader.size) {
                var flipped = bytes
                flipped[bit / 8] ^= 1 << UInt8(bit % 8)
                #expect(throws: SegmentHeader.Flaw.self) {
                    try flipped.withUnsafeBytes(SegmentHeader.decode).get()
                }
            }
            for size in 0..<SegmentHeader.size {
                #expect(throws: SegmentHeader.Flaw.self) {
                    try bytes[..<size].withUnsafeBytes(SegmentHeader.decode).get()
                }
            }
        }
    }

    @Test("a frame of any small size comes back under its own chain only", arguments: 0...70)
    func frame(size: Int) {
        let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 1) }
        let room = UnsafeMutableRawPointer.allocate(byteCount: 128, alignment: 8)
        defer { room.deallocate() }
        room.initializeMemory(as: UInt8.self, repeating: 0xEE, count: 128)
        let padded = Frame.paddedSize(payloadSize: size)
        #expect(padded % 8 == 0 && padded - size - Frame.headerSize < 8)
        let sum = (payload + [0]).withUnsafeBytes { raw in
            Frame.encode(
                RawMessage(
                    payload: raw.baseAddress!, payloadSize: size, number: 9, receiveTimeNanos: -3,
                    channel: 0x1234,
                    direction: 1), chain: 77, at: room)
        }
        let header = Frame.Header(at: room)
        #expect(header.checksum == sum && header.isPlausible(number: 9) && !header.isPlausible(number: 8))
        #expect(Frame.isValid(at: room, size: padded, chain: 77))
        #expect(!Frame.isValid(at: room, size: padded, chain: 78))
        let message = Frame.message(at: room, header)
        #expect(Array(message.bytes) == payload && message.number == 9 && message.receiveTimeNanos == -3)
        #expect(message.channel == 0x1234 && message.direction == 1)
        let padding = UnsafeRawBufferPointer(
            start: room + Frame.headerSize + size, count: padded - Frame.headerSize - size)
        #expect(padding.allSatisfy { $0 == 0 })
        #expect(room.load(fromByteOffset: padded, as: UInt8.self) == 0xEE)
    }

    @Test("messages of many sizes come back over many segments and reopenings")
    func manySizes() throws {
        let test = try TestTape.made()
        let sizes = Array(0...300) + [511, 512, 1000, 4095, 4096, 4097, 5000]
        var expected: [StoredMessage] = []
        for start in stride(from: 0, to: sizes.count, by: 60) {
            let writer = try test.writer(segmentSizeMax: 9000)
            for size in sizes[start..<min(start + 60, sizes.count)] {
                let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 ^ size) }
                let message = StoredMessage(payload, receiveTimeNanos: Int64(size), channel: UInt16(size))
                #expect(try message.append(to: writer, TestTape.monday) == UInt64(expected.count))
                expected.append(message)
                if size % 7 == 0, let group = writer.takeGroup() { try writer.commit(group) }
            }
            try writer.close()
        }
        let content = try test.read()
        #expect(content.messages == expected && content.damages.isEmpty)
        #expect(content.numbers == Array(0..<UInt64(expected.count)))
        let segments = try test.tape.segments(of: TestTape.stream, on: TestTape.monday)
        #expect(segments.count > 5)
        for first in segments { #expect(test.disk.content(test.segmentPath(first))!.count <= 9000) }
        for wanted in [UInt64(0)..<1, 17..<18, 59..<61, 100..<250, 300..<10_000, 9000..<9001, 5..<5] {
            let part = try test.read(wanted: wanted)
            let range = Int(wanted.lowerBound)..<Int(wanted.upperBound)
            #expect(part.messages == Array(expected[range.clamped(to: 0..<expected.count)]), "\(wanted)")
            #expect(part.numbers.first == (part.numbers.isEmpty ? nil : wanted.lowerBound))
            #expect(part.damages.isEmpty)
        }
    }

    @Test("a message larger than a segment has one of its own")
    func largeMessage() throws {
        let test = try TestTape.made()
        let large = [UInt8](repeating: 0x5A, count: 3_000_000)
        let payloads = [[1], large, [2], [3]]
        try test.write(payloads, segmentSizeMax: 1000)
        #expect(try test.read().payloads == payloads)
        #expect(try test.tape.segments(of: TestTape.stream, on: TestTape.monday) == [0, 1, 2])
    }

    @Test("a payload larger than a frame holds is refused, and the writer goes on")
    func tooLarge() throws {
        let test = try TestTape.made()
        let writer = try test.writer()
        let size = Frame.payloadSizeMax + 1
        #expect(throws: TapeError.self) {
            try withUnsafeBytes(of: 0) { raw in
                _ = try writer.append(
                    RawMessage(
                        payload: raw.baseAddress!, payloadSize: size, number: 0, receiveTimeNanos: 0,
                        channel: 0,
                        direction: 0), to: TestTape.monday)
            }
        }
        try StoredMessage([1]).append(to: writer, TestTape.monday)
        try writer.close()
        #expect(try test.read().payloads == [[1]])
    }

    @Test("a group may touch more days than stay open, in any order and again")
    func manyDays() throws {
        let test = try TestTape.made()
        let writer = try test.writer(segmentSizeMax: 400)
        var expected: [TradingDay: [StoredMessage]] = [:]
        var random = SplitMix64(seed: 5)
        for group in 0..<3 {
            for index in 0..<200 {
                let day = TestTape.monday.advanced(by: random.below(70))
                let message = StoredMessage(Array("\(group) \(index)".utf8))
                try message.append(to: writer, day)
                expected[day, default: []].append(message)
            }
            try writer.commit(try #require(writer.takeGroup()))
            let disk = test.disk.copy()
            disk.crash(.nothing)
            for (day, messages) in expected { #expect(try TestTape(disk).read(day).messages == messages) }
        }
        try writer.close()
        #expect(try test.tape.days(of: TestTape.stream) == expected.keys.sorted())
        for (day, messages) in expected {
            let content = try test.read(day)
            #expect(content.messages == messages && content.damages.isEmpty)
        }
    }

    @Test("a stream has one writer at a time, and a reader sees what is acknowledged")
    func oneWriter() throws {
        let test = try TestTape.made()
        let writer = try test.writer()
        #expect(throws: TapeError.self) { try test.writer() }
        try StoredMessage([1]).append(to: writer, TestTape.monday)
        #expect(writer.pendingCount == 1)
        #expect(try test.read().messages.isEmpty)
        try writer.commit(try #require(writer.takeGroup()))
        #expect(writer.takeGroup() == nil)
        #expect(try test.read().payloads == [[1]])
        try StoredMessage([2]).append(to: writer, TestTape.monday)
        writer.abandon()
        #expect(try test.read().payloads == [[1]])
        try test.write([[3]])
        #expect(try test.read().payloads == [[1], [3]])
    }

    @Test("stream names are checked")
    func names() {
        for good in ["a", "idx.trades", "x-1_y", String(repeating: "a", count: 64)] {
            #expect((try? StreamName(good)) != nil)
        }
        for bad in ["", "1a", ".a", "A", "a/b", "a b", "é", String(repeating: "a", count: 65)] {
            #expect(throws: TapeError.self) { try StreamName(bad) }
        }
    }
}
