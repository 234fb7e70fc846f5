internal import Foundation
internal import Market
internal import Platform

/// `sanity-info.json`: what sealing a day found, for people and for whoever keeps the archive (R2).
struct SanityReport {
    let tape: Tape
    let sealed: SealedReader
    let seal: DaySeal

    static let fileName = "sanity-info.json"

    private struct Content: Encodable {
        var stream: String
        var day: String
        var status: String
        var messages: UInt64
        var rawBytes: UInt64
        var sealedBytes: UInt64
        var bytesPerMessage: Double
        var ratio: Double
        var rawSha256: String
        var root: String
        /// Messages by codec, and by hour of the WIB day in which their block begins (`none`: it has no time).
        var messagesByCodec: [String: UInt64]
        var messagesByHour: [String: UInt64]
        var findings: [String]
    }

    /// Writes the report beside the day.
    func write() throws(TapeError) {
        try replaceFile(
            tape, "\(tape.path(of: sealed.stream, on: sealed.day))/\(SanityReport.fileName)", bytes)
    }

    /// The content of the report.
    var bytes: [UInt8] {
        // Numbers as keys would be written as a list, in no order.
        var codecs: [String: UInt64] = [:]
        var hours: [String: UInt64] = [:]
        for number in 0..<sealed.blockCount {
            let block = sealed.block(number)
            codecs["\(block.codec.rawValue)", default: 0] += UInt64(block.messageCount)
            let hour = block.seconds.map { $0.lowerBound / 3600 }
            hours[hour.map { $0 < 10 ? "0\($0)" : "\($0)" } ?? "none", default: 0] += UInt64(
                block.messageCount)
        }
        let content = Content(
            stream: seal.stream, day: seal.day, status: "verified", messages: seal.messages,
            rawBytes: seal.rawBytes, sealedBytes: seal.sealedBytes,
            bytesPerMessage: Double(seal.sealedBytes) / Double(max(seal.messages, 1)),
            ratio: Double(seal.rawBytes) / Double(max(seal.sealedBytes, 1)), rawSha256: seal.rawSha256,
            root: seal.root, messagesByCodec: codecs, messagesByHour: hours,
            findings: [])
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        guard let data = try? encoder.encode(content) else { preconditionFailure("a report always encodes") }
        return [UInt8](data) + [0x0A]
    }
}
