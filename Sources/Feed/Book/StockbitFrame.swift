/// The protobuf frame around Stockbit's order-book text (PROTOCOLS §2.2, §2.4): field 10 of the wrapper, an
/// `Orderbook` with the code in field 1 and the text in field 2. Other fields are passed over.
struct StockbitFrame {
    /// Tag of field 10, length-delimited.
    private static let orderBookTag: UInt8 = 0x52

    /// Whether a message is a frame around a book: the tag, a size, and the tag of the code.
    static func isBook(_ frame: UnsafeRawBufferPointer) -> Bool {
        guard frame.first == orderBookTag else { return false }
        var offset = 1
        guard let size = number(frame, &offset), offset < frame.count else { return false }
        return size == UInt64(frame.count - offset) && frame[offset] == 0x0A
    }

    /// The text in a frame that ``isBook(_:)``; nil where there is none.
    static func body(_ frame: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        var offset = 1
        guard number(frame, &offset) != nil else { return nil }
        while offset < frame.count {
            guard let tag = number(frame, &offset) else { return nil }
            switch tag & 7 {
            case 0: guard number(frame, &offset) != nil else { return nil }
            case 1: offset += 8
            case 5: offset += 4
            case 2:
                guard let size = number(frame, &offset), size <= UInt64(frame.count - offset) else {
                    return nil
                }
                let field = frame.part(offset..<(offset + Int(size)))
                if tag >> 3 == 2 { return StockbitBook.isBook(field) ? field : nil }
                offset += Int(size)
            default: return nil
            }
        }
        return nil
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while offset < bytes.count, shift < 63 {
            let byte = bytes[offset]
            offset += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }
}
