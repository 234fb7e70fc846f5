internal import Columns

/// Numbers the texts around lines in order of their second sight; what is seen once is kept literally.
struct FrameTextEncoder: ~Copyable {
    private var scratch = FrameText()
    /// Numbers from 1 by pattern; 0 for one that has been seen once.
    private var numbers: [[UInt8]: Int] = [:]
    private var patterns: [[UInt8]] = []
    /// Per text where its numbers' steps begin in `streams`.
    private var firstStreams: [Int] = []
    /// Per number in a text: differences from the one before, and that one.
    private var streams: [[UInt8]] = []
    private var lasts: [UInt64] = []
    private var prediction = TextPrediction()
    private var code: [UInt8] = []
    private var chosen = ByteSink()
    private var sizes = ByteSink()
    private var bytes = ByteSink()

    /// A message begins that has lines.
    mutating func begin() {
        prediction.begin()
        code.removeAll(keepingCapacity: true)
    }

    /// The text in front of a line, or, before nil, the last one of a message.
    mutating func append(_ text: UnsafeRawBufferPointer, before line: UnsafeRawBufferPointer?) {
        let behind = line.map(TradeLineFinder.code) ?? UnsafeRawBufferPointer(start: nil, count: 0)
        let isModelled = code.withUnsafeBytes { scratch.read(text, codeBefore: $0, codeBehind: behind) }
        let number = isModelled ? number(isLast: line == nil) : 0
        chosen.append(UInt64(prediction.encode(number, isLast: line == nil)))
        if number == 0 {
            keep(text)
        } else {
            let first = firstStreams[number - 1]
            for (index, value) in scratch.numbers.enumerated() {
                Varint.appendSigned(
                    Int64(bitPattern: value &- lasts[first + index]), to: &streams[first + index])
                lasts[first + index] = value
            }
        }
        code.replaceSubrange(code.indices, with: behind)
    }

    /// Keeps a text, or a whole message without lines, as it is.
    mutating func keep(_ text: UnsafeRawBufferPointer) {
        sizes.append(UInt64(text.count))
        bytes.append(text)
    }

    /// The number of the pattern in `scratch`; 0 where it has none yet.
    private mutating func number(isLast: Bool) -> Int {
        let likely = prediction.next(isLast: isLast)
        if likely > 0, patterns[likely - 1] == scratch.pattern { return likely }
        switch numbers[scratch.pattern] {
        case nil:
            if numbers.count < FrameText.countMax { numbers[scratch.pattern] = 0 }
            return 0
        case 0?:
            patterns.append(scratch.pattern)
            numbers[scratch.pattern] = patterns.count
            firstStreams.append(streams.count)
            streams += Array(repeating: [], count: scratch.numbers.count)
            lasts += Array(repeating: 0, count: scratch.numbers.count)
            return patterns.count
        case let known?: return known
        }
    }

    /// The column of texts: per text a varint of its size, its bytes, and per number in it a varint of the
    /// bytes that its steps take.
    var dictionary: [UInt8] {
        var sink: [UInt8] = []
        for (pattern, first) in zip(patterns, firstStreams) {
            Varint.append(UInt64(pattern.count), to: &sink)
            sink += pattern
            let count = pattern.count { $0 == FrameText.number }
            for stream in streams[first..<(first + count)] { Varint.append(UInt64(stream.count), to: &sink) }
        }
        return sink
    }

    var choices: [UInt8] { chosen.array }
    var steps: [UInt8] { Array(streams.joined()) }
    var literalSizes: [UInt8] { sizes.array }
    var literalBytes: [UInt8] { bytes.array }
}

/// Foretells the texts of a frame: the one that came last time behind the same text, first or between lines
/// apart from last. Both sides of the codec keep one.
struct TextPrediction {
    /// Twice per text and for a frame's beginning: number of the text that followed.
    private var followers: [Int] = [0, 0]
    private var last = 0

    mutating func begin() { last = 0 }

    func next(isLast: Bool) -> Int {
        let index = last * 2 + (isLast ? 1 : 0)
        return index < followers.count ? followers[index] : 0
    }

    /// What stands for a number: 0 for the foretold one, else the number + 1.
    mutating func encode(_ number: Int, isLast: Bool) -> Int {
        let isHit = next(isLast: isLast) == number
        pass(number, isLast: isLast)
        return isHit ? 0 : number + 1
    }

    /// The number that a value stands for.
    mutating func decode(_ value: Int, isLast: Bool) -> Int {
        let number = value == 0 ? next(isLast: isLast) : value - 1
        pass(number, isLast: isLast)
        return number
    }

    private mutating func pass(_ number: Int, isLast: Bool) {
        let index = last * 2 + (isLast ? 1 : 0)
        while followers.count <= index | 1 { followers.append(0) }
        followers[index] = number
        last = number
    }
}
