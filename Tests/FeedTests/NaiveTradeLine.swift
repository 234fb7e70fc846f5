import Market

/// The two pipe layouts read the slow and plain way, after PROTOCOLS §1.5 and PROJECTIONS §1: shares no code
/// with the decoder it judges.
struct NaiveTradeLine {
    let priceDigits: Int
    let quantityDigits: Int
    let date: String

    func read(_ payload: [UInt8]) -> Outcome {
        var line = payload
        if line.last == 0x0D { line.removeLast() }
        let fields = line.split(separator: 0x7C, omittingEmptySubsequences: false).map(Array.init)
        if fields[0] == [0x42], fields.count > 1 { return twenty(fields) }
        if fields[0].count == 8, isFigures(fields[0]), fields.count > 1 { return six(fields) }
        return .undecodable
    }

    private func twenty(_ fields: [[UInt8]]) -> Outcome {
        guard fields.count == 20, let second = second(fields[1]), isSymbol(fields[3]),
            let board = ["RG": Board.regular, "TN": .cash, "NG": .negotiated][text(fields[4])],
            isFigures(fields[5]), let sequence = UInt64(text(fields[5])), sequence != UInt64.max,
            let price = amount(fields[6], priceDigits), let quantity = amount(fields[7], quantityDigits)
        else { return .undecodable }
        let isSeller = !["", "00"].contains(text(fields[13]))
        let isBuyer = !["", "00"].contains(text(fields[14]))
        let side: Side = isBuyer && !isSeller ? .buy : isSeller && !isBuyer ? .sell : .unknown
        return .trade(
            PlainTrade(
                price: price, quantity: quantity, sequence: sequence, second: second, symbol: fields[3],
                side: side, board: board))
    }

    private func six(_ fields: [[UInt8]]) -> Outcome {
        guard fields.count >= 6, text(fields[0]) == date, let second = second(fields[1]), isSymbol(fields[2]),
            let price = amount(fields[3], priceDigits), let quantity = amount(fields[4], quantityDigits)
        else { return .undecodable }
        let side = ["B": Side.buy, "S": .sell][text(fields[5])] ?? .unknown
        return .trade(
            PlainTrade(price: price, quantity: quantity, second: second, symbol: fields[2], side: side))
    }

    private func second(_ field: [UInt8]) -> UInt32? {
        guard field.count == 6, isFigures(field) else { return nil }
        let hour = UInt32(text(Array(field[0..<2])))!
        let minute = UInt32(text(Array(field[2..<4])))!
        let second = UInt32(text(Array(field[4..<6])))!
        return hour < 24 && minute < 60 && second < 60 ? hour * 3600 + minute * 60 + second : nil
    }

    private func isSymbol(_ field: [UInt8]) -> Bool {
        (1...16).contains(field.count) && field.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    /// Moves the point by writing and cutting zeros.
    func amount(_ field: [UInt8], _ digits: Int) -> Int64? {
        let parts = field.split(separator: 0x2E, omittingEmptySubsequences: false).map(Array.init)
        guard parts.count <= 2, parts.contains(where: { !$0.isEmpty }),
            parts.allSatisfy({ $0.isEmpty || isFigures($0) })
        else { return nil }
        var fraction = parts.count == 2 ? parts[1] : []
        while fraction.count > digits {
            guard fraction.removeLast() == 0x30 else { return nil }
        }
        while fraction.count < digits { fraction.append(0x30) }
        guard let value = Int64(text(parts[0] + fraction)), value > 0 else { return nil }
        return value
    }

    private func isFigures(_ field: [UInt8]) -> Bool {
        !field.isEmpty && field.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }

    private func text(_ field: [UInt8]) -> String { String(decoding: field, as: UTF8.self) }
}
