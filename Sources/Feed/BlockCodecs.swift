public import Columns

/// The codecs of sealed days.
public enum BlockCodecs {
    /// The codec with a number; nil where this release knows none.
    public static func codec(_ id: CodecID) -> (any BlockCodec)? {
        switch id {
        case .twentyField: TwentyFieldCodec()
        case .sixField: SixFieldCodec()
        case .generic: LosslessGenericCodec()
        case .envelope: EnvelopeCodec()
        case .wireFrame: WireFrameCodec()
        case .bookRow: BookRowCodec()
        case .bookText: BookTextCodec()
        default: nil
        }
    }

    /// The codec for a block, found by some of its messages: the layout of most of them.
    ///
    /// Any codec restores any messages, so a wrong choice costs only bytes.
    public static func choose(for messages: UnsafeBufferPointer<RawMessage>) -> any BlockCodec {
        let sampleCountMax = 256
        let step = max(1, messages.count / sampleCountMax)
        var counts = (twenty: 0, six: 0, envelopes: 0, frames: 0, bookRows: 0, bookTexts: 0, all: 0)
        for index in stride(from: 0, to: messages.count, by: step) {
            let message = messages[index]
            counts.all += 1
            guard message.payloadSize >= 16 else { continue }
            let first = Digits.word(message.payload)
            if first & 0xFFFF == 0x7C42 {
                counts.twenty += 1
            } else if Digits.value(first, count: 8) != nil,
                (message.payload + 8).load(as: UInt8.self) == 0x7C
            {
                counts.six += 1
            } else if BookTable.isLevelRow(message.bytes) {
                counts.bookRows += 1
            } else if first & 0xFF == 0x7B, EnvelopeCodec.hasLine(message.bytes) {
                counts.envelopes += 1
            } else if first & 0xDF == 0x5B, TradeLineFinder.next(in: message.bytes, from: 0) != nil {
                counts.frames += 1
            } else if BookTextCodec.isBook(message.bytes) {
                counts.bookTexts += 1
            }
        }
        if counts.twenty * 2 > counts.all { return TwentyFieldCodec() }
        if counts.six * 2 > counts.all { return SixFieldCodec() }
        if counts.bookRows * 2 > counts.all { return BookRowCodec() }
        if counts.envelopes * 2 > counts.all { return EnvelopeCodec() }
        // Whatever else is among frames with lines is kept like the generic codec would.
        if counts.envelopes + counts.frames > 0 { return WireFrameCodec() }
        if counts.bookTexts * 2 > counts.all { return BookTextCodec() }
        return LosslessGenericCodec()
    }
}
