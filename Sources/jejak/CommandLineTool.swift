internal import Foundation
internal import Ingest
internal import Platform
internal import Replay
internal import Store
internal import Tape

/// Finds the command, runs it, and turns what went wrong into one line and an exit code.
enum CommandLineTool {
    /// Exit codes (PRODUCT "Command line").
    enum ExitCode {
        static let good: Int32 = 0
        static let findings: Int32 = 1
        static let usage: Int32 = 2
        static let failed: Int32 = 3
        static let interrupted: Int32 = 130
    }

    /// The commands, in the order in which `jejak --help` lists them.
    static let commands: [any Command.Type] = [
        SimulateCommand.self, ImportCommand.self, CatCommand.self, ReplayCommand.self, DigestCommand.self,
        SealCommand.self, PruneCommand.self, ScanCommand.self, SalvageCommand.self,
        ShowCommand.self, ExportCommand.self,
    ]

    static func run(_ words: [String]) -> Int32 {
        guard let name = words.first, name != "--help", name != "-h", name != "help" else {
            print(overview, terminator: "")
            return words.isEmpty ? ExitCode.usage : ExitCode.good
        }
        guard let command = commands.first(where: { $0.syntax.name == name }) else {
            return fail("unknown command '\(name)': see `jejak --help`", ExitCode.usage)
        }
        if words.contains("--help") || words.contains("-h") {
            print(command.syntax.help, terminator: "")
            return ExitCode.good
        }
        do {
            return try command.init(try Arguments(Array(words.dropFirst()), command.syntax)).run()
        } catch let error as UsageError {
            return fail("\(error.description) (see `jejak \(name) --help`)", ExitCode.usage)
        } catch ImportError.interrupted {
            return fail(ImportError.interrupted.description, ExitCode.interrupted)
        } catch ReplayError.interrupted {
            return fail(ReplayError.interrupted.description, ExitCode.interrupted)
        } catch let error as ImportError {
            if case .undated = error { return fail(error.description, ExitCode.usage) }
            return fail(error.description, ExitCode.failed)
        } catch let error as any CustomStringConvertible & Error {
            return fail(error.description, ExitCode.failed)
        } catch {
            return fail("\(error)", ExitCode.failed)
        }
    }

    private static func fail(_ line: String, _ code: Int32) -> Int32 {
        Console.error("jejak: \(line)")
        return code
    }

    private static var overview: String {
        var text = "jejak — raw market messages on an append-only tape, everything else replayed from it\n\n"
        text += "usage: jejak <command> [options]\n\n"
        for command in commands {
            let name = command.syntax.name
            text += "  \(name)\(String(repeating: " ", count: 10 - name.count))\(command.syntax.summary)\n"
        }
        return text + "\n`jejak <command> --help` tells more.\n"
    }
}

/// A command of the command line.
protocol Command: SendableMetatype {
    /// What it takes.
    static var syntax: Syntax { get }
    /// Checks the arguments.
    init(_ arguments: Arguments) throws
    /// Does it; returns the exit code.
    func run() throws -> Int32
}
