internal import Market

/// What a decoder makes of a message or record about an order book.
enum BookReading {
    case update(BookUpdate)
    /// A book that no projection folds: that of another board than the regular one.
    case ignored
    case flaw(UndecodableReason)
}

/// Numbers of books in a stream's scales.
struct BookScales {
    let price: DecimalScale
    let quantity: DecimalScale

    /// Shares in a lot of the Indonesian exchange (PROTOCOLS §4.2).
    static let sharesPerLot: Int64 = 100

    /// A price, which is never 0.
    func price(_ text: UnsafeRawBufferPointer) throws(BookFlaw) -> Int64 {
        let value = try number(text, price, .price)
        if value == 0 { throw BookFlaw(.price) }
        return value
    }

    /// Lots; 0 means that there are none.
    func lots(_ text: UnsafeRawBufferPointer) throws(BookFlaw) -> Int64 {
        try number(text, quantity, .quantity)
    }

    /// Lots of a number of shares.
    func lots(shares text: UnsafeRawBufferPointer) throws(BookFlaw) -> Int64 {
        let shares = try lots(text)
        guard shares % BookScales.sharesPerLot == 0 else { throw BookFlaw(.precision) }
        return shares / BookScales.sharesPerLot
    }

    private func number(
        _ text: UnsafeRawBufferPointer, _ scale: DecimalScale, _ reason: UndecodableReason
    ) throws(BookFlaw) -> Int64 {
        do { return try DecimalText.parse(text, scale) } catch .tooPrecise {
            throw BookFlaw(.precision)
        } catch {
            throw BookFlaw(reason)
        }
    }
}

/// Why a book message cannot be decoded.
struct BookFlaw: Error {
    let reason: UndecodableReason

    init(_ reason: UndecodableReason) { self.reason = reason }
}

extension UnsafeRawBufferPointer {
    /// A part of the bytes, counted from 0.
    func part(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[range])
    }
}

/// Walks over the parts of a text between separators.
struct TextParts {
    private let text: UnsafeRawBufferPointer
    private let separator: UInt8
    private var offset = 0

    init(_ text: UnsafeRawBufferPointer, separator: UInt8) {
        self.text = text
        self.separator = separator
    }

    /// The next part; nil behind the last one. Empty text has one empty part.
    mutating func next() -> UnsafeRawBufferPointer? {
        guard offset <= text.count else { return nil }
        let start = offset
        var end = start
        while end < text.count, text[end] != separator { end &+= 1 }
        offset = end &+ 1
        return text.part(start..<end)
    }
}
