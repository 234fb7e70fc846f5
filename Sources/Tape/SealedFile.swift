internal import Platform

/// The frame of a `day.tape` file around columns and index. Little-endian:
///
/// ```
/// 0              8 bytes  "JEJAKDAY"
/// 8              u16      format version, 1
/// 10             u16      0
/// 12             u32      0
/// 16             columns, compressed, where the index says
/// index offset   index
/// end - 64       u64      index offset
/// end - 56       u64      index size
/// end - 48       32 bytes SHA-256 of the index
/// end - 16       u32      CRC-32C over bytes end - 64 ..< end - 16 and 0 ..< 16 of the file
/// end - 12       u32      0
/// end - 8        8 bytes  "JEJAKEND"
/// ```
enum SealedFile {
    static let name = "day.tape"
    static let headerSize = 16
    static let trailerSize = 64
    static let version: UInt16 = 1

    static var header: [UInt8] {
        var bytes = Array("JEJAKDAY".utf8)
        bytes.append(little: version)
        bytes.append(little: UInt16(0))
        bytes.append(little: UInt32(0))
        return bytes
    }

    static func trailer(indexOffset: UInt64, index: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(little: indexOffset)
        bytes.append(little: UInt64(index.count))
        bytes += SHA256.hash(of: index)
        let sum = (bytes + header).withUnsafeBytes { CRC32C.checksum($0) }
        bytes.append(little: sum)
        bytes.append(little: UInt32(0))
        bytes += Array("JEJAKEND".utf8)
        return bytes
    }

    /// The index of an open file, checked against its hash.
    static func readIndex(_ file: any DiskFile) throws(TapeError) -> SealedIndex {
        let size = try onDisk { () throws(DiskError) in try file.size() }
        guard size >= Int64(headerSize + trailerSize) else { throw flaw(file, "it is cut off") }
        let head = try file.bytes(at: 0, count: headerSize)
        let tail = try file.bytes(at: size - Int64(trailerSize), count: trailerSize)
        guard Array(head[..<8]) == Array("JEJAKDAY".utf8) else {
            throw flaw(file, "it does not begin with JEJAKDAY")
        }
        guard Array(tail[52...]) == [0, 0, 0, 0] + Array("JEJAKEND".utf8) else {
            throw flaw(file, "it does not end with JEJAKEND")
        }
        let found = tail.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 48, as: UInt32.self) }
        let sum = (Array(tail[..<48]) + head).withUnsafeBytes { CRC32C.checksum($0) }
        guard UInt32(littleEndian: found) == sum else {
            throw flaw(file, "its trailer's checksum does not match")
        }
        guard head == header else { throw flaw(file, "it has another format version") }
        let (offset, count) = tail.withUnsafeBytes {
            (
                UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        let (end, overflow) = offset.addingReportingOverflow(count)
        guard offset >= UInt64(headerSize), !overflow, end == UInt64(size) - UInt64(trailerSize) else {
            throw flaw(file, "its index lies elsewhere than its trailer says")
        }
        let bytes = try file.bytes(at: Int64(offset), count: Int(count))
        guard SHA256.hash(of: bytes) == Array(tail[16..<48]) else {
            throw flaw(file, "its index does not have the hash that its trailer says")
        }
        guard let index = bytes.withUnsafeBytes({ SealedIndex.decode($0) }) else {
            throw flaw(file, "its index cannot be read")
        }
        guard index.isPossible(indexOffset: offset) else {
            throw flaw(file, "its index says what no program writes")
        }
        return index
    }

    /// The index of a file whose frame or index is damaged, where a hash proves that it is the one that was written:
    /// that of the trailer or, with `root`, the day's Merkle root. Finds it in front of bytes that were added, behind
    /// a damaged header, beside a damaged trailer, and mends a flipped bit of its own.
    /// - Complexity: For the flipped bit, a hash of the index for each of its bits: seconds at most.
    static func recoverIndex(_ file: any DiskFile, root: String?) throws(TapeError) -> SealedIndex? {
        let size = try onDisk { () throws(DiskError) in try file.size() }
        let reach = min(size, 1 << 20)
        let end = try file.bytes(at: size - reach, count: Int(reach))
        for place in trailerPlaces(end) {
            let tail = Array(end[place..<(place + trailerSize)])
            let trailer = size - reach + Int64(place)
            let (offset, count) = tail.withUnsafeBytes {
                (
                    Int64(
                        clamping: UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 0, as: UInt64.self))),
                    Int64(
                        clamping: UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
                )
            }
            // Either of the two follows from the other.
            for start in Set([offset, trailer.subtractingReportingOverflow(count).partialValue]).sorted()
            where start >= Int64(headerSize) && start < trailer && trailer - start <= recoveredSizeMax {
                var bytes = try file.bytes(at: start, count: Int(trailer - start))
                let hash = Array(tail[16..<48])
                if let index = possible(bytes, start),
                    SHA256.hash(of: bytes) == hash || SHA256.hex(index.root) == root
                {
                    return index
                }
                if mendFlip(&bytes, hash: hash), let index = possible(bytes, start) { return index }
            }
        }
        return nil
    }

    /// Bytes of an index that ``recoverIndex(_:root:)`` looks at.
    private static let recoveredSizeMax: Int64 = 16 << 20
    /// Bytes of an index in which a flipped bit is looked for.
    private static let mendedSizeMax = 48 << 10

    /// Where a trailer may begin: in front of each `JEJAKEND`, the last first, and 64 bytes from the end.
    private static func trailerPlaces(_ end: [UInt8]) -> [Int] {
        var places = end.count >= trailerSize ? [end.count - trailerSize] : []
        let magic = Array("JEJAKEND".utf8)
        for place in stride(from: end.count - magic.count, through: trailerSize - magic.count, by: -1)
        where end[place] == magic[0] && end[place..<(place + magic.count)].elementsEqual(magic) {
            let start = place + magic.count - trailerSize
            if !places.contains(start) { places.append(start) }
            if places.count == 16 { break }
        }
        return places
    }

    private static func possible(_ bytes: [UInt8], _ offset: Int64) -> SealedIndex? {
        bytes.withUnsafeBytes { SealedIndex.decode($0) }
            .flatMap { $0.isPossible(indexOffset: UInt64(offset)) ? $0 : nil }
    }

    private static func mendFlip(_ bytes: inout [UInt8], hash: [UInt8]) -> Bool {
        guard bytes.count <= mendedSizeMax else { return false }
        for place in bytes.indices {
            for bit in 0..<8 {
                bytes[place] ^= 1 << bit
                if SHA256.hash(of: bytes) == hash { return true }
                bytes[place] ^= 1 << bit
            }
        }
        return false
    }

    private static func flaw(_ file: any DiskFile, _ detail: String) -> TapeError {
        .notATape(path: file.path, detail: detail)
    }
}

extension DiskFile {
    /// Bytes of the file; fewer than asked for only at its end.
    func bytes(at offset: Int64, count: Int) throws(TapeError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let result = bytes.withUnsafeMutableBytes { raw in
            Result { () throws(DiskError) in try read(into: raw, at: offset) }
        }
        do throws(DiskError) {
            let size = try result.get()
            if size < count { bytes.removeLast(count - size) }
        } catch {
            throw TapeError.from(error)
        }
        return bytes
    }
}
