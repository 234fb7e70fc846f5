import TestSupport
import Testing

@testable import Tape

@Suite struct ForgedFrameTests {
    /// Frames of numbers from `first` on that agree with each other, as a payload may hold them.
    private func forged(_ count: Int, from first: UInt64) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 4)
        var chain: UInt32 = 0x1234_5678
        let size = Frame.paddedSize(payloadSize: 12)
        for number in first..<(first + UInt64(count)) {
            var frame = [UInt8](repeating: 0, count: size)
            TestTape.payloads(1, from: 90)[0].withUnsafeBytes { payload in
                let raw = StoredMessage.raw(payload)
                frame.withUnsafeMutableBytes {
                    chain = Frame.encode(
                        .init(
                            payload: raw.payload, payloadSize: raw.payloadSize, number: number,
                            receiveTimeNanos: 0, channel: 0, direction: 0), chain: chain,
                        at: $0.baseAddress!)
                }
            }
            bytes += frame
        }
        return bytes
    }

    /// Reads and checks that nothing is delivered that was not written, and that all is accounted for.
    private func read(_ test: TestTape, _ payloads: [[UInt8]], _ what: String) throws -> DayContent {
        let content = try test.read()
        for (number, payload) in zip(content.numbers, content.payloads) {
            #expect(payload == payloads[Int(number)], "\(what): message \(number)")
        }
        for number in 0..<UInt64(payloads.count) where !content.numbers.contains(number) {
            #expect(content.damages.contains { $0.lost.contains(number) }, "\(what): message \(number)")
        }
        return content
    }

    @Test("frames inside a payload are never taken for messages, whatever is damaged before them")
    func insidePayload() throws {
        for count in [1, 2, 3, 6, 40] {
            for first in [3, 4, 5] as [UInt64] {
                for segmentSizeMax in [1 << 20, 128 + 5 * 40 + 40 * (count + 1)] as [Int] {
                    var payloads = TestTape.payloads(10)
                    payloads[4] = forged(count, from: first)
                    let test = try TestTape.made()
                    try test.write(payloads, segmentSizeMax: Int64(segmentSizeMax))
                    let start = SegmentHeader.size + 4 * Frame.paddedSize(payloadSize: 12)
                    for bit in 0..<(8 * Frame.headerSize) {
                        let path = test.segmentPath(0)
                        test.disk.damage(path) { $0[start + bit / 8] ^= 1 << UInt8(bit % 8) }
                        let content = try read(test, payloads, "\(count) from \(first), bit \(bit)")
                        #expect(content.payloads.count >= 4)
                        if segmentSizeMax == 1 << 20 { #expect(content.payloads.count >= 8) }
                        test.disk.damage(path) { $0[start + bit / 8] ^= 1 << UInt8(bit % 8) }
                    }
                }
            }
        }
    }

    @Test("nor are they when a second place behind is damaged")
    func twoPlaces() throws {
        var payloads = TestTape.payloads(10)
        payloads[4] = forged(6, from: 4)
        let test = try TestTape.made()
        try test.write(payloads)
        let path = test.segmentPath(0)
        let start = SegmentHeader.size + 4 * Frame.paddedSize(payloadSize: 12)
        let bytes = test.disk.content(path)!
        for offset in (start + Frame.paddedSize(payloadSize: payloads[4].count))..<bytes.count {
            test.disk.damage(path) {
                $0[start + 5] ^= 1
                $0[offset] ^= 1
            }
            _ = try read(test, payloads, "byte \(offset)")
            test.disk.damage(path) { $0 = bytes }
        }
    }

    @Test("what lies between two damaged headers is read")
    func between() throws {
        let payloads = TestTape.payloads(400, size: 100)
        let test = try TestTape.made()
        try test.write(payloads)
        test.disk.damage(test.segmentPath(0)) {
            for number in [100, 250] { $0[SegmentHeader.size + number * 128 + 5] ^= 1 }
        }
        let content = try read(test, payloads, "two headers")
        #expect(content.damages.map(\.lost) == [100..<101, 250..<251])
    }
}
