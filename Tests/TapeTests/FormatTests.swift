import Columns
import Market
import Platform
import TestSupport
import Testing

@testable import Tape

/// The bytes on the disk, as `tape/FORMAT.md` gives them.
@Suite struct FormatTests {
    private func hex(_ bytes: some Sequence<UInt8>) -> String { SHA256.hex(bytes) }

    private func written() throws -> TestTape {
        let test = try TestTape.made()
        let writer = try test.writer()
        try StoredMessage(Array("hello".utf8), receiveTimeNanos: 1_770_000_000_123_456_789, channel: 7)
            .append(to: writer, TestTape.monday)
        try StoredMessage(Array("tape!".utf8), direction: 1).append(to: writer, TestTape.monday)
        try writer.close()
        return test
    }

    @Test("a segment of two messages has these bytes")
    func segment() throws {
        let bytes = try #require(
            try written().disk.content("/tape/idx.trades/2026-02-09/0000000000000000.log"))
        #expect(
            hex(bytes[..<128]) == "4a454a414b4c4f47010080000d5000000000000000000000000071449f4d9018"
                + "00000000000000000a6964782e74726164657300000000000000000000000000"
                + "0000000000000000000000000000000000000000000000000000000000000000"
                + "000000000000000000000000000000000000000000000000000000004d5b3954")
        #expect(
            hex(bytes[128..<168]) == "9a3206b205000000000000000000000015cdcc4b9f4d90180700008068656c6c"
                + "6f00000000000000")
        #expect(
            hex(bytes[168...]) == "b3ca9efb05000000010000000000000000000000000000800000018074617065"
                + "2100000000000000")
    }

    @Test("the mark of a closed day has these bytes")
    func mark() throws {
        let bytes = try #require(try written().disk.content("/tape/idx.trades/2026-02-09/mark"))
        #expect(bytes.count == 1024)
        #expect(
            hex(bytes[..<64]) == "4a454a414b4d524b02000000000000000000000000000000d000000000000000"
                + "0200000000000000b3ca9efb01000000000000000000000000000000ca7666ff")
        #expect(
            hex(bytes[512..<576]) == "4a454a414b4d524b01000000000000000000000000000000d000000000000000"
                + "0200000000000000b3ca9efb000000000000000000000000000000003b1035e4")
        #expect(bytes[64..<512].allSatisfy { $0 == 0 } && bytes[576...].allSatisfy { $0 == 0 })
    }

    @Test("a new day's mark has these bytes")
    func newMark() throws {
        let test = try TestTape.made()
        let writer = try test.writer()
        _ = try writer.nextNumber(of: TestTape.monday)
        writer.abandon()
        let bytes = try #require(test.disk.content(test.path("mark")))
        #expect(bytes.count == 1024)
        #expect(
            hex(bytes[..<64]) == "4a454a414b4d524b000000000000000000000000000000000000000000000000"
                + "000000000000000000000000000000000000000000000000000000009efae76b")
        #expect(bytes[64...].allSatisfy { $0 == 0 })
    }
}
