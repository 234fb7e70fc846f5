/// How the parts of an import take turns.
package enum ImportSchedule: Sendable {
    /// Each on a thread of its own.
    case threads
    /// One after the other on the caller's thread, with the source in chunks of so many bytes: the same import
    /// makes the same calls in the same order, and what a chunk brought is committed before the next is read.
    case inline(chunkSize: Int)

    var isInline: Bool {
        if case .inline = self { true } else { false }
    }

    var chunkSize: Int {
        if case .inline(let chunkSize) = self { chunkSize } else { 1 << 20 }
    }
}
