public import Columns

extension CodecID {
    /// Lines of twenty fields (``TwentyFieldCodec``).
    public static let twentyField = CodecID(rawValue: 1)
    /// Lines of six fields (``SixFieldCodec``).
    public static let sixField = CodecID(rawValue: 2)
}

/// Columns of the feed's twenty-field trade lines (PROTOCOLS §1.5), about 2.8 bytes a trade.
///
/// Any other message in a block is kept verbatim. Encodes about 3 and decodes about 4 million lines/s.
public struct TwentyFieldCodec: BlockCodec {
    /// A codec.
    public init() {}

    /// 1.
    public var id: CodecID { .twentyField }

    /// See ``BlockCodec``.
    public func encode(_ messages: UnsafeBufferPointer<RawMessage>) -> ColumnBlock {
        var encoder = TradeBlockEncoder(TwentyFieldLayout(), id)
        return encoder.encode(messages)
    }

    /// See ``BlockCodec``.
    public func decode(
        _ columns: ColumnSet, messageCount: Int, emit: (UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        var decoder = TradeBlockDecoder(TwentyFieldLayout())
        return decoder.decode(columns, messageCount: messageCount, emit: emit)
    }
}

/// Columns of six-field trade lines (PROTOCOLS §0.1), with whole numbers or decimals.
///
/// Any other message in a block is kept verbatim.
public struct SixFieldCodec: BlockCodec {
    /// A codec.
    public init() {}

    /// 2.
    public var id: CodecID { .sixField }

    /// See ``BlockCodec``.
    public func encode(_ messages: UnsafeBufferPointer<RawMessage>) -> ColumnBlock {
        var encoder = TradeBlockEncoder(SixFieldLayout(), id)
        return encoder.encode(messages)
    }

    /// See ``BlockCodec``.
    public func decode(
        _ columns: ColumnSet, messageCount: Int, emit: (UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        var decoder = TradeBlockDecoder(SixFieldLayout())
        return decoder.decode(columns, messageCount: messageCount, emit: emit)
    }
}
