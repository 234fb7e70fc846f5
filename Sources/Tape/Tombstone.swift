internal import Foundation
public import Market
internal import Platform

/// What stays of a sealed day that retention has removed: `tombstone.json` in the day's folder, beside the
/// seal (`day.json`) of which it tells the hash. Where it is, the day is gone, whatever bytes are still there.
public struct Tombstone: Codable, Equatable, Sendable {
    /// Version of this form.
    public var format = 1
    /// The stream.
    public var stream: String
    /// The trading day.
    public var day: String
    /// Messages that the day held.
    public var messages: UInt64
    /// Bytes of their payloads.
    public var rawBytes: UInt64
    /// SHA-256 over every payload and a LF behind it, in tape order.
    public var rawSha256: String
    /// Merkle root over the blocks.
    public var root: String
    /// Bytes that `day.tape` had.
    public var sealedBytes: UInt64
    /// ``DaySeal/hash`` of the day's last seal, which stands in the stream's chain.
    public var seal: String
    /// When the removal was decided, nanoseconds since 1970 UTC.
    public var removedAt: Int64
    /// The rule that asked for it, such as `sealed_days 365`.
    public var policy: String
    /// ``expectedHash``; it finds a tombstone that was edited or damaged.
    public var hash = ""

    static let fileName = "tombstone.json"

    init(_ seal: DaySeal, at nanos: Int64, policy: String) {
        stream = seal.stream
        day = seal.day
        messages = seal.messages
        rawBytes = seal.rawBytes
        rawSha256 = seal.rawSha256
        root = seal.root
        sealedBytes = seal.sealedBytes
        self.seal = seal.hash
        removedAt = nanos
        self.policy = policy
        hash = expectedHash
    }

    /// SHA-256 over the fields before ``hash``, each as text followed by a LF, in the order of their
    /// declaration.
    public var expectedHash: String {
        let text = [
            "\(format)", stream, day, "\(messages)", "\(rawBytes)", rawSha256, root, "\(sealedBytes)", seal,
            "\(removedAt)", policy,
        ].map { $0 + "\n" }.joined()
        return SHA256.hex(SHA256.hash(of: Array(text.utf8)))
    }

    /// The WIB day on which the removal was decided.
    public var removedOn: TradingDay { TradingDay(containing: Timestamp(nanos: removedAt)) }

    /// What a person is told who asks for the day.
    public var explanation: String {
        "\(stream) of \(day) was removed by retention on \(removedOn) (\(policy)): its \(messages) messages are "
            + "gone, its seal stays"
    }

    /// Writes it whole and durably.
    func write(_ tape: Tape, _ path: String) throws(TapeError) {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        guard let data = try? encoder.encode(self) else { preconditionFailure("a tombstone always encodes") }
        try replaceFile(tape, path, [UInt8](data) + [0x0A])
    }
}

extension Tape {
    /// The tombstone of a day; nil where the day has none.
    /// - Throws: ``TapeError/notATape(path:detail:)`` where it is damaged or that of another day.
    public func tombstone(of stream: StreamName, on day: TradingDay) throws(TapeError) -> Tombstone? {
        guard try isRetired(stream, day) else { return nil }
        let path = tombstonePath(stream, day)
        let bytes = try wholeFile(self, path)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let found = try? decoder.decode(Tombstone.self, from: Data(bytes)),
            found.hash == found.expectedHash, found.stream == stream.text, found.day == day.description
        else {
            throw .notATape(
                path: path, detail: "it is no tombstone of \(stream) and \(day), or damaged; restore the file"
            )
        }
        return found
    }

    /// The days of a stream that retention has removed.
    public func retiredDays(of stream: StreamName) throws(TapeError) -> Set<TradingDay> {
        var retired: Set<TradingDay> = []
        for day in try days(of: stream) where try isRetired(stream, day) { retired.insert(day) }
        return retired
    }

    /// Every tombstone of the tape, by stream and day.
    public func tombstones() throws(TapeError) -> [Tombstone] {
        var found: [Tombstone] = []
        for stream in try streams() {
            for day in try days(of: stream) {
                if let tombstone = try tombstone(of: stream, on: day) { found.append(tombstone) }
            }
        }
        return found
    }

    func tombstonePath(_ stream: StreamName, _ day: TradingDay) -> String {
        "\(path(of: stream, on: day))/\(Tombstone.fileName)"
    }

    private func isRetired(_ stream: StreamName, _ day: TradingDay) throws(TapeError) -> Bool {
        try onDisk { () throws(DiskError) in try disk.kind(of: tombstonePath(stream, day)) } != nil
    }

    /// Refuses a day that retention has removed.
    /// - Throws: ``TapeError/retired(_:)``.
    func refuseRetired(_ stream: StreamName, _ day: TradingDay) throws(TapeError) {
        if let tombstone = try tombstone(of: stream, on: day) { throw .retired(tombstone) }
    }
}
