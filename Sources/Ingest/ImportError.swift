public import Platform
public import Tape

/// Why an import stopped. What had been acknowledged before is safe, and the same command continues it.
public enum ImportError: Error, CustomStringConvertible, Sendable {
    /// The tape refused.
    case tape(TapeError)
    /// The source could not be read to its end.
    case source(SourceError)
    /// A payload without a date of its own, and none was given.
    case undated(source: String, payload: Int, byte: Int64)
    /// A payload that no frame holds.
    case payloadTooLarge(source: String, payload: Int, byte: Int64, limit: Int)
    /// The user interrupted it.
    case interrupted

    /// One line.
    public var description: String {
        switch self {
        case .tape(let error): return error.description
        case .source(let error): return error.description
        case .undated(let source, let payload, let byte):
            return
                "payload \(payload) of \(source) (byte \(byte)) carries no date: give the trading day with "
                + "--date YYYY-MM-DD"
        case .payloadTooLarge(let source, let payload, let byte, let limit):
            return
                "payload \(payload) of \(source) (byte \(byte)) is longer than \(limit) bytes, the most that "
                + "one message may have"
        case .interrupted:
            return "interrupted; run the same command again to go on"
        }
    }
}
