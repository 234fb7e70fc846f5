internal import Columns
internal import Feed
internal import Platform
internal import Projections
internal import Replay

extension FuzzTarget {
    /// The packed rows of the store.
    static let rows = FuzzTarget(
        "rows",
        seeds: {
            let pack = candle(step: 0) + candle(step: 3) + candle(step: 56)
            var minute = CoverageMinute(minute: 540)
            (minute.messages, minute.trades, minute.sequences) = (5, 4, 4)
            (minute.firstSequence, minute.lastSequence) = (7, 11)
            let minutes = [
                minute, CoverageMinute(minute: 541), CoverageMinute(minute: CoverageMinute.timeless),
            ]
            return [[0, 9] + pack, [1, 0] + CoverageCode.pack(minutes), [2, 5, 0, 0, 1, 3, 2, 15]]
        }
    ) { bytes in
        var input = FuzzInput(bytes)
        let kind = input.byte() % 3
        let number = input.byte()
        let pack = PaddedBytes(input.rest())
        switch kind {
        case 0:
            let hour = Int(number % 24)
            guard let candles = CandleCode.unpack(pack.bytes, hour: hour) else { return }
            require(
                candles.allSatisfy { $0.minute / 60 == hour && !$0.levels.isEmpty }, "candles of another hour"
            )
            var sink = ByteSink()
            CandleCode.appendCanonical(candles, day: MarketText.day, to: &sink)
            for candle in candles { _ = candle.value(lotSize: UInt32.max).text(digits: 18) }
        case 1:
            guard let minutes = CoverageCode.unpack(pack.bytes) else { return }
            _ = (CoverageShare.day(minutes).value, CoverageShare.perMinute(minutes))
            let again = CoverageCode.pack(minutes)
            require(
                again.withUnsafeBytes { CoverageCode.unpack($0) } == minutes, "coverage comes back changed")
        default:
            _ = UndecodableCode.unpack(pack.bytes, firstNumber: UInt64(number) << 56)
        }
    }

    /// A candle of two levels as it is packed, `step` minutes behind the last one.
    private static func candle(step: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        Varint.append(step, to: &bytes)
        Varint.appendSigned(9575, to: &bytes)
        // Open, close, levels; the lowest: bought 12 in 2 trades; 25 above it: sold 3, unknown 4, in 2.
        for value in [0, 25, 2, 1, 12, 2, 25 << 3 | 6, 3, 4, 2] as [UInt64] {
            Varint.append(value, to: &bytes)
        }
        return bytes
    }

    /// Compressed sources, which may hold more than memory does, and whole zstd frames.
    static let compressed = FuzzTarget(
        "compressed",
        seeds: {
            let frame = Lines.join(MarketText.twentyFields.prefix(2)).withUnsafeBytes {
                ZstdCodec().compress($0, .fast)
            }
            // `printf 'B|\n' | gzip -n`
            let member: [UInt8] = [
                0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x73, 0xAA, 0xE1, 2, 0, 0x58, 0x5F, 0, 0xEF, 3, 0, 0, 0,
            ]
            return [[0] + frame, [1] + member, [2] + frame, [0] + frame + frame, [1] + member + member]
        }
    ) { bytes in
        var input = FuzzInput(bytes)
        let kind = input.byte() % 3
        let content = input.rest()
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 8)
        defer { room.deallocate() }
        if kind == 2 {
            _ = ZstdCodec().decompress(
                content,
                into: UnsafeMutableRawBufferPointer(rebasing: room[..<min(room.count, content.count * 4)]))
            return
        }
        let memory = MemorySource(Array(content))
        let source: any ByteSource =
            kind == 0 ? ZstdSource(memory, path: "source") : GzipSource(memory, path: "source")
        var size = 0
        while size < 16 << 20, let count = try? source.read(into: room), count > 0 {
            require(count <= room.count, "more bytes than room")
            size += count
        }
    }
}

/// A source in memory that hands out a few bytes at a time.
private final class MemorySource: ByteSource {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
        let part = rest.prefix(min(buffer.count, 61))
        buffer.copyBytes(from: part)
        rest = rest.dropFirst(part.count)
        return part.count
    }
}
