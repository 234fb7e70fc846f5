import Foundation
import Platform
import TestSupport
import Testing

/// Compressed inputs are made by the `gzip` and `zstd` commands, so that the readers are measured against
/// the formats and not against themselves.
@Suite struct DecompressionTests {
    private static let text: [UInt8] = {
        var random = SplitMix64(seed: 4)
        return (0..<3000).flatMap { Array("\($0)|\(random.below(50))\n".utf8) }
    }()

    private func compressed(_ bytes: [UInt8], _ command: String...) throws -> [UInt8] {
        let folder = TemporaryFolder()
        let input = folder.write("input", bytes)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command + [input]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return [UInt8](data)
    }

    private func source(_ bytes: [UInt8], _ format: String, step: Int) -> any ByteSource {
        let raw = SteppedSource(bytes, step: step)
        return format == "gzip" ? GzipSource(raw, path: "source") : ZstdSource(raw, path: "source")
    }

    /// Reads to the end or the error, in pieces of `size` bytes.
    private func read(_ source: any ByteSource, size: Int = 4096) -> (bytes: [UInt8], error: SourceError?) {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: size)
        do throws(SourceError) {
            while true {
                let result = buffer.withUnsafeMutableBytes { raw in
                    Result { () throws(SourceError) in try source.read(into: raw) }
                }
                let count = try result.get()
                if count == 0 { return (all, nil) }
                all += buffer[..<count]
            }
        } catch {
            return (all, error)
        }
    }

    private static let commands: [(String, [String])] = [
        ("gzip", ["gzip", "-c"]), ("zstd", ["zstd", "-q", "-c"]),
        ("zstd", ["zstd", "-q", "-c", "--no-check"]),
    ]

    private func compress(_ bytes: [UInt8], _ command: [String]) throws -> [UInt8] {
        switch command.count {
        case 2: try compressed(bytes, command[0], command[1])
        case 3: try compressed(bytes, command[0], command[1], command[2])
        default: try compressed(bytes, command[0], command[1], command[2], command[3])
        }
    }

    @Test("members come back as one stream, in any portions", arguments: 0..<3)
    func members(index: Int) throws {
        let (format, command) = Self.commands[index]
        let parts = [Self.text, [], [0x41], Array(Self.text[..<100])]
        let bytes = try parts.flatMap { try compress($0, command) }
        for step in [1, 7, 1000, 1 << 20] {
            for size in [1, 13, 4096, 1 << 20] {
                let (all, error) = read(source(bytes, format, step: step), size: size)
                #expect(error == nil && all == parts.flatMap { $0 }, "\(command), \(step) in, \(size) out")
            }
        }
        #expect(read(source([], "zstd", step: 1)).bytes.isEmpty)
    }

    @Test(
        "a source cut at any byte gives a typed error, and before it only bytes that were in it",
        arguments: 0..<3)
    func truncated(index: Int) throws {
        let (format, command) = Self.commands[index]
        let parts = [Array(Self.text[..<2000]), Array("more".utf8)]
        let members = try parts.map { try compress($0, command) }
        let bytes = members[0] + members[1]
        let whole = parts[0] + parts[1]
        for size in 0..<bytes.count {
            let (all, error) = read(source(Array(bytes[..<size]), format, step: 1 << 16))
            #expect(whole.starts(with: all), "cut at \(size)")
            // Where one member ends, nothing tells that there was another; and nothing at all is no gzip.
            if size == members[0].count {
                #expect(error == nil && all == parts[0])
            } else if size == 0, format == "zstd" {
                #expect(error == nil && all.isEmpty)
            } else {
                guard case .truncated(path: "source", format: format)? = error else {
                    Issue.record("cut at \(size): \(error.map(\.description) ?? "no error")")
                    continue
                }
            }
        }
    }

    @Test(
        "a flipped bit never gives other bytes without an error where the format has a checksum",
        arguments: 0..<2)
    func flipped(index: Int) throws {
        let (format, command) = Self.commands[index]
        let text = Array(Self.text[..<400])
        let bytes = try compress(text, command)
        for bit in 0..<(8 * bytes.count) {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            let (all, error) = read(source(flipped, format, step: 1 << 16))
            #expect(error != nil || all == text, "bit \(bit)")
        }
    }

    @Test("what follows the last member must be one")
    func trailing() throws {
        for (format, command) in Self.commands {
            let bytes = try compress([1, 2, 3], command)
            let (all, error) = read(source(bytes + Array("trailing bytes".utf8), format, step: 1 << 16))
            #expect(all.isEmpty || all == [1, 2, 3])
            #expect(error != nil)
        }
    }

    @Test("a file is read from front to back, and a missing one or a directory is an error")
    func files() throws {
        let folder = TemporaryFolder()
        let source = try FileSource(path: folder.write("file", Self.text))
        #expect(source.size == Int64(Self.text.count))
        let whole = ReplayedSource(head: [1, 2, 3], rest: source)
        #expect(read(whole, size: 2).bytes == [1, 2, 3] + Self.text)
        #expect(throws: SourceError.self) { try FileSource(path: folder.path + "/none") }
        #expect(throws: SourceError.self) { try FileSource(path: folder.path) }
    }
}

/// Bytes that come in portions.
private final class SteppedSource: ByteSource {
    private var rest: ArraySlice<UInt8>
    private let step: Int

    init(_ bytes: [UInt8], step: Int) {
        rest = bytes[...]
        self.step = step
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
        let part = rest.prefix(min(step, buffer.count))
        buffer.copyBytes(from: part)
        rest = rest.dropFirst(part.count)
        return part.count
    }
}
