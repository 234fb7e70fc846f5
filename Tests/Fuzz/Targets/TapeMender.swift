internal import Platform

/// Makes the checksums of a damaged file right again, as whoever forges one would: behind them everything has
/// to be checked once more. Reads the layouts of `tape/FORMAT.md` by itself.
enum TapeMender {
    /// Mends a mark, a segment or a sealed file, whichever `bytes` begins like; leaves others alone.
    static func mend(_ bytes: inout [UInt8]) {
        if begins(bytes, "JEJAKMRK") || (bytes.count > 520 && begins(Array(bytes[512...]), "JEJAKMRK")) {
            for slot in [0, 512] where bytes.count >= slot + 64 {
                store(checksum(bytes[slot..<(slot + 60)], 0), at: slot + 60, &bytes)
            }
        } else if begins(bytes, "JEJAKLOG") {
            mendSegment(&bytes)
        } else if begins(bytes, "JEJAKDAY") {
            mendSealed(&bytes)
        }
    }

    /// Mends the lines of a ledger.
    static func mendLines(_ bytes: inout [UInt8]) {
        var mended: [UInt8] = []
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
            let body = line.dropFirst(9)
            let hex = String(checksum(body, 0), radix: 16)
            mended += Array((String(repeating: "0", count: 8 - hex.count) + hex + " ").utf8) + body + [0x0A]
        }
        bytes = mended
    }

    private static func mendSegment(_ bytes: inout [UInt8]) {
        guard bytes.count >= 128 else { return }
        var chain = checksum(bytes[..<124], 0)
        store(chain, at: 124, &bytes)
        var offset = 128
        while offset + 28 <= bytes.count {
            let size = (28 + Int(number(bytes, offset + 4, 4)) + 7) & ~7
            guard bytes[offset + 27] == 0x80, offset + size <= bytes.count else { return }
            chain = checksum(bytes[(offset + 4)..<(offset + size)], chain)
            store(chain, at: offset, &bytes)
            offset += size
        }
    }

    private static func mendSealed(_ bytes: inout [UInt8]) {
        guard bytes.count >= 80 else { return }
        let trailer = bytes.count - 64
        let start = Int(clamping: number(bytes, trailer, 8))
        if start >= 16, start < trailer { mendColumns(&bytes, index: start..<trailer) }
        let index = bytes[max(16, min(start, trailer))..<trailer]
        bytes.replaceSubrange((trailer + 16)..<(trailer + 48), with: hash(index))
        store(
            checksum(Array(bytes[trailer..<(trailer + 48)] + bytes[..<16])[...], 0), at: trailer + 48, &bytes)
    }

    /// Gives every column that lies in the file the hash of what is there.
    private static func mendColumns(_ bytes: inout [UInt8], index: Range<Int>) {
        var place = index.lowerBound + 6
        guard place < index.upperBound else { return }
        place += 1 + Int(bytes[place]) + 8 + 32 + 4
        while place + 31 <= index.upperBound {
            let columns = Int(bytes[place + 30])
            place += 31
            for _ in 0..<columns {
                guard place + 50 <= index.upperBound else { return }
                let offset = number(bytes, place + 2, 8)
                let size = number(bytes, place + 10, 4)
                if offset <= UInt64(bytes.count), size <= UInt64(bytes.count) - offset {
                    let stored = bytes[Int(offset)..<Int(offset + size)]
                    bytes.replaceSubrange((place + 18)..<(place + 50), with: hash(stored))
                }
                place += 50
            }
        }
    }

    private static func begins(_ bytes: [UInt8], _ magic: String) -> Bool { bytes.starts(with: magic.utf8) }

    private static func checksum(_ bytes: ArraySlice<UInt8>, _ seed: UInt32) -> UInt32 {
        bytes.withUnsafeBytes { CRC32C.checksum($0, seed: seed) }
    }

    private static func hash(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        bytes.withUnsafeBytes { SHA256.hash($0) }
    }

    private static func number(_ bytes: [UInt8], _ offset: Int, _ size: Int) -> UInt64 {
        (0..<size).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64($1 * 8) }
    }

    private static func store(_ value: UInt32, at offset: Int, _ bytes: inout [UInt8]) {
        for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(index * 8)) }
    }
}
