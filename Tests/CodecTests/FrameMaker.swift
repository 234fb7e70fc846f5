/// Wraps trade lines into the socket's frames as they have been observed (PROTOCOLS §1.3), with books, replies
/// and pings between them.
struct FrameMaker {
    var random: SeededRandom
    private var recordNumber = 0

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// The lines in frames, in order.
    mutating func frames(_ lines: [String]) -> [String] {
        var frames: [String] = []
        var next = 0
        while next < lines.count {
            let count = min(lines.count - next, random.below(3) == 0 ? 1 + random.below(6) : 1)
            frames.append(frame(Array(lines[next..<(next + count)])))
            next += count
            if random.below(4) == 0 { frames.append(book()) }
            if random.below(40) == 0 { frames.append(["#1", "#2", "", "{\"rid\":7}"][random.below(4)]) }
        }
        return frames
    }

    /// The frame of a few lines.
    mutating func frame(_ lines: [String]) -> String {
        recordNumber += 1
        let quoted = lines.map { "\"\($0)\"" }
        let codes = lines.map {
            $0.split(separator: "|", omittingEmptySubsequences: false).dropFirst(3).first ?? ""
        }
        let list = lines.count == 1 ? quoted[0] : "[" + quoted.joined(separator: ",") + "]"
        switch random.below(5) {
        case 0, 1: return FrameMaker.packet("stream", list, code: "ANY")
        case 2:
            return "{\"event\":\"record\",\"data\":{\"cmdid\":11,\"recno\":\(recordNumber),\"data\":"
                + "{\"rtype\":\"LT\",\"data\":\(list)}}}"
        case 3:
            return
                "{ \"event\" : \"#publish\",\t\"data\": {\"channel\":\"LT\",\"ts\":\(1_771_380_000_000 + recordNumber * 37)"
                + ", \"data\": {\"data\": \(list), \"rtype\": \"LT\"} } }"
        default:
            let packets = zip(quoted, codes).map { FrameMaker.packet("#publish", $0, code: String($1)) }
            return "[" + (packets + (random.below(3) == 0 ? [book()] : [])).joined(separator: ",") + "]"
        }
    }

    private static func packet(_ event: String, _ data: String, code: String) -> String {
        "{\"event\":\"\(event)\",\"data\":{\"source\":\"IDX\",\"service\":\"mi\",\"rtype\":\"LT\","
            + "\"code\":\"\(code)\",\"data\":\(data)}}"
    }

    /// An update of a book (PROTOCOLS §1.7): JSON in a string.
    mutating func book() -> String {
        let price = 200 + random.below(90) * 2
        let levels = (0...random.below(5)).map { "\(price + $0 * 2)|\(random.below(90_000))|0" }
        return "{\"event\":\"stream\",\"data\":{\"rtype\":\"OB2\",\"code\":\"SCMA\",\"data\":"
            + "\"{\\\"subcmd\\\":\\\"UPDATE\\\",\\\"board\\\":\\\"RG\\\",\\\"recinfo\\\":\\\"C|U|SCMA|RG|\(price)|\(price + 2)"
            + "|1|4|1|0|-4|;|\(price)|\(price + 2)|P|\(levels.joined(separator: "|"))|X|1\\\"}\"}}"
    }
}
