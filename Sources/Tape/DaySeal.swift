internal import Foundation
public import Market
internal import Platform

/// The seal of a day, kept as `day.json` beside `day.tape`: counts and hashes, and the hash of the stream's
/// seal before it, so that an edited day is provable.
public struct DaySeal: Codable, Equatable, Sendable {
    /// Version of this form.
    public var format = 1
    /// The stream.
    public var stream: String
    /// The trading day.
    public var day: String
    /// Sealed messages.
    public var messages: UInt64
    /// Blocks.
    public var blocks: Int
    /// Bytes of the payloads.
    public var rawBytes: UInt64
    /// SHA-256 over every payload and a LF behind it, in tape order.
    public var rawSha256: String
    /// Merkle root over the blocks.
    public var root: String
    /// Bytes of `day.tape`.
    public var sealedBytes: UInt64
    /// When it was sealed, nanoseconds since 1970 UTC.
    public var sealedAt: Int64
    /// Number of the seal in its stream, from 1.
    public var number: Int
    /// ``hash`` of the seal before it; 64 zeros in the first.
    public var previous: String

    static let fileName = "day.json"
    static let chainName = "seals"

    /// SHA-256 over the seal's fields, each as text followed by a LF, in the order of their declaration.
    public var hash: String {
        let text = [
            "\(format)", stream, day, "\(messages)", "\(blocks)", "\(rawBytes)", rawSha256, root,
            "\(sealedBytes)",
            "\(sealedAt)", "\(number)", previous,
        ].map { $0 + "\n" }.joined()
        return SHA256.hex(SHA256.hash(of: Array(text.utf8)))
    }

    /// The seal of a day; nil where there is none.
    public static func load(tape: Tape, stream: StreamName, day: TradingDay) throws(TapeError) -> DaySeal? {
        let path = "\(tape.path(of: stream, on: day))/\(fileName)"
        guard try onDisk({ () throws(DiskError) in try tape.disk.kind(of: path) }) != nil else { return nil }
        let bytes = try wholeFile(tape, path)
        guard let seal = decoded(bytes) else { throw .notATape(path: path, detail: "it is not a seal") }
        return seal
    }

    /// The seal in a file's bytes; nil where they are none.
    static func decoded(_ bytes: [UInt8]) -> DaySeal? {
        try? decoder.decode(DaySeal.self, from: Data(bytes))
    }

    /// Writes the seal of what `sealed` holds, unless it is there as it should be, and adds it to the stream's
    /// chain. A seal that was edited is made again from the sealed file and the chain.
    static func commit(tape: Tape, sealed: SealedReader, at nanos: Int64) throws(TapeError) -> DaySeal {
        let index = sealed.index
        let chain = try Chain(tape: tape, stream: index.stream)
        var seal = try derived(tape: tape, sealed: sealed, at: nanos)
        if let position = chain.links.lastIndex(where: { $0.day == seal.day && $0.root == seal.root }) {
            seal.number = position + 1
            seal.sealedAt = chain.links[position].sealedAt
            seal.previous = position > 0 ? chain.links[position - 1].hash : none
            guard seal.hash == chain.links[position].hash else {
                throw .notATape(
                    path: chain.path,
                    detail: "line \(position + 1) is not the seal of \(seal.day); restore the file")
            }
            try chain.settle()
        } else {
            seal.number = chain.links.count + 1
            seal.previous = chain.links.last?.hash ?? none
            try chain.append(
                "\(seal.number) \(seal.day) \(seal.root) \(seal.sealedAt) \(seal.hash)\n")
        }
        if (try? load(tape: tape, stream: index.stream, day: index.day)) != seal {
            try replaceFile(tape, "\(tape.path(of: index.stream, on: index.day))/\(fileName)", seal.json)
        }
        return seal
    }

    /// Whether the day's seal is that of the sealed file, and stands in the stream's chain.
    static func matches(tape: Tape, sealed: SealedReader) throws(TapeError) -> Bool {
        guard let seal = try load(tape: tape, stream: sealed.index.stream, day: sealed.index.day) else {
            return false
        }
        var expected = try derived(tape: tape, sealed: sealed, at: seal.sealedAt)
        expected.number = seal.number
        expected.previous = seal.previous
        let links = try Chain(tape: tape, stream: sealed.index.stream).links
        return seal == expected && links.indices.contains(seal.number - 1)
            && links[seal.number - 1].hash == seal.hash
    }

    private static let none = String(repeating: "0", count: 64)

    /// The seal of a file, apart from its place in the chain.
    static func derived(
        tape: Tape, sealed: SealedReader, at nanos: Int64
    ) throws(TapeError) -> DaySeal {
        let index = sealed.index
        let path = "\(tape.path(of: index.stream, on: index.day))/\(SealedFile.name)"
        let size = try onDisk { () throws(DiskError) in
            let file = try tape.disk.open(path, .read)
            defer { file.close() }
            return try file.size()
        }
        return DaySeal(
            stream: index.stream.text, day: index.day.description, messages: index.messageCount,
            blocks: index.blocks.count, rawBytes: index.blocks.reduce(0) { $0 + $1.payloadSize },
            rawSha256: SHA256.hex(index.rawHash), root: SHA256.hex(index.root), sealedBytes: UInt64(size),
            sealedAt: nanos, number: 0, previous: none)
    }

    /// The stream's file of seals: a line each, in the order of sealing.
    private struct Chain {
        struct Link {
            let day: String
            let root: String
            let sealedAt: Int64
            let hash: String
        }

        let path: String
        private(set) var links: [Link] = []
        private let tape: Tape
        private let directory: String
        /// The whole lines; a last line that an earlier program has torn is left out.
        private var whole: [UInt8] = []

        init(tape: Tape, stream: StreamName) throws(TapeError) {
            self.tape = tape
            directory = tape.path(of: stream)
            let path = "\(directory)/\(chainName)"
            self.path = path
            guard try onDisk({ () throws(DiskError) in try tape.disk.kind(of: path) }) != nil else { return }
            let bytes = try wholeFile(tape, path)
            var end = 0
            while let newline = bytes[end...].firstIndex(of: 0x0A) {
                let words = String(decoding: bytes[end..<newline], as: UTF8.self).split(separator: " ")
                guard words.count == 5, Int(words[0]) == links.count + 1, words[4].utf8.count == 64,
                    let sealedAt = Int64(words[3])
                else {
                    throw .notATape(
                        path: path, detail: "line \(links.count + 1) is damaged; restore the file")
                }
                links.append(
                    Link(
                        day: String(words[1]), root: String(words[2]), sealedAt: sealedAt,
                        hash: String(words[4])))
                end = newline + 1
            }
            whole = Array(bytes[..<end])
        }

        /// Writes the chain anew, longer by a line: so it never ends in half of one.
        func append(_ line: String) throws(TapeError) {
            try replaceFile(tape, path, whole + Array(line.utf8))
        }

        /// Makes the chain durable where a run was killed just before it was.
        func settle() throws(TapeError) {
            try onDisk { () throws(DiskError) in try tape.disk.syncDirectory(directory) }
        }
    }

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }

    /// The content of `day.json`.
    var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        guard let data = try? encoder.encode(self) else { preconditionFailure("a seal always encodes") }
        return [UInt8](data) + [0x0A]
    }
}
