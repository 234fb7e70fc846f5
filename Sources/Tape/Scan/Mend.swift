public import Market

/// The commands that mend findings, as a user can paste them.
public struct Mend: Sendable {
    /// The options that lead to the tape and the store, each with a space before it; empty where the defaults do.
    public let options: String

    /// Commands for a tape and a store at these paths.
    public init(tape: String, store: String? = nil) {
        var text = tape == "tape" ? "" : " --tape \(Mend.quoted(tape))"
        if let store, store != ".jejak/store" { text += " --store \(Mend.quoted(store))" }
        options = text
    }

    /// Saves what is readable of a day.
    public func salvage(_ stream: StreamName, _ day: TradingDay) -> String {
        "jejak salvage --stream \(stream) --date \(day) --yes\(options)"
    }

    /// Writes the seal and the report of a sealed day again, from `day.tape`.
    public func seal(_ stream: StreamName, _ day: TradingDay) -> String {
        "jejak seal --stream \(stream) --date \(day)\(options)"
    }

    /// Appends what was never taped.
    public func importing(_ stream: StreamName, _ day: TradingDay) -> String {
        "jejak import --stream \(stream) --date \(day)\(options) FILE"
    }

    /// Projects a day again.
    public func replay(_ day: TradingDay) -> String { "jejak replay --from \(day) --to \(day)\(options)" }

    /// Projects everything again.
    public var replayAll: String { "jejak replay\(options)" }

    /// Where nothing on the machine can make a file again.
    public func restore(_ path: String) -> String { "restore \(path) from a backup" }

    private static func quoted(_ text: String) -> String {
        let plain = text.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte | 0x20) || (0x2D...0x39).contains(byte) || byte == 0x5F
        }
        return plain && !text.isEmpty
            ? text
            : "'\(text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))'"
    }
}
