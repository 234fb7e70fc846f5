/// Vigna's SplitMix64; its seed replays a test.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

/// Makes lines of twenty fields whose derived fields fit, with gaps in their numbers as captures have.
struct LineMaker {
    private struct Book {
        var code: String
        var previous: Int
        var last: Int
        var value = 0
        var lots = 0
    }

    private var books: [Book]
    private var sequence = 70_000
    private var order = 4_000_000
    private var second = 9 * 3600 + 3550
    var random: SeededRandom
    /// Of a thousand numbers, how many are skipped.
    var gaps = 0

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        let codes = [
            "BBCA", "BBRI", "XILV", "NCKLHDCQ6A", "A", "LONGESTCODE_SEEN", "TLKM", "TLKM-W", "BRIS", "GOTO",
        ]
        books = codes.enumerated().map { index, code in
            let price = [9575, 4100, 129, 91, 7, 61_000, 3333, 12, 499, 50][index]
            return Book(code: code, previous: price, last: price)
        }
    }

    mutating func line() -> String {
        let index = min(random.below(books.count), random.below(books.count))
        sequence += 1 + (random.below(1000) < gaps ? random.below(5000) : 0)
        if random.below(6) == 0 { second += random.below(3) }
        order += random.below(40)
        books[index].last = max(1, books[index].last + random.below(5) - 2)
        let book = books[index]
        let lots = random.below(10) == 0 ? 1 + random.below(60_000) : 1 + random.below(300)
        books[index].value += book.last * lots
        books[index].lots += lots
        let kind = random.below(12)
        let board = kind == 11 ? ["NG", "TN"][random.below(2)] : "RG"
        let resting = String(order - random.below(3000))
        let orders = kind < 5 ? ("00", resting) : kind < 10 ? (resting, "00") : ("00", "00")
        let change = book.last - book.previous
        let tick = random.below(9) - 4
        let clock = second / 3600 * 10_000 + second / 60 % 60 * 100 + second % 60
        let time = String(repeating: "0", count: 6 - String(clock).count) + String(clock)
        let number = "0" + String(sequence)
        return "B|\(time)|0|\(book.code)|\(board)|\(number)|\(book.last)|\(lots)|--|-|--|-|\(book.previous)|"
            + "\(orders.0)|\(orders.1)|\(change)|\(tick)|\(books[index].value / books[index].lots)|"
            + "\(100 * change / book.previous)|1"
    }

    mutating func lines(_ count: Int) -> [String] { (0..<count).map { _ in line() } }

    /// A line in its envelope.
    static func envelope(_ line: String, millis: Int) -> String {
        "{\"v\":2,\"fmt\":\"pipe\",\"src\":\"ipot_ws\",\"raw\":\"\(line)\",\"ts\":\(millis),"
            + "\"ts_quality\":\"\(millis % 2 == 0 ? "ingestion" : "derived")\"}"
    }

    /// The same trades in six fields, some with decimals.
    static func six(_ line: String, decimals: Bool) -> String {
        let fields = line.split(separator: "|", omittingEmptySubsequences: false)
        let side = fields[13] == "00" ? "B" : "S"
        let price = decimals ? "\(fields[6]).\(1 + fields[6].count)" : String(fields[6])
        return "20260210|\(fields[1])|\(fields[3])|\(price)|\(fields[7])|\(side)"
    }
}
