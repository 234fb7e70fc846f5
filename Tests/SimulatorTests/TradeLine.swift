/// One line of twenty fields, read the slow and plain way: the tests share no code with the simulator.
struct TradeLine {
    let fields: [Substring]

    var second: Int {
        let clock = Int(fields[1])!
        return clock / 10_000 * 3600 + clock / 100 % 100 * 60 + clock % 100
    }
    var code: String { String(fields[3]) }
    var board: String { String(fields[4]) }
    var sequence: Int { Int(fields[5])! }
    var price: Int { Int(fields[6])! }
    var lots: Int { Int(fields[7])! }
    var previousClose: Int { Int(fields[12])! }
    /// Number of the resting bid, nil for `00`.
    var buyOrder: Int? { fields[13] == "00" ? nil : Int(fields[13])! }
    /// Number of the resting offer, nil for `00`.
    var sellOrder: Int? { fields[14] == "00" ? nil : Int(fields[14])! }
    var change: Int { Int(fields[15])! }
    var tickChange: Int { Int(fields[16])! }
    var average: Int { Int(fields[17])! }
    var percent: Int { Int(fields[18])! }

    static func lines(_ bytes: [UInt8]) -> [TradeLine] {
        let text = String(decoding: bytes, as: UTF8.self)
        return text.split(separator: "\n").map {
            TradeLine(fields: $0.split(separator: "|", omittingEmptySubsequences: false))
        }
    }
}
