/// Cuts a source into payloads (TAPE "Message"): a line without its LF, a run of table rows of one date and
/// symbol, or a whole JSON document of several lines. Keeps no bytes; the caller keeps the buffer.
public struct PayloadSplitter {
    /// How a source is to be cut.
    public enum Layout: String, Sendable, CaseIterable {
        /// Lines; table rows are joined to runs of one date and symbol, or of one time; a document that begins with a lone bracket is kept whole.
        case auto
        /// Every line is a payload.
        case lines
        /// The whole source is one payload.
        case document
    }

    /// The next payload in a buffer.
    public enum Step: Equatable {
        /// The payload's range, and where the next one begins; `isOpen` where it would have gone on with more
        /// bytes: a last line without LF, a run of rows up to the end.
        case payload(Range<Int>, next: Int, isOpen: Bool)
        /// More bytes are needed.
        case needMore
        /// Nothing is left.
        case end
    }

    private let layout: Layout
    /// Whether nothing has been cut yet: only then a bracket can begin a document.
    private var isFirst = true
    /// Bytes of an unfinished payload that have been looked at already.
    private var scanned = 0
    /// Bytes of an unfinished document whose lines have been looked at.
    private var documentScanned = 0

    /// A splitter for one source.
    public init(layout: Layout) { self.layout = layout }

    /// The payload that begins at `start`. `atEnd`: the source has no more bytes than the buffer.
    ///
    /// After ``Step/needMore`` call it with the same start and a longer buffer.
    /// - Complexity: O(payload); a payload that arrives in pieces is scanned once.
    @inline(__always)
    public mutating func next(
        in buffer: UnsafeRawBufferPointer, from start: Int, atEnd: Bool
    ) -> Step {
        if start == buffer.count { return atEnd ? .end : .needMore }
        if layout == .document { return atEnd ? whole(buffer, start) : .needMore }
        guard let end = lineEnd(in: buffer, from: start) else {
            if !atEnd { return .needMore }
            scanned = 0
            return last(buffer, start)
        }
        let first = buffer[start]
        if _slowPath(layout == .auto && (first == 0x7B || first == 0x5B || (first >= 0x30 && first <= 0x39)))
        {
            if isFirst, isLoneBracket(buffer, start..<end), let step = document(buffer, start, atEnd) {
                return step
            }
            isFirst = false
            let line = UnsafeRawBufferPointer(rebasing: buffer[start..<end])
            if let size = BrokerSummaryTable.groupSize(line) ?? BookTable.groupSize(line) {
                return run(buffer, start, end, size, atEnd)
            }
        }
        scanned = 0
        isFirst = false
        return .payload(start..<end, next: end &+ 1, isOpen: false)
    }

    private mutating func lineEnd(in buffer: UnsafeRawBufferPointer, from start: Int) -> Int? {
        let from = start &+ scanned
        guard let found = LineScan.newline(in: buffer, from: from) else {
            scanned = buffer.count &- start
            return nil
        }
        return found
    }

    /// The last line of a source that does not end in LF.
    private func last(_ buffer: UnsafeRawBufferPointer, _ start: Int) -> Step {
        .payload(start..<buffer.count, next: buffer.count, isOpen: true)
    }

    private func whole(_ buffer: UnsafeRawBufferPointer, _ start: Int) -> Step {
        let hasNewline = buffer[buffer.count - 1] == 0x0A
        return .payload(
            start..<(hasNewline ? buffer.count - 1 : buffer.count), next: buffer.count, isOpen: !hasNewline)
    }

    /// Rows from `start` as long as they begin with the same date and symbol.
    private mutating func run(
        _ buffer: UnsafeRawBufferPointer, _ start: Int, _ firstEnd: Int, _ groupSize: Int, _ atEnd: Bool
    ) -> Step {
        let group = UnsafeRawBufferPointer(rebasing: buffer[start..<(start + groupSize)])
        var end = firstEnd
        while true {
            let rowStart = end + 1
            guard let rowEnd = LineScan.newline(in: buffer, from: rowStart) else {
                if !atEnd {
                    // Scanned again from the run's start when more has come: runs are short.
                    scanned = 0
                    return .needMore
                }
                scanned = 0
                let row = UnsafeRawBufferPointer(rebasing: buffer[rowStart...])
                if row.starts(with: group) {
                    return .payload(start..<buffer.count, next: buffer.count, isOpen: true)
                }
                return .payload(start..<end, next: rowStart, isOpen: row.isEmpty)
            }
            guard UnsafeRawBufferPointer(rebasing: buffer[rowStart..<rowEnd]).starts(with: group) else {
                scanned = 0
                return .payload(start..<end, next: rowStart, isOpen: false)
            }
            end = rowEnd
        }
    }

    /// A source that is a document laid out over lines begins with a bracket alone on its line and ends at the
    /// line that begins with its counterpart. Nil where it has none: then it is cut by lines.
    private mutating func document(
        _ buffer: UnsafeRawBufferPointer, _ start: Int, _ atEnd: Bool
    ) -> Step? {
        let closing: UInt8 = buffer[start] == 0x7B ? 0x7D : 0x5D
        var lineStart = start + documentScanned
        while lineStart < buffer.count, let end = LineScan.newline(in: buffer, from: lineStart) {
            if buffer[lineStart] == closing {
                isFirst = false
                scanned = 0
                return .payload(start..<end, next: end + 1, isOpen: false)
            }
            lineStart = end + 1
        }
        documentScanned = lineStart - start
        scanned = 0
        guard atEnd else { return .needMore }
        guard lineStart < buffer.count, buffer[lineStart] == closing else { return nil }
        isFirst = false
        return last(buffer, start)
    }

    private func isLoneBracket(_ buffer: UnsafeRawBufferPointer, _ line: Range<Int>) -> Bool {
        guard buffer[line.lowerBound] == 0x7B || buffer[line.lowerBound] == 0x5B else { return false }
        return buffer[line].dropFirst().allSatisfy { $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }
    }
}
