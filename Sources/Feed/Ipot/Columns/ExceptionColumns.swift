internal import Columns

/// Messages kept verbatim, with their places in arrival order: per message a varint of the modelled ones
/// since the last exception and a varint of its size; the bytes stand apart.
struct ExceptionWriter: ~Copyable {
    private var places = ByteSink(capacity: 256)
    private var bytes = ByteSink(capacity: 1024)
    private var modelled: UInt64 = 0

    @inline(__always)
    mutating func passModelled() { modelled &+= 1 }

    mutating func keep(_ payload: UnsafeRawBufferPointer) {
        places.append(modelled)
        places.append(UInt64(payload.count))
        bytes.append(payload)
        modelled = 0
    }

    func finish(_ list: inout ColumnList) {
        list.add(TradeColumnID.exceptionPlaces, .strong, places.array)
        list.add(TradeColumnID.exceptionBytes, .strong, bytes.array)
    }
}

/// Messages of a block that are kept verbatim, with their numbers in the block.
struct ExceptionReader {
    private var places: VarintReader
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0
    private var number = 0

    init(_ columns: ColumnSet) {
        places = VarintReader(columns[TradeColumnID.exceptionPlaces])
        bytes = columns[TradeColumnID.exceptionBytes]
    }

    /// Whether all have been read, and nothing is left over.
    var isAtEnd: Bool { places.isAtEnd && !places.failed && offset == bytes.count }

    /// The next one: its number among all messages of the block, and its bytes. Nil behind the last one, and
    /// where the columns are damaged: then ``isAtEnd`` is false.
    mutating func next() -> (number: Int, payload: UnsafeRawBufferPointer)? {
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
