internal import Columns
internal import Market
internal import Tape
internal import TestSupport

/// Does with a tape what the program does: reads it, appends to it, seals and prunes it. Each may be refused;
/// what is not refused has to hold.
struct TapeTrial {
    private let image: TapeImage

    init(_ image: TapeImage) { self.image = image }

    func run() {
        let before = read()
        _ = try? content(1..<3)
        readColumns()
        append(before)
        let whole = read()
        guard (try? Seal(tape: image.tape, stream: TapeImage.stream, day: TapeImage.day).run()) != nil else {
            check(before: whole, after: read(), "a seal that was refused")
            return
        }
        check(before: whole, after: read(), "sealing")
        let pruned = try? Prune(tape: image.tape, stream: TapeImage.stream, day: TapeImage.day)
            .run(reallyRemove: true)
        check(before: whole, after: read(), pruned == nil ? "a pruning that was refused" : "pruning")
        require(image.disk.openCount == 0, "\(image.disk.openCount) files are still open")
    }

    private func content(_ wanted: Range<UInt64>) throws -> DayContent {
        try DayContent(image.tape, TapeImage.stream, TapeImage.day, wanted: wanted)
    }

    private func read() -> DayContent? {
        guard let content = try? content(0..<UInt64.max) else { return nil }
        require(zip(content.numbers, content.numbers.dropFirst()).allSatisfy { $0 < $1 }, "numbers rise")
        require(content.numbers.last.map { $0 < content.endNumber } ?? true, "messages end at the mark")
        return content
    }

    private func readColumns() {
        guard
            let cursor = try? DayCursor(tape: image.tape, stream: TapeImage.stream, day: TapeImage.day),
            let sealed = cursor.sealed
        else { return }
        for block in 0..<min(sealed.blockCount, 64) {
            _ = (sealed.block(block), sealed.columnSizes(ofBlock: block))
            if case .success(let columns)? = try? sealed.columns(ofBlock: block, wanted: [0, 1, 240]) {
                _ = columns[0].last
            }
        }
    }

    /// What is acknowledged is there, and so is what was.
    private func append(_ before: DayContent?) {
        guard let writer = try? image.writer() else { return }
        let number: UInt64
        let message = StoredMessage(Array("appended".utf8), receiveTimeNanos: 5, channel: 1, direction: 1)
        do {
            number = try message.append(to: writer, TapeImage.day)
            try writer.close()
        } catch {
            writer.abandon()
            return
        }
        guard let after = read() else { refuse("a day that was appended to cannot be read") }
        if let place = after.numbers.firstIndex(of: number) {
            require(after.messages[place] == message, "message \(number) is another one")
        } else {
            // Behind a damaged frame, or a mark that is not of its segment, it may be unprovable; never silently.
            let isTold = after.damages.contains { $0.lost.contains(number) }
            let wasDamaged = before.map { !$0.damages.isEmpty } ?? true
            require(wasDamaged && isTold, "message \(number) was acknowledged and is gone: \(after.damages)")
        }
        check(before: before, after: after, "appending")
    }

    /// No message that could be read is lost or changed.
    private func check(before: DayContent?, after: DayContent?, _ what: String) {
        guard let before, !before.numbers.isEmpty else { return }
        guard let after else { refuse("\(what) made the day unreadable") }
        var place = 0
        for (number, message) in zip(before.numbers, before.messages) {
            while place < after.numbers.count, after.numbers[place] < number { place += 1 }
            let isThere = place < after.numbers.count && after.numbers[place] == number
            if isThere {
                require(after.messages[place] == message, "\(what) changed message \(number)")
            } else {
                let isTold = after.damages.contains { $0.lost.contains(number) }
                require(!before.damages.isEmpty && isTold, "\(what) lost message \(number): \(after.damages)")
            }
        }
    }
}

extension TapeImage {
    /// A writer of the stream.
    func writer() throws(TapeError) -> TapeWriter {
        try TapeWriter(tape: tape, stream: TapeImage.stream, scales: .whole, segmentSizeMax: 4096)
    }
}

extension StoredMessage {
    /// Appends it as a part of a source.
    @discardableResult
    func append(to source: SourceImport) throws(TapeError) -> UInt64 {
        let padded = PaddedBytes(payload)
        let message = RawMessage(
            payload: padded.bytes.baseAddress!, payloadSize: payload.count, number: 0,
            receiveTimeNanos: receiveTimeNanos, channel: channel, direction: direction)
        let number = try source.append(message, to: TapeImage.day)
        return withExtendedLifetime(padded) { number }
    }
}
