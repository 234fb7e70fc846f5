internal import Platform

/// Finds where a damaged segment can be read again.
///
/// A frame's checksum is seeded with that of the one before it, which is stored there. So two steps lead
/// past damage:
///
/// 1. Where only a frame's content is damaged, its header leads to the next one, which is whole under the
///    checksum in the header, or where only that is damaged, under the one that the frame should have. Where its
///    size is damaged, the next one is looked for by that checksum. A payload cannot feign that: whoever made it
///    did not know that checksum.
/// 2. Where the header is damaged too, two neighbours that agree are only a candidate, for a payload may hold
///    frames that agree with each other. From a true one frames lead, by step 1 over further damage, to the
///    segment's end with the number and the checksum that stand elsewhere (in the mark, or in the next
///    segment's header). Those in a payload do not: that checksum depends on the frames around it.
///
/// Where a second damaged header breaks the way to the end, the longest run of whole frames is still
/// believed if the missing messages have no room outside it, at 32 bytes or more each: then it cannot be
/// the inside of one of them.
enum Resync {
    /// A place to go on: the frame at `offset` is number `number` and is whole under `seed`.
    struct Place: Equatable {
        let offset: Int
        let number: UInt64
        let seed: UInt32
    }

    /// Step 1: past the one frame of `number` at `offset`, which is not whole; nil where its header does not
    /// lead to one that is.
    /// - Parameter chain: The checksum of the frame before it; nil where that is not known.
    static func step(
        in region: UnsafeRawBufferPointer, at offset: Int = 0, number: UInt64, end: UInt64,
        chain: UInt32? = nil
    ) -> Place? {
        guard number < end - 1, let header = header(in: region, at: offset),
            header.isPlausible(number: number)
        else { return nil }
        let next = offset + Frame.paddedSize(payloadSize: header.payloadSize)
        var seeds = [header.checksum]
        if let chain, next <= region.count {
            let content = UnsafeRawBufferPointer(rebasing: region[(offset + 4)..<next])
            seeds.append(CRC32C.checksum(content, seed: chain))
        }
        let seed = seeds.first { isWhole(in: region, at: next, number: number + 1, seed: $0) }
        return seed.map { Place(offset: next, number: number + 1, seed: $0) }
    }

    /// Step 1 where the size is damaged: the next frame, by the checksum of the damaged one.
    private static func next(in region: UnsafeRawBufferPointer, number: UInt64, end: UInt64) -> Place? {
        guard number < end - 1, let seed = header(in: region, at: 0)?.checksum else { return nil }
        var offset = frameSizeMin
        while let header = header(in: region, at: offset) {
            if header.number == number + 1, isWhole(in: region, at: offset, number: number + 1, seed: seed) {
                return Place(offset: offset, number: number + 1, seed: seed)
            }
            offset += 8
        }
        return nil
    }

    /// Step 2 (after step 1): searches `region`, which begins with the damaged frame of number `expected` and
    /// goes to the segment's end, for a place with a number below `end`; nil where there is none.
    /// - Parameters:
    ///   - endChain: The checksum of the segment's last frame; nil where that is not known.
    ///   - chain: The checksum of the frame before the damaged one.
    /// - Complexity: O(n) in practice.
    static func find(
        in region: UnsafeRawBufferPointer, expected: UInt64, end: UInt64, endChain: UInt32?, chain: UInt32
    ) -> Place? {
        if let place = step(in: region, number: expected, end: end, chain: chain) { return place }
        if let place = next(in: region, number: expected, end: end) { return place }
        let (anchor, longest) = search(in: region, expected: expected, end: end, endChain: endChain)
        let roomEnd = anchor?.offset ?? region.count
        let missing = (anchor?.number ?? end) - expected
        if let longest, longest.size <= roomEnd,
            missing > UInt64((roomEnd - longest.size) / frameSizeMin)
        {
            return longest.place
        }
        return anchor
    }

    /// Step 2 where not even the file is known to be the right one, since its header is damaged: only a place from
    /// which frames lead to the known end.
    static func findAnchored(
        in region: UnsafeRawBufferPointer, expected: UInt64, end: UInt64, endChain: UInt32?
    ) -> Place? {
        search(in: region, expected: expected, end: end, endChain: endChain).anchor
    }

    private static func search(
        in region: UnsafeRawBufferPointer, expected: UInt64, end: UInt64, endChain: UInt32?
    ) -> (anchor: Place?, longest: (place: Place, size: Int)?) {
        var anchor: Place?
        var longest: (place: Place, size: Int)?
        var walked = 0..<0
        var offset = 0
        while anchor == nil, let header = header(in: region, at: offset) {
            defer { offset += 8 }
            guard header.number >= expected,
                let place = step(in: region, at: offset, number: header.number, end: end),
                !walked.contains(place.offset)
            else { continue }
            let run = walk(region, from: place, end: end, endChain: endChain)
            walked = place.offset..<run.end
            if run.isAnchored {
                anchor = place
            } else if run.wholeSize > longest?.size ?? 0 {
                longest = (place, run.wholeSize)
            }
        }
        return (anchor, longest)
    }

    private static let frameSizeMin = 32

    /// Goes from a whole frame as far as frames lead.
    private static func walk(
        _ region: UnsafeRawBufferPointer, from place: Place, end: UInt64, endChain: UInt32?
    ) -> (end: Int, wholeSize: Int, isAnchored: Bool) {
        var (offset, number, chain, wholeSize) = (place.offset, place.number, place.seed, 0)
        while number < end, let header = header(in: region, at: offset), header.isPlausible(number: number) {
            let next = offset + Frame.paddedSize(payloadSize: header.payloadSize)
            if isWhole(in: region, at: offset, number: number, seed: chain) {
                wholeSize += next - offset
                (offset, number, chain) = (next, number + 1, header.checksum)
            } else if let place = step(in: region, at: offset, number: number, end: end) {
                (offset, number, chain) = (place.offset, place.number, place.seed)
            } else if number == end - 1 {
                // The last one's content is damaged, its checksum may still be the known one.
                (offset, number, chain) = (next, end, header.checksum)
            } else {
                break
            }
        }
        return (offset, wholeSize, offset == region.count && number == end && chain == endChain)
    }

    private static func header(in region: UnsafeRawBufferPointer, at offset: Int) -> Frame.Header? {
        offset + Frame.headerSize <= region.count ? Frame.Header(at: region.baseAddress! + offset) : nil
    }

    private static func isWhole(
        in region: UnsafeRawBufferPointer, at offset: Int, number: UInt64, seed: UInt32
    ) -> Bool {
        guard let header = header(in: region, at: offset), header.isPlausible(number: number) else {
            return false
        }
        let size = Frame.paddedSize(payloadSize: header.payloadSize)
        return offset + size <= region.count
            && Frame.isValid(at: region.baseAddress! + offset, size: size, chain: seed)
    }
}
