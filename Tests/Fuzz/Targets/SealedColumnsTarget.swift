internal import Columns
internal import Feed
internal import Market
internal import Platform
internal import Tape

extension FuzzTarget {
    /// A sealed file whose columns are the input's: everything around them is right.
    ///
    /// Per block: u8 codec, u8 messages, u16 bytes of payloads; columns as u8 id and chunk, up to an id of 255.
    static let sealedColumns = FuzzTarget(
        "sealed-columns",
        seeds: {
            var output = FuzzOutput()
            for (codec, lines) in [
                (1, MarketText.twentyFields), (2, MarketText.sixFields), (3, MarketText.books),
                (4, Array(MarketText.envelopes.prefix(6))),
            ] as [(UInt16, [[UInt8]])] {
                let block = PaddedMessages(lines).withMessages {
                    BlockCodecs.codec(CodecID(rawValue: codec))!.encode($0)
                }
                output.number(UInt8(codec))
                output.number(UInt8(lines.count))
                output.number(UInt16(lines.reduce(0) { $0 + $1.count }))
                for column in block.columns {
                    output.number(column.id)
                    output.chunk(column.bytes)
                }
                // Times: a unit of 1 s, then none, two steps, none …; origins: one run.
                output.number(240 as UInt8)
                output.chunk(
                    [0x80, 0x94, 0xEB, 0xDC, 3, 0, 3, 5] + Array(repeating: 0, count: lines.count - 3))
                output.number(241 as UInt8)
                output.chunk([UInt8(lines.count), 7, 1])
                output.number(255 as UInt8)
            }
            return [output.bytes]
        }
    ) { bytes in
        let image = TapeImage()
        image.disk.damage("\(TapeImage.dayPath)/day.tape") { $0 = SealedForgery(bytes).file }
        TapeTrial(image).run()
    }
}

/// A `day.tape` with columns of anybody's making (`tape/FORMAT.md`, "Sealed day").
private struct SealedForgery {
    private(set) var file = Array("JEJAKDAY".utf8) + [1, 0, 0, 0, 0, 0, 0, 0]
    private var index = FuzzOutput()
    private let zstd = ZstdCodec()

    init(_ bytes: UnsafeRawBufferPointer) {
        var input = FuzzInput(bytes)
        var entries = FuzzOutput()
        var messages: UInt64 = 0
        var blocks: UInt32 = 0
        while !input.isAtEnd, blocks < 64 {
            let codec = input.byte()
            let count = input.byte()
            entries.number(messages)
            entries.number(UInt32(count))
            entries.number(UInt16(codec))
            entries.number(UInt64.max)
            entries.number(UInt64(input.number(UInt16.self)))
            var columns = FuzzOutput()
            var columnCount: UInt8 = 0
            while !input.isAtEnd, columnCount < 200 {
                let id = input.byte()
                if id == 255 { break }
                append(id, input.chunk(), &columns)
                columnCount += 1
            }
            entries.number(columnCount)
            for byte in columns.bytes { entries.number(byte) }
            messages += UInt64(count)
            blocks += 1
        }
        index.number(TapeImage.day.daysSinceEpoch)
        index.number(0 as UInt16)
        index.number(UInt8(TapeImage.stream.text.utf8.count))
        for byte in TapeImage.stream.text.utf8 { index.number(byte) }
        index.number(messages)
        for _ in 0..<4 { index.number(0 as UInt64) }
        index.number(blocks)
        let offset = UInt64(file.count)
        let content = index.bytes + entries.bytes
        var trailer = FuzzOutput()
        trailer.number(offset)
        trailer.number(UInt64(content.count))
        for byte in content.withUnsafeBytes({ SHA256.hash($0) }) { trailer.number(byte) }
        trailer.number((trailer.bytes + file[..<16]).withUnsafeBytes { CRC32C.checksum($0) })
        trailer.number(0 as UInt32)
        file += content + trailer.bytes + Array("JEJAKEND".utf8)
    }

    private mutating func append(_ id: UInt8, _ raw: UnsafeRawBufferPointer, _ columns: inout FuzzOutput) {
        let frame = zstd.compress(raw, .entropy)
        columns.number(id)
        columns.number(1 as UInt8)
        columns.number(UInt64(file.count))
        columns.number(UInt32(frame.count))
        columns.number(UInt32(raw.count))
        for byte in frame.withUnsafeBytes({ SHA256.hash($0) }) { columns.number(byte) }
        file += frame
    }
}
