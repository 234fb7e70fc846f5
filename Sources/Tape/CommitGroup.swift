internal import Market

/// Messages that become durable together: what the append thread hands to the sync thread.
public struct CommitGroup: Sendable {
    /// Bytes for one segment, contiguous.
    struct Part: Sendable {
        let day: TradingDay
        let segmentFirstNumber: UInt64
        /// Whether the bytes begin with the header of a segment that does not exist yet.
        let isNewSegment: Bool
        let offset: Int64
        let buffer: GroupBuffer
        let endNumber: UInt64
        let chain: UInt32

        var endOffset: Int64 { offset + Int64(buffer.count) }
    }

    /// In the order of appending; a day's parts stand in the order of its segments.
    var parts: [Part] = []
    /// Ledger lines that have to be durable before the parts are.
    var ledgerLines: [String] = []
    /// Messages in the group.
    public internal(set) var messageCount = 0
}

/// A growing byte buffer that the append thread fills and the sync thread writes; never both at once.
final class GroupBuffer: @unchecked Sendable {
    private(set) var base: UnsafeMutableRawPointer
    private(set) var count = 0
    private var capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        base = .allocate(byteCount: capacity, alignment: 64)
    }

    deinit { base.deallocate() }

    /// Room for `size` more bytes, which the caller then fills.
    @inline(__always)
    func extend(by size: Int) -> UnsafeMutableRawPointer {
        if count + size > capacity { grow(count + size) }
        defer { count += size }
        return base + count
    }

    func reset() { count = 0 }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    private func grow(_ needed: Int) {
        capacity = max(needed, capacity * 2)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 64)
        larger.copyMemory(from: base, byteCount: count)
        base.deallocate()
        base = larger
    }
}
