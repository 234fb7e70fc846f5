/// Finds trade lines in JSON text, by their first fields alone: a quote, then `B|HHMMSS|` or
/// `YYYYMMDD|HHMMSS|`. A line goes on as long as its characters are plain ASCII without quote and backslash.
///
/// What it finds need not be a trade: codecs only use it to tell columns from text.
enum TradeLineFinder {
    /// The first line at or behind `start`; nil where there is none.
    static func next(in text: UnsafeRawBufferPointer, from start: Int) -> Range<Int>? {
        var place = start
        while let bar = LineScan.index(of: 0x7C, in: text, from: place) {
            place = bar + 1
            guard let first = lineStart(in: text, bar, from: start), first > start, text[first - 1] == 0x22
            else {
                continue
            }
            var end = bar
            while end < text.count, isPlain(text[end]) { end += 1 }
            return first..<end
        }
        return nil
    }

    /// Whether a text begins like a line.
    static func isLine(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let bar = LineScan.index(of: 0x7C, in: text, from: 0) else { return false }
        return lineStart(in: text, bar, from: 0) == 0
    }

    /// The hour that a line names; nil where it is none.
    static func hour(of line: UnsafeRawBufferPointer) -> Int? {
        guard let bar = LineScan.index(of: 0x7C, in: line, from: 0), bar + 2 < line.count else { return nil }
        let hour = Int(line[bar + 1] &- 0x30) * 10 + Int(line[bar + 2] &- 0x30)
        return hour < 24 ? hour : nil
    }

    /// The code in a line of either layout; empty where there is none of a usual size.
    static func code(of line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var fieldsLeft = line.first == 0x42 ? 3 : 2
        var start = 0
        for index in line.indices where line[index] == 0x7C {
            if fieldsLeft == 0 {
                return UnsafeRawBufferPointer(rebasing: line[start..<(index - start > 16 ? start : index)])
            }
            fieldsLeft -= 1
            start = index + 1
        }
        return UnsafeRawBufferPointer(rebasing: line[..<0])
    }

    /// Where the line begins whose first bar stands at `bar`.
    private static func lineStart(in text: UnsafeRawBufferPointer, _ bar: Int, from start: Int) -> Int? {
        guard bar + 7 < text.count, text[bar + 7] == 0x7C, isFigures(text, (bar + 1)..<(bar + 7)) else {
            return nil
        }
        if bar >= start + 1, text[bar - 1] == 0x42 { return bar - 1 }
        return bar >= start + 8 && isFigures(text, (bar - 8)..<bar) ? bar - 8 : nil
    }

    private static func isFigures(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
        range.allSatisfy { text[$0] >= 0x30 && text[$0] <= 0x39 }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != 0x22 && byte != 0x5C
    }
}
