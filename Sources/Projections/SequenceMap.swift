/// Remembers a fingerprint for each (sequence, symbol), made for sequences that mostly rise by one.
///
/// Blocks of 16 consecutive sequences are found by open addressing; within a block a sequence has one place
/// of eight bytes. So neighbours share cache lines, and the block of the sequence before is tried first. The
/// rare second symbol under one sequence goes to a dictionary, which is only looked up, never iterated.
struct SequenceMap: ~Copyable {
    private struct Block {
        var key: UInt64
        /// Place of the sequence `key * 16 + i`; 0 where it has not been seen.
        var places: UnsafeMutablePointer<UInt64>
    }

    private struct Second: Hashable {
        let sequence: UInt64
        let symbol: UInt32
    }

    /// A place holds the symbol's number plus one in its high bits and the fingerprint's high bits below.
    private static let symbolBits: UInt64 = 20
    private static let fingerprintBits = 64 - symbolBits

    private var slots: UnsafeMutablePointer<UInt32>
    private var slotCount = 1 << 12
    private var blocks: [Block] = []
    private var places: ChunkedStore<UInt64>
    private var lastKey = UInt64.max
    private var last: UnsafeMutablePointer<UInt64>
    private var seconds: [Second: UInt64] = [:]

    init(memory: ChunkMemory) {
        places = ChunkedStore(chunkCapacity: 1 << 18, memory: memory)
        slots = .allocate(capacity: slotCount)
        slots.initialize(repeating: UInt32.max, count: slotCount)
        // Never read: the first sequence has another key than this.
        last = UnsafeMutablePointer(bitPattern: 8)!
    }

    deinit { slots.deallocate() }

    /// Forgets everything and keeps the memory.
    mutating func removeAll() {
        slots.update(repeating: UInt32.max, count: slotCount)
        blocks.removeAll(keepingCapacity: true)
        places.removeAll()
        seconds.removeAll()
        lastKey = UInt64.max
    }

    /// Remembers the fingerprint unless one is known.
    /// - Returns: Nil where none was known, else whether the known one is equal, in its 44 highest bits.
    @inline(__always)
    mutating func insert(sequence: UInt64, symbol: UInt32, fingerprint: UInt64) -> Bool? {
        let key = sequence &>> 4
        if key != lastKey {
            last = block(of: key)
            lastKey = key
        }
        let place = last + Int(truncatingIfNeeded: sequence & 15)
        let number = UInt64(symbol) &+ 1
        guard _fastPath(number &>> SequenceMap.symbolBits == 0) else {
            return insertSecond(sequence, symbol, fingerprint)
        }
        let entry = number &<< SequenceMap.fingerprintBits | fingerprint &>> SequenceMap.symbolBits
        let known = place.pointee
        if _fastPath(known == 0) {
            place.pointee = entry
            return nil
        }
        if known == entry { return true }
        if known &>> SequenceMap.fingerprintBits == number { return false }
        return insertSecond(sequence, symbol, fingerprint)
    }

    private mutating func insertSecond(_ sequence: UInt64, _ symbol: UInt32, _ fingerprint: UInt64) -> Bool? {
        let second = Second(sequence: sequence, symbol: symbol)
        if let known = seconds[second] { return known == fingerprint }
        seconds[second] = fingerprint
        return nil
    }

    private mutating func block(of key: UInt64) -> UnsafeMutablePointer<UInt64> {
        var index = slot(key)
        while slots[index] != UInt32.max {
            let found = Int(slots[index])
            if blocks[found].key == key { return blocks[found].places }
            index = (index + 1) & (slotCount - 1)
        }
        let fresh = places.take(16)
        fresh.initialize(repeating: 0, count: 16)
        slots[index] = UInt32(blocks.count)
        blocks.append(Block(key: key, places: fresh))
        if blocks.count * 2 > slotCount { growSlots() }
        return fresh
    }

    private func slot(_ key: UInt64) -> Int {
        Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) &>> 32) & (slotCount - 1)
    }

    private mutating func growSlots() {
        slots.deallocate()
        slotCount *= 2
        slots = .allocate(capacity: slotCount)
        slots.initialize(repeating: UInt32.max, count: slotCount)
        for number in blocks.indices {
            var index = slot(blocks[number].key)
            while slots[index] != UInt32.max { index = (index + 1) & (slotCount - 1) }
            slots[index] = UInt32(number)
        }
    }
}
