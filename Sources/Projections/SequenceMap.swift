/// Remembers a fingerprint for each (sequence, symbol), made for sequences that mostly rise by one.
///
/// Blocks of 16 consecutive sequences are found by open addressing; within a block a sequence has one place.
/// So neighbours share cache lines, and the block of the sequence before is tried first. The rare second
/// symbol under one sequence goes to a dictionary, which is only looked up, never iterated.
struct SequenceMap: ~Copyable {
    private static let blockSize: UInt64 = 16

    private struct Block {
        var key: UInt64
        /// Bit i: place i is taken.
        var taken: UInt16
    }

    private struct Place {
        var fingerprint: UInt64
        var symbol: UInt32
    }

    private struct Second: Hashable {
        let sequence: UInt64
        let symbol: UInt32
    }

    private var slots: UnsafeMutablePointer<UInt32>
    private var slotCount = 1 << 12
    private var blocks: UnsafeMutablePointer<Block>
    private var places: UnsafeMutablePointer<Place>
    private var blockCount = 0
    private var blockCapacity = 1 << 11
    private var lastKey = UInt64.max
    private var lastBlock = 0
    private var seconds: [Second: UInt64] = [:]

    init() {
        slots = .allocate(capacity: slotCount)
        slots.initialize(repeating: UInt32.max, count: slotCount)
        blocks = .allocate(capacity: blockCapacity)
        places = .allocate(capacity: blockCapacity * Int(SequenceMap.blockSize))
    }

    deinit {
        slots.deallocate()
        blocks.deallocate()
        places.deallocate()
    }

    /// Remembers the fingerprint unless one is known; returns the known one.
    @inline(__always)
    mutating func insert(sequence: UInt64, symbol: UInt32, fingerprint: UInt64) -> UInt64? {
        let key = sequence &>> 4
        if key != lastKey {
            lastBlock = block(of: key)
            lastKey = key
        }
        let bit = UInt16(1) &<< UInt16(truncatingIfNeeded: sequence & 15)
        let place = places + (lastBlock &* 16 &+ Int(sequence & 15))
        if _fastPath(blocks[lastBlock].taken & bit == 0) {
            blocks[lastBlock].taken |= bit
            place.initialize(to: Place(fingerprint: fingerprint, symbol: symbol))
            return nil
        }
        if place.pointee.symbol == symbol { return place.pointee.fingerprint }
        let second = Second(sequence: sequence, symbol: symbol)
        if let known = seconds[second] { return known }
        seconds[second] = fingerprint
        return nil
    }

    private mutating func block(of key: UInt64) -> Int {
        var index = slot(key)
        while slots[index] != UInt32.max {
            let found = Int(slots[index])
            if blocks[found].key == key { return found }
            index = (index + 1) & (slotCount - 1)
        }
        if blockCount == blockCapacity { growBlocks() }
        (blocks + blockCount).initialize(to: Block(key: key, taken: 0))
        slots[index] = UInt32(blockCount)
        blockCount += 1
        if blockCount * 2 > slotCount { growSlots() }
        return blockCount - 1
    }

    private func slot(_ key: UInt64) -> Int {
        Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) &>> 32) & (slotCount - 1)
    }

    private mutating func growBlocks() {
        let size = Int(SequenceMap.blockSize)
        let more = UnsafeMutablePointer<Block>.allocate(capacity: blockCapacity * 2)
        more.moveInitialize(from: blocks, count: blockCount)
        blocks.deallocate()
        blocks = more
        let room = UnsafeMutablePointer<Place>.allocate(capacity: blockCapacity * 2 * size)
        room.moveInitialize(from: places, count: blockCount * size)
        places.deallocate()
        places = room
        blockCapacity *= 2
    }

    private mutating func growSlots() {
        slots.deallocate()
        slotCount *= 2
        slots = .allocate(capacity: slotCount)
        slots.initialize(repeating: UInt32.max, count: slotCount)
        for number in 0..<blockCount {
            var index = slot(blocks[number].key)
            while slots[index] != UInt32.max { index = (index + 1) & (slotCount - 1) }
            slots[index] = UInt32(number)
        }
    }
}
