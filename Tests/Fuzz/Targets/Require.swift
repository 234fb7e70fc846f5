internal import Glibc

/// Traps where an answer is wrong, and says so: an optimised `precondition` would print nothing.
func require(_ condition: Bool, _ message: @autoclosure () -> String, line: Int = #line) {
    if !condition { refuse("\(message()) (line \(line))") }
}

/// Traps with a message.
func refuse(_ message: String) -> Never {
    let text = "wrong: \(message)\n"
    _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    preconditionFailure(message)
}
