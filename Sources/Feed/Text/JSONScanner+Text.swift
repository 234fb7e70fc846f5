internal import Columns

extension JSONScanner.Text {
    /// The text without its escapes, followed by readable bytes; `scratch` holds it where there are escapes.
    /// Nil where a surrogate stands alone.
    func withText<Result>(
        using scratch: inout [UInt8], _ body: (UnsafeRawPointer, Int) -> Result
    ) -> Result? {
        guard hasEscapes else { return body(raw.baseAddress!, raw.count) }
        guard unescape(into: &scratch) else { return nil }
        let size = scratch.count
        scratch.append(contentsOf: repeatElement(0, count: RawMessage.payloadSlack))
        return scratch.withUnsafeBytes { body($0.baseAddress!, size) }
    }

    private func unescape(into target: inout [UInt8]) -> Bool {
        target.removeAll(keepingCapacity: true)
        var index = 0
        while index < raw.count {
            guard raw[index] == 0x5C else {
                target.append(raw[index])
                index += 1
                continue
            }
            switch raw[index + 1] {
            case 0x62: target.append(0x08)
            case 0x66: target.append(0x0C)
            case 0x6E: target.append(0x0A)
            case 0x72: target.append(0x0D)
            case 0x74: target.append(0x09)
            case 0x75:
                guard let scalar = codePoint(at: &index) else { return false }
                target.append(contentsOf: String(scalar).utf8)
                continue
            default: target.append(raw[index + 1])
            }
            index += 2
        }
        return true
    }

    private func codePoint(at index: inout Int) -> Unicode.Scalar? {
        guard let first = codeUnit(at: index) else { return nil }
        index += 6
        guard first >= 0xD800, first < 0xE000 else { return Unicode.Scalar(first) }
        guard first < 0xDC00, let second = codeUnit(at: index), second >= 0xDC00, second < 0xE000 else {
            return nil
        }
        index += 6
        return Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
    }

    private func codeUnit(at index: Int) -> UInt32? {
        guard index + 6 <= raw.count, raw[index] == 0x5C, raw[index + 1] == 0x75 else { return nil }
        var value: UInt32 = 0
        for offset in 2..<6 {
            guard let figure = hexValue(raw[index + offset]) else { return nil }
            value = value << 4 | UInt32(figure)
        }
        return value
    }
}

/// The value of a hexadecimal figure; nil where the byte is none.
func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
}
