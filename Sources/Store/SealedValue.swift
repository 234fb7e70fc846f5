internal import Platform

/// The envelope of every value: LMDB has no checksums of its own (RELIABILITY §0.2).
///
///     0  4  CRC-32C, little-endian, of the key followed by the payload
///     4  n  payload
///
/// The key is part of the sum so that a value under the wrong key is found too.
enum SealedValue {
    /// Bytes before the payload.
    static let headerSize = 4

    /// The checksum that belongs before `payload` under `key`.
    static func checksum(key: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer) -> UInt32 {
        CRC32C.checksum(payload, seed: CRC32C.checksum(key))
    }

    /// The payload; nil where the checksum does not match.
    static func open(_ value: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer?
    {
        guard value.count >= headerSize else { return nil }
        let stored = UInt32(littleEndian: value.loadUnaligned(as: UInt32.self))
        let payload = UnsafeRawBufferPointer(rebasing: value[headerSize...])
        return stored == checksum(key: key, payload: payload) ? payload : nil
    }
}
