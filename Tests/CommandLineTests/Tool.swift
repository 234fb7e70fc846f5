import Foundation
import TestSupport

/// Runs the built `jejak` in a directory of its own, which is its working directory too.
final class Tool {
    /// What a run left.
    struct Result {
        let code: Int32
        let output: String
        let errors: String

        var lines: [Substring] { output.split(separator: "\n") }
        var errorLines: [Substring] {
            errors.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        }
    }

    /// A preparation that did not work.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The binary stands beside the test bundle.
    static let binary = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appendingPathComponent("jejak").path

    let folder = TemporaryFolder()
    private var runs = 0

    /// Runs it to its end.
    @discardableResult
    func run(_ words: [String], input: String? = nil) throws -> Result {
        try run(Tool.binary, words, input: input)
    }

    /// Runs it with the words of one line, separated by blanks.
    @discardableResult
    func run(_ line: String, input: String? = nil) throws -> Result {
        try run(line.split(separator: " ").map(String.init), input: input)
    }

    /// Runs a line of the shell in which `$jejak` is the binary.
    func shell(_ line: String) throws -> Result {
        try run("/bin/sh", ["-c", "jejak='\(Tool.binary)'; " + line], input: nil)
    }

    /// Two days of three symbols, on the tape and in the store.
    func prepare(trades: Int = 600) throws {
        for line in [
            "simulate --days 2 --symbols 3 --trades \(trades) --book-interval 0 --from 2026-02-12 --out raw",
            "import raw/idx.trades/2026-02-12.txt --stream idx.trades --date 2026-02-12",
            "import raw/idx.trades/2026-02-13.txt --stream idx.trades --date 2026-02-13",
            "import raw/idx.broksum/2026-02-12.ndjson --stream idx.broksum", "replay --quiet",
        ] {
            let result = try run(line)
            guard result.code == 0 else {
                throw Failure(description: "\(line) gave \(result.code): \(result.errors)")
            }
        }
    }

    private func run(_ path: String, _ words: [String], input: String?) throws -> Result {
        let process = try start(words, path: path, output: nil, input: nil, text: input)
        process.waitUntilExit()
        return result(of: process, runs)
    }

    /// Starts it with standard output and standard input as they are given.
    func start(
        _ words: [String], path: String = Tool.binary, output: Pipe?, input: Pipe?, text: String? = nil
    ) throws -> Process {
        runs += 1
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = words
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        let errors = try handle("run\(runs).errors")
        process.standardError = errors
        process.standardOutput = try output ?? handle("run\(runs).output")
        if let input {
            process.standardInput = input
        } else if let text {
            process.standardInput = try FileHandle(
                forReadingFrom: URL(fileURLWithPath: folder.write("run\(runs).input", text)))
        } else {
            process.standardInput = FileHandle.nullDevice
        }
        try process.run()
        return process
    }

    /// What the process of the newest run, which has ended, wrote to standard error.
    var errors: String { String(decoding: folder.contents("run\(runs).errors"), as: UTF8.self) }

    private func result(of process: Process, _ number: Int) -> Result {
        Result(
            code: process.terminationStatus,
            output: String(decoding: folder.contents("run\(number).output"), as: UTF8.self),
            errors: String(decoding: folder.contents("run\(number).errors"), as: UTF8.self))
    }

    private func handle(_ name: String) throws -> Any {
        try FileHandle(forWritingTo: URL(fileURLWithPath: folder.write(name, "")))
    }
}
