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
