internal import Foundation
internal import Market

/// A user's file of broker categories, which go before the first edition: JSON
/// `[{"code": "CC", "category": "government", "from": "2026-01-02"}, …]`, or CSV `code,category,from` with or without that
/// heading. `from` may be missing.
enum BrokerFile {
    private struct Entry: Decodable {
        let code: String
        let category: String
        let from: String?
    }

    static func table(_ path: String) throws -> BrokerTable {
        guard let data = SmallFile.read(path) else {
            throw UsageError("brokers \(path): cannot be read")
        }
        let first = data.first { !" \t\r\n".utf8.contains($0) }
        let entries = first == UInt8(ascii: "[") ? try json(data, path) : try csv(data, path)
        return BrokerTable(
            adding: try entries.map { place, entry in try row(entry, "brokers \(path), \(place)") })
    }

    private static func json(_ data: Data, _ path: String) throws -> [(String, Entry)] {
        do {
            return try JSONDecoder().decode([Entry].self, from: data).enumerated()
                .map { ("entry \($0.offset + 1)", $0.element) }
        } catch {
            throw UsageError(
                "brokers \(path): expected a JSON list of objects with code, category and perhaps from")
        }
    }

    private static func csv(_ data: Data, _ path: String) throws -> [(String, Entry)] {
        var entries: [(String, Entry)] = []
        for (number, line) in String(decoding: data, as: UTF8.self).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline
        ).enumerated() {
            let columns = line.split(separator: ",", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces.union(["\""])) }
            if columns == [""] || (number == 0 && columns[0].lowercased() == "code") { continue }
            guard columns.count == 2 || columns.count == 3 else {
                throw UsageError("brokers \(path), line \(number + 1): expected code,category,from")
            }
            let from = columns.count == 3 && !columns[2].isEmpty ? columns[2] : nil
            entries.append(
                ("line \(number + 1)", Entry(code: columns[0], category: columns[1], from: from)))
        }
        return entries
    }

    private static func row(_ entry: Entry, _ place: String) throws -> BrokerTable.Row {
        guard let code = BrokerCode(entry.code) else {
            throw UsageError("\(place): '\(entry.code)' is no broker code of 1 to 8 characters")
        }
        guard let category = BrokerCategory(name: entry.category) else {
            let names = BrokerCategory.allCases.map { "\($0)" }.joined(separator: ", ")
            throw UsageError("\(place): the category '\(entry.category)' is none of \(names)")
        }
        let day = entry.from.map { TradingDay($0) }
        if case .some(.none) = day {
            throw UsageError("\(place): '\(entry.from!)' is no date that exists, YYYY-MM-DD")
        }
        return BrokerTable.Row(code: code, category: category, firstDay: day ?? nil)
    }
}
