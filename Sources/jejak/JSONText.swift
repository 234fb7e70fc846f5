internal import Projections

/// Writes JSON by hand where numbers have to stay exact: Foundation's numbers are doubles.
struct JSONText {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        needsComma = false
    }

    mutating func object(_ key: String? = nil, _ body: (inout JSONText) -> Void) {
        open(key, 0x7B)
        body(&self)
        close(0x7D)
    }

    mutating func array(_ key: String? = nil, _ body: (inout JSONText) -> Void) {
        open(key, 0x5B)
        body(&self)
        close(0x5D)
    }

    /// A number as text, which stays as it is.
    mutating func number(_ key: String? = nil, _ text: String) {
        begin(key)
        bytes.append(contentsOf: text.utf8)
        needsComma = true
    }

    mutating func number(_ key: String? = nil, _ value: some BinaryInteger) { number(key, String(value)) }

    /// A double in the shortest form that reads back equal; null where there is none.
    mutating func number(_ key: String? = nil, _ value: Double?) {
        guard let value else { return number(key, "null") }
        let text = "\(value)"
        number(key, text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    }

    mutating func bool(_ key: String? = nil, _ value: Bool) { number(key, value ? "true" : "false") }

    mutating func string(_ key: String? = nil, _ value: String) {
        begin(key)
        quote(value)
        needsComma = true
    }

    mutating func newline() {
        bytes.append(0x0A)
        needsComma = false
    }

    private mutating func begin(_ key: String?) {
        if needsComma { bytes.append(0x2C) }
        if let key {
            quote(key)
            bytes.append(0x3A)
        }
    }

    private mutating func open(_ key: String?, _ bracket: UInt8) {
        begin(key)
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func quote(_ text: String) {
        bytes.append(0x22)
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5C:
                bytes.append(0x5C)
                bytes.append(byte)
            case 0..<0x20:
                let figures = Array("0123456789abcdef".utf8)
                bytes.append(
                    contentsOf: Array("\\u00".utf8) + [figures[Int(byte >> 4)], figures[Int(byte & 15)]])
            default: bytes.append(byte)
            }
        }
        bytes.append(0x22)
    }
}

extension JSONText {
    /// The counts of a stretch, under the names that every report gives them.
    mutating func counts(_ row: CoverageMinute) {
        number("messages", row.messages)
        number("trades", row.trades)
        number("undecodable", row.undecodable)
        number("duplicates", row.duplicates)
        number("conflicts", row.conflicts)
        number("stale", row.stale)
        number("other_board", row.otherBoard)
        number("other", row.other)
    }

    /// The span of exchange sequence numbers, and how many of them were seen.
    mutating func sequences(_ row: CoverageMinute) {
        number("sequences", row.sequences)
        number("first_sequence", row.firstSequence)
        number("last_sequence", row.lastSequence)
    }
}
