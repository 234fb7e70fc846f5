internal import Glibc

/// Memory that the kernel is asked to back with large pages: the first touch of fresh memory then costs a
/// fault per 2 MiB, not one per 4 KiB.
public enum LargePages {
    private static let pageSize = 2 << 20

    /// Memory of at least `byteCount` bytes, with any content. Traps where there is none.
    public static func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
        var pointer: UnsafeMutableRawPointer?
        let size = (byteCount + pageSize - 1) / pageSize * pageSize
        guard posix_memalign(&pointer, pageSize, size) == 0, let pointer else {
            preconditionFailure("no memory for \(size) bytes")
        }
        // A kernel that knows no large pages gives small ones.
        madvise(pointer, size, MADV_HUGEPAGE)
        return pointer
    }

    /// Gives memory of ``allocate(_:)`` back.
    public static func free(_ pointer: UnsafeMutableRawPointer) { Glibc.free(pointer) }
}
