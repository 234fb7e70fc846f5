/// Finds where a damaged segment can be read again.
///
/// A frame's checksum is seeded with the one before it, which is stored in the frame before. So a frame is
/// proved whole by the stored checksum of its predecessor, even where the predecessor's content is
/// damaged; and where a header is damaged too, by two consecutive frames that agree.
enum Resync {
    /// A place to go on: the frame at `offset` is number `number` and is whole under `seed`.
    struct Place: Equatable {
        let offset: Int
        let number: UInt64
        let seed: UInt32
    }

    /// Searches `region`, which begins with the damaged frame of number `expected`, for the first frame of
    /// a number below `end` that can be proved whole; nil where there is none. O(n) in practice.
    static func find(in region: UnsafeRawBufferPointer, expected: UInt64, end: UInt64) -> Place? {
        var offset = 0
        while offset + Frame.headerSize <= region.count {
            let header = Frame.Header(at: region.baseAddress! + offset)
            let size = Frame.paddedSize(payloadSize: header.payloadSize)
            let next = offset + size
            if header.number >= expected, header.number < end - 1, header.flags == Frame.presentFlag,
                header.payloadSize <= Frame.payloadSizeMax, next + Frame.headerSize <= region.count,
                isWhole(in: region, at: next, number: header.number + 1, seed: header.checksum)
            {
                return Place(offset: next, number: header.number + 1, seed: header.checksum)
            }
            offset += 8
        }
        return nil
    }

    private static func isWhole(
        in region: UnsafeRawBufferPointer, at offset: Int, number: UInt64, seed: UInt32
    ) -> Bool {
        let source = region.baseAddress! + offset
        let header = Frame.Header(at: source)
        let size = Frame.paddedSize(payloadSize: header.payloadSize)
        return header.isPlausible(number: number) && offset + size <= region.count
            && Frame.isValid(at: source, size: size, chain: seed)
    }
}
