public import Market

/// One thing that a scan found: what, where, and the command that mends it.
public struct Finding: Codable, Equatable, Sendable {
    /// How bad it is.
    public enum Severity: String, Codable, Sendable, CaseIterable {
        /// Something is not as it was acknowledged, or not as the tape makes it: exit code 1.
        case damage
        /// Something was never taped, or is lost for good and recorded as such: exit code 1 with `--fail-on gap`.
        case gap
        /// Worth knowing; no exit code.
        case note
    }

    /// How bad it is.
    public var severity: Severity
    /// Stable name of the rule that it breaks, such as `frame.checksum`.
    public var rule: String
    /// The stream; nil where it concerns the whole tape.
    public var stream: String?
    /// The trading day, `YYYY-MM-DD`; nil where it concerns no single one.
    public var day: String?
    /// The file; nil where it is in none.
    public var path: String?
    /// First byte that is not as it should be.
    public var offset: Int64?
    /// Bytes concerned.
    public var size: Int64?
    /// Number of the sealed block, from 0.
    public var block: Int?
    /// Numbers of the messages concerned: the first, and the one behind the last.
    public var messages: Range<UInt64>?
    /// The symbol, where only one is concerned.
    public var symbol: String?
    /// What is wrong, in one line.
    public var text: String
    /// The command that mends it, or what to do where no command can.
    public var mend: String

    /// A finding about a stream or a day.
    public init(
        _ severity: Severity, _ rule: String, stream: StreamName? = nil, day: TradingDay? = nil,
        path: String? = nil, offset: Int64? = nil, size: Int64? = nil, block: Int? = nil,
        messages: Range<UInt64>? = nil, symbol: String? = nil, _ text: String, mend: String
    ) {
        self.severity = severity
        self.rule = rule
        self.stream = stream?.text
        self.day = day?.description
        self.path = path
        self.offset = offset
        self.size = size
        self.block = block
        self.messages = messages.flatMap { $0.isEmpty ? nil : $0 }
        self.symbol = symbol
        self.text = text
        self.mend = mend
    }
}
