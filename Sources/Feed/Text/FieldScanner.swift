/// Walks over the fields of a pipe line from front to back, eight bytes a step.
///
/// Fields beyond the end of the line are empty and set ``overran``. Reads up to 16 bytes behind the line.
struct FieldScanner {
    /// One field: where it is, and its first eight bytes (followed by whatever stands behind it).
    struct Field {
        let start: UnsafeRawPointer
        let size: Int
        let word: UInt64

        @inline(__always)
        var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: size) }
    }

    private var cursor: UnsafeRawPointer
    private let end: UnsafeRawPointer
    /// Whether a field was asked for behind the last one.
    private(set) var overran = false

    /// A scanner over `line` from byte `from`, at most `size`.
    @inline(__always)
    init(_ line: UnsafeRawPointer, from: Int, size: Int) {
        cursor = line + from
        end = line + size
        overran = from > size
    }

    /// Whether the last field returned was the last one of the line, and none was asked for behind it.
    @inline(__always)
    var isAtEnd: Bool { !overran && cursor == end + 1 }

    /// The next field.
    @inline(__always)
    mutating func next() -> Field {
        let start = cursor
        guard start <= end else {
            overran = true
            return Field(start: end, size: 0, word: 0)
        }
        let first = Digits.word(start)
        var index = Digits.pipeIndex(first)
        if _slowPath(index == 8) {
            while start + index < end {
                let step = Digits.pipeIndex(Digits.word(start + index))
                index &+= step
                if step < 8 { break }
            }
        }
        // A pipe behind the line is not the line's.
        let size = min(index, end - start)
        cursor = start + (size &+ 1)
        return Field(start: start, size: size, word: first)
    }

    /// Passes over fields.
    @inline(__always)
    mutating func skip(_ count: Int) {
        var left = count
        while left > 0 {
            _ = next()
            left &-= 1
        }
    }
}
