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
        guard let seal = try? decoder.decode(DaySeal.self, from: Data(bytes)) else {
            throw .notATape(path: path, detail: "it is not a seal")
        }
        return seal
    }

    /// Writes the seal of what `sealed` holds, unless it is there already, and adds it to the stream's chain.
    static func commit(tape: Tape, sealed: SealedReader, at nanos: Int64) throws(TapeError) -> DaySeal {
        let index = sealed.index
        let root = SHA256.hex(index.root)
        if let known = try load(tape: tape, stream: index.stream, day: index.day), known.root == root {
            return known
        }
        let chain = "\(tape.path(of: index.stream))/\(chainName)"
        let links = try chainLinks(tape, chain)
        let path = "\(tape.path(of: index.stream, on: index.day))/\(SealedFile.name)"
        let size = try onDisk { () throws(DiskError) in
            let file = try tape.disk.open(path, .read)
            defer { file.close() }
            return try file.size()
        }
        var seal = DaySeal(
            stream: index.stream.text, day: index.day.description, messages: index.messageCount,
            blocks: index.blocks.count, rawBytes: index.blocks.reduce(0) { $0 + $1.payloadSize },
            rawSha256: SHA256.hex(index.rawHash), root: root, sealedBytes: UInt64(size), sealedAt: nanos,
            number: links.count + 1, previous: links.last?.hash ?? String(repeating: "0", count: 64))
        // A run that was killed between chain and seal has left its link: the seal takes its place.
        if let last = links.last, last.day == seal.day, last.root == root {
            seal.number = links.count
            seal.previous = links.dropLast().last?.hash ?? String(repeating: "0", count: 64)
            seal.sealedAt = last.sealedAt
            try onDisk { () throws(DiskError) in
                try tape.disk.syncDirectory(tape.path(of: index.stream))
            }
        } else {
            try append(
                "\(seal.number) \(seal.day) \(root) \(seal.sealedAt) \(seal.hash)\n", to: chain, tape)
        }
        try replaceFile(tape, "\(tape.path(of: index.stream, on: index.day))/\(fileName)", seal.json)
        return seal
    }

    private struct Link {
        let day: String
        let root: String
        let sealedAt: Int64
        let hash: String
    }

    private static func chainLinks(_ tape: Tape, _ path: String) throws(TapeError) -> [Link] {
        String(decoding: try wholeLines(tape, path), as: UTF8.self).split(separator: "\n").compactMap {
            line in
            let words = line.split(separator: " ")
            guard words.count == 5, words[4].count == 64, let sealedAt = Int64(words[3]) else { return nil }
            return Link(
                day: String(words[1]), root: String(words[2]), sealedAt: sealedAt, hash: String(words[4]))
        }
    }

    /// Writes the chain anew, longer by a line: so it never ends in half of one, and what can be read of it
    /// is durable. Half a line that an earlier program has left is dropped.
    private static func append(_ line: String, to path: String, _ tape: Tape) throws(TapeError) {
        try replaceFile(tape, path, try wholeLines(tape, path) + Array(line.utf8))
    }

    private static func wholeLines(_ tape: Tape, _ path: String) throws(TapeError) -> [UInt8] {
        guard try onDisk({ () throws(DiskError) in try tape.disk.kind(of: path) }) != nil else { return [] }
        let bytes = try wholeFile(tape, path)
        return Array(bytes[..<(bytes.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0)])
    }

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }

    private var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        guard let data = try? encoder.encode(self) else { preconditionFailure("a seal always encodes") }
        return [UInt8](data) + [0x0A]
    }
}

/// The content of a file.
func wholeFile(_ tape: Tape, _ path: String) throws(TapeError) -> [UInt8] {
    let (file, size) = try onDisk { () throws(DiskError) in
        let file = try tape.disk.open(path, .read)
        return (file, try file.size())
    }
    defer { file.close() }
    return try file.bytes(at: 0, count: Int(size))
}

/// Writes a file whole or not at all: beside it, synced, renamed, directory synced.
func replaceFile(_ tape: Tape, _ path: String, _ bytes: [UInt8]) throws(TapeError) {
    try onDisk { () throws(DiskError) in
        let file = try tape.disk.open("\(path).new", .replace)
        defer { file.close() }
        let result = bytes.withUnsafeBytes { raw in
            Result { () throws(DiskError) in try file.write(raw, at: 0) }
        }
        try result.get()
        try file.sync()
        try tape.disk.rename("\(path).new", to: path)
        let directory = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        try tape.disk.syncDirectory(directory.joined(separator: "/"))
    }
}
