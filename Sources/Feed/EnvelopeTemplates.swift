internal import Columns

/// An envelope cut into what changes and what stays: text, line, text, receive time, text.
struct EnvelopeParts {
    let line: UnsafeRawBufferPointer
    let millis: Int64
    /// The text in front of the line, between line and time, and behind.
    let texts: (UnsafeRawBufferPointer, UnsafeRawBufferPointer, UnsafeRawBufferPointer)
    let message: UnsafeRawBufferPointer

    private static let rawKey = Array("\"raw\":\"".utf8)
    private static let timeKey = Array("\"ts\":".utf8)

    /// Cuts a message; nil where it has no line, or no time behind the line, in plain figures.
    init?(_ message: UnsafeRawBufferPointer) {
        guard message.count > 20, message[0] == 0x7B,
            let start = EnvelopeParts.end(of: EnvelopeParts.rawKey, in: message, from: 0)
        else { return nil }
        var end = start
        while end < message.count, message[end] != 0x22 {
            guard message[end] != 0x5C, message[end] >= 0x20, message[end] < 0x7F else { return nil }
            end += 1
        }
        guard let timeStart = EnvelopeParts.end(of: EnvelopeParts.timeKey, in: message, from: end) else {
            return nil
        }
        var timeEnd = timeStart
        var millis: Int64 = 0
        while timeEnd < message.count, timeEnd - timeStart < 18, message[timeEnd] >= 0x30,
            message[timeEnd] <= 0x39
        {
            millis = millis * 10 + Int64(message[timeEnd] - 0x30)
            timeEnd += 1
        }
        guard timeEnd > timeStart, message[timeStart] != 0x30 else { return nil }
        self.message = message
        self.millis = millis
        line = UnsafeRawBufferPointer(rebasing: message[start..<end])
        texts = (
            UnsafeRawBufferPointer(rebasing: message[..<start]),
            UnsafeRawBufferPointer(rebasing: message[end..<timeStart]),
            UnsafeRawBufferPointer(rebasing: message[timeEnd...])
        )
    }

    /// Where the first `key` from `from` on ends.
    private static func end(of key: [UInt8], in message: UnsafeRawBufferPointer, from: Int) -> Int? {
        var place = from
        while place + key.count <= message.count {
            if message[place] == key[0],
                key.elementsEqual(UnsafeRawBufferPointer(rebasing: message[place..<(place + key.count)]))
            {
                return place + key.count
            }
            place += 1
        }
        return nil
    }

    /// Whether a decoder would see this line under this time. It depends on the texts alone, which hold all
    /// of the JSON's structure.
    var isWhatDecodersSee: Bool {
        guard case .envelope(let envelope) = Envelope.read(message), envelope.format == .pipe else {
            return false
        }
        var scratch: [UInt8] = []
        let isSameLine = envelope.raw.withText(using: &scratch) { text, size in
            UnsafeRawBufferPointer(start: text, count: size).elementsEqual(line)
        }
        return isSameLine == true && envelope.receivedMillis == millis
    }
}

/// The texts around lines, numbered in order of first sight.
struct EnvelopeTemplates {
    private(set) var all: [[[UInt8]]] = []
    private var last = 0

    /// More are not worth their search; envelopes with further ones are kept verbatim.
    private static let countMax = 64

    /// The number of an envelope's texts; nil where they hold no trade line or are too many.
    mutating func number(of parts: EnvelopeParts) -> Int? {
        if last < all.count, EnvelopeTemplates.isEqual(all[last], parts) { return last }
        if let known = all.firstIndex(where: { EnvelopeTemplates.isEqual($0, parts) }) {
            last = known
            return known
        }
        guard all.count < EnvelopeTemplates.countMax, parts.isWhatDecodersSee else { return nil }
        all.append([Array(parts.texts.0), Array(parts.texts.1), Array(parts.texts.2)])
        last = all.count - 1
        return last
    }

    private static func isEqual(_ texts: [[UInt8]], _ parts: EnvelopeParts) -> Bool {
        texts[0].elementsEqual(parts.texts.0) && texts[1].elementsEqual(parts.texts.1)
            && texts[2].elementsEqual(parts.texts.2)
    }

    /// The column: per text a varint of its size and its bytes, three texts a template.
    var bytes: [UInt8] {
        var sink = ByteSink()
        for text in all.joined() {
            sink.append(UInt64(text.count))
            text.withUnsafeBytes { sink.append($0) }
        }
        return sink.array
    }

    /// Reads the column; nil where it is damaged.
    static func read(_ bytes: UnsafeRawBufferPointer) -> [[[UInt8]]]? {
        var texts: [[UInt8]] = []
        var offset = 0
        while offset < bytes.count {
            var reader = VarintReader(UnsafeRawBufferPointer(rebasing: bytes[offset...]))
            let size = reader.next()
            var encoded: [UInt8] = []
            Varint.append(size, to: &encoded)
            offset += encoded.count
            guard !reader.failed, offset <= bytes.count, size <= UInt64(bytes.count - offset) else {
                return nil
            }
            texts.append(Array(bytes[offset..<(offset + Int(size))]))
            offset += Int(size)
        }
        guard texts.count % 3 == 0 else { return nil }
        return stride(from: 0, to: texts.count, by: 3).map { Array(texts[$0..<($0 + 3)]) }
    }
}

/// Puts lines back into their envelopes, and verbatim messages between them.
struct EnvelopeWriter {
    private let templates: [[[UInt8]]]
    private let choices: UnsafeRawBufferPointer
    private let verbatim: UnsafeRawBufferPointer
    private var times: VarintReader
    private var sizes: VarintReader
    private var next = 0
    private var offset = 0
    private var millis: Int64 = 0
    private var failed = false
    private var message: [UInt8] = []

    init(_ columns: ColumnSet, _ templates: [[[UInt8]]]) {
        self.templates = templates
        choices = columns[EnvelopeCodec.choices]
        verbatim = columns[EnvelopeCodec.verbatimBytes]
        times = VarintReader(columns[EnvelopeCodec.times])
        sizes = VarintReader(columns[EnvelopeCodec.verbatimSizes])
    }

    /// Whether everything was used up, and fitted.
    var isAtEnd: Bool {
        !failed && next == choices.count && offset == verbatim.count && times.isAtEnd && sizes.isAtEnd
            && !times.failed && !sizes.failed
    }

    /// Emits the verbatim messages that come next.
    mutating func writeVerbatim(_ emit: (UnsafeRawBufferPointer) -> Void) {
        while next < choices.count, choices[next] == 0, !failed {
            let size = sizes.next()
            guard !sizes.failed, size <= UInt64(verbatim.count - offset) else {
                failed = true
                return
            }
            emit(UnsafeRawBufferPointer(rebasing: verbatim[offset..<(offset + Int(size))]))
            offset += Int(size)
            next += 1
        }
    }

    /// Emits the envelope of the next line.
    mutating func write(_ line: UnsafeRawBufferPointer, _ emit: (UnsafeRawBufferPointer) -> Void) {
        guard !failed, next < choices.count, choices[next] >= 1, Int(choices[next]) <= templates.count else {
            failed = true
            return
        }
        let texts = templates[Int(choices[next]) - 1]
        next += 1
        millis = millis &+ times.nextSigned()
        message.removeAll(keepingCapacity: true)
        message.append(contentsOf: texts[0])
        message.append(contentsOf: line)
        message.append(contentsOf: texts[1])
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { room in
            let end = DigitWriter.write(millis, to: room.baseAddress!)
            message.append(
                contentsOf: UnsafeRawBufferPointer(start: room.baseAddress!, count: end - room.baseAddress!))
        }
        message.append(contentsOf: texts[2])
        message.withUnsafeBytes { emit($0) }
    }
}
