internal import Market

/// The tables of an environment; the raw value is the place of the table's handle.
enum Table: Int, CaseIterable {
    case meta
    case candles
    case symbolDigests
    case dayDigests
    case checkpoints
    case coverage
    case undecodable
    case rows

    /// What a key is made of, in order.
    enum Part {
        case day, name, symbol, hour, number, bytes
    }

    /// The name inside the environment.
    var name: String {
        switch self {
        case .meta: "meta"
        case .candles: "candles"
        case .symbolDigests: "symbol_digests"
        case .dayDigests: "day_digests"
        case .checkpoints: "checkpoints"
        case .coverage: "coverage"
        case .undecodable: "undecodable"
        case .rows: "rows"
        }
    }

    /// The layout of the table's keys.
    var parts: [Part] {
        switch self {
        case .meta: [.name]
        case .candles: [.day, .name, .symbol, .hour]
        case .symbolDigests: [.name, .day, .name, .symbol]
        case .dayDigests: [.name, .day]
        case .checkpoints: [.name, .day, .name]
        case .coverage: [.name, .day]
        case .undecodable: [.name, .day, .number]
        case .rows: [.name, .day, .name, .symbol, .bytes]
        }
    }

    /// A key in words, for error messages: `candles 2026-02-10 idx BBCA 9`.
    func describe(_ key: UnsafeRawBufferPointer) -> String {
        var words = [name]
        var reader = KeyReader(key)
        for part in parts {
            let word: String? =
                switch part {
                case .day: reader.day()?.description
                case .name: reader.name()
                case .symbol: reader.symbol()?.description
                case .hour: reader.hour().map { String($0) }
                case .number: reader.number().map { String($0) }
                case .bytes: reader.remainder().map { String($0, radix: 16) }.joined(separator: ".")
                }
            guard let word else { return "\(name), unreadable key \(Array(key))" }
            words.append(word)
        }
        guard reader.rest.isEmpty else { return "\(name), unreadable key \(Array(key))" }
        return words.joined(separator: " ")
    }
}
