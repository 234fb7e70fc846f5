/// What a command takes, declared; parsing and help are made from it.
struct Syntax {
    /// An option.
    struct Option {
        let name: String
        /// The value's placeholder; nil for a switch.
        let value: String?
        let help: String

        init(_ name: String, _ value: String? = nil, _ help: String) {
            self.name = name
            self.value = value
            self.help = help
        }
    }

    let name: String
    let summary: String
    /// Placeholders of the words that are no options.
    var words: [String] = []
    var options: [Option] = []
    var notes = ""

    /// Options of every command.
    static let common = [
        Option("--tape", "DIR", "the tape (default: tape)"),
        Option("--store", "DIR", "the store of projections (default: .jejak/store)"),
        Option("--config", "FILE", "JSON with the keys tape, store, threads, brokers; options win"),
        Option("--threads", "N", "threads that work (default: all processors)"),
        Option("--json", nil, "the report as JSON"),
        Option("--quiet", nil, "no progress and no remarks on standard error"),
    ]

    var allOptions: [Option] { options + Syntax.common }

    var help: String {
        let usage = (["jejak", name] + words + ["[options]"]).joined(separator: " ")
        var text = "\(summary)\n\nusage: \(usage)\n\n"
        for option in allOptions {
            let left = "  " + option.name + (option.value.map { " " + $0 } ?? "")
            text += left + String(repeating: " ", count: max(2, 28 - left.count)) + option.help + "\n"
        }
        return notes.isEmpty ? text : text + "\n" + notes + "\n"
    }
}

/// A command line that cannot be understood: one line that says what was expected.
struct UsageError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
