internal import Columns
internal import Market
internal import Platform

/// Compares a sealed file, read from the disk, with the messages that it is to replace.
struct Verify {
    let tape: Tape
    let stream: StreamName
    let day: TradingDay

    /// Restores every message of the file at `path` and compares number, payload and origin with the tape.
    /// - Throws: ``TapeError/notATape(path:detail:)`` at the first difference.
    func compare(_ path: String, messageCount: UInt64) throws(TapeError) {
        try onDisk { () throws(DiskError) in
            let file = try tape.disk.open(path, .read)
            defer { file.close() }
            try file.dropCache()
        }
        let reader = try SealedReader(tape: tape, stream: stream, day: day, path: path)
        guard reader.messageCount == messageCount else {
            throw .notATape(
                path: path, detail: "it holds \(reader.messageCount) messages, not \(messageCount)")
        }
        let sealed = SealedCursor(reader, wanted: 0..<UInt64.max)
        let original = try DayCursor(tape: tape, stream: stream, day: day, wanted: 0..<messageCount)
        var sha = SHA256()
        var left = UnsafeBufferPointer<RawMessage>(start: nil, count: 0)[...]
        var right = left
        var compared: UInt64 = 0
        while true {
            if left.isEmpty { left = (try sealed.next() ?? UnsafeBufferPointer(start: nil, count: 0))[...] }
            if right.isEmpty {
                right = (try original.next() ?? UnsafeBufferPointer(start: nil, count: 0))[...]
            }
            guard let one = left.popFirst(), let other = right.popFirst() else { break }
            guard Verify.isEqual(one, other) else {
                throw .notATape(path: path, detail: "message \(other.number) does not come back as it was")
            }
            sha.update(one.bytes)
            Verify.newline.withUnsafeBytes { sha.update($0) }
            compared += 1
        }
        if let damage = sealed.damages.first ?? original.damages.first(where: { !$0.isHalfMark }) {
            throw .notATape(path: path, detail: "\(damage)")
        }
        guard left.isEmpty, right.isEmpty, compared == messageCount, sha.current() == reader.index.rawHash
        else {
            throw .notATape(path: path, detail: "it does not restore \(messageCount) messages and their hash")
        }
    }

    private static let newline: [UInt8] = [0x0A]

    private static func isEqual(_ one: RawMessage, _ other: RawMessage) -> Bool {
        one.number == other.number && one.payloadSize == other.payloadSize
            && one.receiveTimeNanos == other.receiveTimeNanos && one.channel == other.channel
            && one.direction == other.direction && one.bytes.elementsEqual(other.bytes)
    }
}
