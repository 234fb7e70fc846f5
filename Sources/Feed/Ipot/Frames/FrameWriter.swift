internal import Columns

/// The texts of a block's column, read and checked.
struct FrameTexts {
    struct Text {
        let pattern: UnsafeRawBufferPointer
        /// Where the steps of its numbers are read, and the numbers before.
        var steps: [VarintReader]
        var numbers: [UInt64]
    }

    var all: [Text] = []

    /// Reads the column; nil where it is damaged.
    init?(_ bytes: UnsafeRawBufferPointer, steps: UnsafeRawBufferPointer) {
        var reader = VarintReader(bytes)
        var used = 0
        while !reader.isAtEnd {
            let size = reader.next()
            guard all.count < FrameText.countMax, size <= UInt64(FrameText.sizeMax),
                let pattern = reader.bytes(Int(size))
            else { return nil }
            var text = Text(pattern: pattern, steps: [], numbers: [])
            for byte in pattern where byte == FrameText.number {
                let size = reader.next()
                guard text.steps.count < FrameText.numberCountMax, size <= UInt64(steps.count - used) else {
                    return nil
                }
                text.steps.append(
                    VarintReader(UnsafeRawBufferPointer(rebasing: steps[used..<(used + Int(size))])))
                text.numbers.append(0)
                used += Int(size)
            }
            all.append(text)
        }
        guard !reader.failed, used == steps.count else { return nil }
    }

    var isAtEnd: Bool { all.allSatisfy { $0.steps.allSatisfy { $0.isAtEnd && !$0.failed } } }
}

/// Puts lines back into their frames, and messages without lines between them.
struct FrameWriter {
    private var texts: FrameTexts
    private var counts: VarintReader
    private var choices: VarintReader
    private var sizes: VarintReader
    private var literals: VarintReader
    private var prediction = TextPrediction()
    private var message: [UInt8] = []
    private var code: [UInt8] = []
    /// Lines that the open message still lacks.
    private var missing = 0
    private var failed = false

    /// The tape has no larger messages.
    private static let sizeMax = 1 << 28

    init(_ columns: ColumnSet, _ texts: FrameTexts) {
        self.texts = texts
        counts = VarintReader(columns[WireFrameCodec.lineCounts])
        choices = VarintReader(columns[WireFrameCodec.choices])
        sizes = VarintReader(columns[WireFrameCodec.literalSizes])
        literals = VarintReader(columns[WireFrameCodec.literalBytes])
    }

    /// Whether everything was used up, and fitted.
    var isAtEnd: Bool {
        !failed && missing == 0 && counts.isAtEnd && texts.isAtEnd
            && [choices, sizes, literals].allSatisfy { $0.isAtEnd && !$0.failed }
    }

    /// Emits the messages without lines that come next, and opens the one behind them.
    mutating func writeLineless(_ emit: (UnsafeRawBufferPointer) -> Void) {
        while !counts.isAtEnd, !failed {
            missing = Int(truncatingIfNeeded: counts.next())
            if missing > 0 {
                message.removeAll(keepingCapacity: true)
                code.removeAll(keepingCapacity: true)
                prediction.begin()
                return
            }
            guard let literal = literal() else { return }
            emit(literal)
        }
    }

    /// Adds the next line with the text in front of it; emits the frame that it completes.
    mutating func write(_ line: UnsafeRawBufferPointer, _ emit: (UnsafeRawBufferPointer) -> Void) {
        guard missing > 0, !failed else {
            failed = true
            return
        }
        let behind = TradeLineFinder.code(of: line)
        appendText(behind, isLast: false)
        message.append(contentsOf: line)
        code.replaceSubrange(code.indices, with: behind)
        missing -= 1
        if missing == 0 {
            appendText(UnsafeRawBufferPointer(start: nil, count: 0), isLast: true)
            if failed { return }
            message.withUnsafeBytes { emit($0) }
            writeLineless(emit)
        }
        if message.count > FrameWriter.sizeMax { failed = true }
    }

    private mutating func literal() -> UnsafeRawBufferPointer? {
        let size = sizes.next()
        guard !sizes.failed, size <= UInt64(FrameWriter.sizeMax), let bytes = literals.bytes(Int(size)) else {
            failed = true
            return nil
        }
        return bytes
    }

    private mutating func appendText(_ codeBehind: UnsafeRawBufferPointer, isLast: Bool) {
        let value = choices.next()
        guard !choices.failed, value <= UInt64(texts.all.count + 1) else {
            failed = true
            return
        }
        let number = prediction.decode(Int(value), isLast: isLast)
        if number == 0 {
            if let literal = literal() { message.append(contentsOf: literal) }
            return
        }
        let pattern = texts.all[number - 1].pattern
        var next = 0
        var start = 0
        for place in pattern.indices where FrameText.isMark(pattern[place]) {
            message.append(contentsOf: UnsafeRawBufferPointer(rebasing: pattern[start..<place]))
            start = place + 1
            switch pattern[place] {
            case FrameText.codeBefore: message.append(contentsOf: code)
            case FrameText.codeBehind: message.append(contentsOf: codeBehind)
            default:
                appendNumber(number - 1, next)
                next += 1
            }
        }
        message.append(contentsOf: UnsafeRawBufferPointer(rebasing: pattern[start...]))
    }

    private mutating func appendNumber(_ text: Int, _ index: Int) {
        let step = UInt64(bitPattern: texts.all[text].steps[index].nextSigned())
        let value = texts.all[text].numbers[index] &+ step
        texts.all[text].numbers[index] = value
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { room in
            let end = DigitWriter.write(value, to: room.baseAddress!)
            message.append(
                contentsOf: UnsafeRawBufferPointer(start: room.baseAddress!, count: end - room.baseAddress!))
        }
    }
}
