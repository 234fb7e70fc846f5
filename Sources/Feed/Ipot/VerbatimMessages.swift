internal import Columns

/// The messages of a trade block that are kept verbatim: what is no line of its layout, and lines that the
/// model would not restore byte for byte. They may hold trades like any message.
public struct VerbatimMessages {
    private var places: VarintReader
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0
    private var number = 0

    init(_ columns: ColumnSet) {
        places = VarintReader(columns[TradeColumnID.exceptionPlaces])
        bytes = columns[TradeColumnID.exceptionBytes]
    }

    /// Whether all have been read, and nothing is left over.
    public var isAtEnd: Bool { places.isAtEnd && !places.failed && offset == bytes.count }

    /// The next one: its number among all messages of the block, from 0, and its bytes, a view into the
    /// column. Nil behind the last one, and where the columns are damaged: then ``isAtEnd`` is false.
    public mutating func next() -> (number: Int, payload: UnsafeRawBufferPointer)? {
        guard !places.isAtEnd, !places.failed else { return nil }
        let gap = places.next()
        let size = places.next()
        guard !places.failed, gap < 1 << 40, size <= UInt64(bytes.count - offset) else {
            places.fail()
            return nil
        }
        number += Int(gap)
        defer {
            number += 1
            offset += Int(size)
        }
        return (number, UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + Int(size))]))
    }
}
