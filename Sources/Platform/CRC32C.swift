internal import CLinux

/// CRC-32C (Castagnoli, reflected polynomial 0x82F63B78, RFC 3720 appendix B.4), by the processor's
/// instruction where it has one.
public enum CRC32C {
    /// Whether the processor computes it; the value is the same without, only slower.
    public static let isHardware = clinux_has_crc32c() != 0

    /// The checksum of `bytes`, continued from `seed`, an earlier result (0 at the start).
    ///
    /// `checksum(b, seed: checksum(a))` equals `checksum(a + b)`.
    /// - Complexity: O(n), about 6 GB/s in hardware.
    public static func checksum(_ bytes: UnsafeRawBufferPointer, seed: UInt32 = 0) -> UInt32 {
        guard let base = bytes.baseAddress else { return seed }
        let pointer = base.assumingMemoryBound(to: UInt8.self)
        let result =
            isHardware
            ? clinux_crc32c_hardware(~seed, pointer, bytes.count)
            : clinux_crc32c_portable(~seed, pointer, bytes.count)
        return ~result
    }
}
