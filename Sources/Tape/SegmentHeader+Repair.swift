internal import Columns
internal import Market
internal import Platform

extension SegmentHeader {
    /// The checksum with which a damaged header seeds its first frame, where that can be proved.
    ///
    /// Most of a header stands elsewhere: in the names of file and directory, and in the segment before. Where
    /// what is known, put in the place of what is read, has the checksum that is stored, the header is this
    /// segment's own; at most one bit of the time of creation, which stands nowhere else, is tried. Where the
    /// checksum itself is damaged, the first frame has to confirm the computed one.
    ///
    /// - Parameters:
    ///   - raw: The segment's beginning, with as much of the first frame as there is.
    ///   - chains: What may be the checksum of the frame before.
    ///   - scales: Scales of the day's other segments; nil where they are not known.
    static func provedChain(
        _ raw: UnsafeRawBufferPointer, stream: StreamName, day: TradingDay, firstNumber: UInt64,
        chains: [UInt32], scales: StreamScales?
    ) -> UInt32? {
        guard raw.count >= size else { return nil }
        let stored = UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 124, as: UInt32.self))
        let readChain = UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 36, as: UInt32.self))
        let readCreated = Int64(littleEndian: raw.loadUnaligned(fromByteOffset: 24, as: Int64.self))
        var scaleChoices = [scales ?? .whole]
        if let price = DecimalScale(digits: Int(raw[32])), let quantity = DecimalScale(digits: Int(raw[33])) {
            scaleChoices.append(StreamScales(price: price, quantity: quantity))
        }
        var candidates: [SegmentHeader] = []
        for scales in scaleChoices {
            for chain in [readChain] + chains {
                candidates.append(
                    SegmentHeader(
                        day: day, firstNumber: firstNumber, createdNanos: readCreated, scales: scales,
                        previousChain: chain, stream: stream))
            }
        }
        for candidate in candidates {
            if candidate.encoded().chain == stored { return stored }
            for bit in 0..<64 {
                var other = candidate
                other.createdNanos ^= 1 << Int64(bit)
                if other.encoded().chain == stored { return stored }
            }
        }
        for candidate in candidates {
            let (bytes, chain) = candidate.encoded()
            guard raw[..<124].elementsEqual(bytes[..<124]), raw.count >= size + Frame.headerSize else {
                continue
            }
            let frame = raw.baseAddress! + size
            let header = Frame.Header(at: frame)
            let frameSize = Frame.paddedSize(payloadSize: header.payloadSize)
            if header.isPlausible(number: firstNumber), size + frameSize <= raw.count,
                Frame.isValid(at: frame, size: frameSize, chain: chain)
            {
                return chain
            }
        }
        return nil
    }
}
