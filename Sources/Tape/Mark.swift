internal import Market
internal import Platform

/// A day's durable high-water mark (`tape/FORMAT.md`, "Mark"): everything below it has been acknowledged,
/// and only what is below it is read.
///
/// The file has two slots, in sectors of their own, written in turn, so that a torn write leaves the slot
/// before it. Each slot, little-endian:
///
/// ```
///  0  8 bytes  "JEJAKMRK"
///  8  u64      count of writes; the valid slot with the higher count is the mark
/// 16  u64      first number of the segment that the mark is in
/// 24  u64      offset in that segment up to which everything is durable
/// 32  u64      number of the next message
/// 40  u32      checksum of the last frame below the mark
/// 44  u8       1: the segment was closed in good order and ends at the offset; 0: it is being written
/// 45           zeros
/// 60  u32      CRC-32C over bytes 0 ..< 60
/// ```
struct Mark: Equatable {
    var writeCount: UInt64 = 0
    var segmentFirstNumber: UInt64 = 0
    var offset: Int64 = 0
    var nextNumber: UInt64 = 0
    var chain: UInt32 = 0
    var isClosed = true

    static let fileName = "mark"
    static let fileSize = 1024
    private static let slotStride = 512
    static let slotSize = 64
    private static let magic = Array("JEJAKMRK".utf8)

    /// Writes the mark, one higher than before, and makes it durable.
    mutating func write(to file: any DiskFile) throws(DiskError) {
        writeCount += 1
        let slot = encoded()
        let offset = Int64(writeCount % 2) * Int64(Mark.slotStride)
        // A closure cannot throw typed errors through `withUnsafeBytes`, so the result comes out of it.
        let result = slot.withUnsafeBytes { raw in
            Result { () throws(DiskError) in try file.write(raw, at: offset) }
        }
        try result.get()
        try file.syncData()
    }

    /// Writes a mark that stands before everything, with a write count of 0, into a file that has none, so
    /// that even the first real one is written beside a valid slot. A file that a killed run has left
    /// unmade has only bytes of it, or zeros; any other is let alone.
    static func make(in file: any DiskFile) throws(DiskError) {
        var found = [UInt8](repeating: 0, count: fileSize)
        let reading = found.withUnsafeMutableBytes { raw in
            Result { () throws(DiskError) in try file.read(into: raw, at: 0) }
        }
        let size = try reading.get()
        guard found != first || size < fileSize, isUnmade(found) else { return }
        let writing = first.withUnsafeBytes { raw in
            Result { () throws(DiskError) in try file.write(raw, at: 0) }
        }
        try writing.get()
        try file.sync()
    }

    /// Whether a mark file holds nothing but what a run that was killed while making it may have left.
    static func isUnmade(_ bytes: [UInt8]) -> Bool {
        bytes.count <= fileSize && zip(bytes, first).allSatisfy { $0 == $1 || $0 == 0 }
    }

    private static let first =
        Mark(isClosed: false).encoded() + [UInt8](repeating: 0, count: fileSize - slotSize)

    /// What a mark file holds.
    enum Reading {
        /// The newest valid slot; and where the other one lies if that is neither valid nor empty: torn by a
        /// power cut, or damaged, and then it may have been the newer one.
        case mark(Mark, damagedSlot: Int64?)
        /// Only zeros: nothing was ever acknowledged.
        case neverWritten
        /// Neither slot is valid, and they are not empty.
        case unreadable
    }

    /// What a mark is of.
    enum Subject {
        /// A day's segments, each of which begins with a header.
        case day
        /// A ledger.
        case ledger
    }

    /// The newest valid slot of a mark file.
    static func read(from file: any DiskFile, of subject: Subject = .day) throws(DiskError) -> Reading {
        var bytes = [UInt8](repeating: 0, count: fileSize)
        let result = bytes.withUnsafeMutableBytes { raw in
            Result { () throws(DiskError) in try file.read(into: raw, at: 0) }
        }
        let size = try result.get()
        var slots: [Mark] = []
        var damaged: Int64?
        for offset in [0, slotStride] {
            let slot = bytes[offset..<(offset + slotSize)]
            if let mark = slot.withUnsafeBytes(decode), mark.isPossible(subject) {
                slots.append(mark)
            } else if slot.contains(where: { $0 != 0 }) {
                damaged = Int64(offset)
            }
        }
        if let newest = slots.max(by: { $0.writeCount < $1.writeCount }) {
            return .mark(newest, damagedSlot: damaged)
        }
        return size == fileSize && bytes.allSatisfy { $0 == 0 } ? .neverWritten : .unreadable
    }

    /// A day's mark as a power cut would leave it; nil where half of it is damaged. One whose sync has failed is
    /// in the page cache only, and nothing may rest on it.
    static func durable(tape: Tape, stream: StreamName, day: TradingDay) throws(TapeError) -> Mark? {
        let path = "\(tape.path(of: stream, on: day))/\(fileName)"
        return try onDisk { () throws(DiskError) in
            let file = try tape.disk.open(path, .read)
            defer { file.close() }
            try file.sync()
            try file.dropCache()
            guard case .mark(let mark, nil) = try read(from: file) else { return nil }
            return mark
        }
    }

    private func encoded() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Mark.slotSize)
        bytes.withUnsafeMutableBytes { raw in
            raw.copyBytes(from: Mark.magic)
            raw.storeBytes(of: writeCount.littleEndian, toByteOffset: 8, as: UInt64.self)
            raw.storeBytes(of: segmentFirstNumber.littleEndian, toByteOffset: 16, as: UInt64.self)
            raw.storeBytes(of: UInt64(offset).littleEndian, toByteOffset: 24, as: UInt64.self)
            raw.storeBytes(of: nextNumber.littleEndian, toByteOffset: 32, as: UInt64.self)
            raw.storeBytes(of: chain.littleEndian, toByteOffset: 40, as: UInt32.self)
            raw[44] = isClosed ? 1 : 0
            let sum = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: raw[..<60]))
            raw.storeBytes(of: sum.littleEndian, toByteOffset: 60, as: UInt32.self)
        }
        return bytes
    }

    private static func decode(_ raw: UnsafeRawBufferPointer) -> Mark? {
        let sum = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: raw[..<60]))
        guard raw[..<8].elementsEqual(magic),
            sum == UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 60, as: UInt32.self)),
            let offset = Int64(
                exactly: UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 24, as: UInt64.self)))
        else { return nil }
        return Mark(
            writeCount: UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
            segmentFirstNumber: UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
            offset: offset,
            nextNumber: UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 32, as: UInt64.self)),
            chain: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 40, as: UInt32.self)),
            isClosed: raw[44] == 1)
    }

    /// Whether a writer can have written it: whoever goes on from it counts up from these numbers.
    private func isPossible(_ subject: Subject) -> Bool {
        let numberMax = UInt64(Int64.max)
        return segmentFirstNumber <= nextNumber && nextNumber < numberMax && writeCount < numberMax
            && (offset == 0 || offset >= Int64(SegmentHeader.size) || subject == .ledger)
    }
}
