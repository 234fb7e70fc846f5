/// Text for people.
enum Text {
    /// `1234567` as `1,234,567`.
    static func grouped(_ value: some BinaryInteger) -> String { grouped(digits: String(value)) }

    /// Decimal text with its whole part grouped.
    static func grouped(digits: String) -> String {
        let sign = digits.hasPrefix("-") ? "-" : ""
        let parts = digits.dropFirst(sign.count).split(separator: ".", omittingEmptySubsequences: false)
        var whole = ""
        for (index, figure) in parts[0].enumerated() {
            if index > 0, (parts[0].count - index) % 3 == 0 { whole.append(",") }
            whole.append(figure)
        }
        return sign + whole + (parts.count > 1 ? "." + parts[1] : "")
    }

    /// The whole part of decimal text, shortened where it is long: `1.23T`, `456.78B`, `12.34M`. Works on
    /// figures: sums of money have no end at any number of bits.
    static func short(_ text: String) -> String {
        let figures = text.drop { $0 == "-" }.prefix { $0 != "." }
        let sign = text.hasPrefix("-") && figures != "0" ? "-" : ""
        for (unit, zeros) in [("T", 12), ("B", 9), ("M", 6)] where figures.count > zeros {
            return sign + figures.dropLast(zeros) + "." + figures.suffix(zeros).prefix(2) + unit
        }
        return grouped(digits: sign + figures)
    }

    /// `value / 10^digits` with all its digits.
    static func fixed(_ value: Int128, digits: Int) -> String {
        var figures = String(value.magnitude)
        while figures.count <= digits { figures = "0" + figures }
        let sign = value < 0 ? "-" : ""
        return sign + figures.dropLast(digits) + (digits > 0 ? "." + figures.suffix(digits) : "")
    }

    /// 100 · part / whole with two digits, rounded half away from zero; `-` where whole is 0.
    static func percent(_ part: Int128, of whole: Int128) -> String {
        guard whole != 0 else { return "-" }
        let scaled = part * 100_000 / whole
        let rounded = (scaled + (scaled < 0 ? -5 : 5)) / 10
        return fixed(rounded, digits: 2)
    }

    /// A double with so many digits behind the point, rounded half away from zero; `-` where there is none.
    static func rounded(_ value: Double?, digits: Int) -> String {
        guard let value else { return "-" }
        var scaled = value
        for _ in 0..<digits { scaled *= 10 }
        guard let whole = Int128(exactly: scaled.rounded()) else { return "\(value)" }
        return fixed(whole, digits: digits)
    }

    static func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// `HH:MM` of a minute of the day.
    static func clock(minute: Int) -> String {
        let hour = minute / 60
        let rest = minute % 60
        return "\(hour < 10 ? "0" : "")\(hour):\(rest < 10 ? "0" : "")\(rest)"
    }
}

/// A table with a heading; columns are as wide as what stands in them.
struct TextTable {
    private let headings: [String]
    private let leftColumns: Set<Int>
    private var rows: [[String]] = []

    /// - Parameter left: Columns that are flush left; numbers are flush right.
    init(_ headings: [String], left: Set<Int> = [0]) {
        self.headings = headings
        leftColumns = left
    }

    mutating func add(_ row: [String]) { rows.append(row) }

    var lines: [String] {
        let all = [headings] + rows
        let widths = headings.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            var line = row.indices.map { column in
                leftColumns.contains(column)
                    ? Text.left(row[column], widths[column]) : Text.right(row[column], widths[column])
            }.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
