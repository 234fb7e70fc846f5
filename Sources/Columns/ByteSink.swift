/// A growing run of bytes for hot encoders: room is reserved once per record, then bytes are stored without
/// a check each.
public struct ByteSink: ~Copyable {
    @usableFromInline var base: UnsafeMutablePointer<UInt8>
    @usableFromInline var capacity: Int
    @usableFromInline var count = 0

    /// An empty sink.
    public init(capacity: Int = 4096) {
        self.capacity = capacity
        base = .allocate(capacity: capacity)
    }

    deinit { base.deallocate() }

    /// The bytes so far; valid until the next change.
    public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    /// Whether there are none.
    public var isEmpty: Bool { count == 0 }

    /// Forgets the bytes and keeps the room.
    @inlinable
    public mutating func removeAll() { count = 0 }

    /// Makes room for `size` more bytes, which unchecked appends may then use.
    @inlinable
    public mutating func reserve(_ size: Int) {
        if count &+ size > capacity { grow(size) }
    }

    /// Appends a varint of up to 10 bytes within reserved room.
    @inlinable
    public mutating func appendUnchecked(_ value: UInt64) {
        var rest = value
        var target = base + count
        while rest >= 0x80 {
            target.pointee = UInt8(truncatingIfNeeded: rest) | 0x80
            target += 1
            rest &>>= 7
        }
        target.pointee = UInt8(truncatingIfNeeded: rest)
        count = target + 1 - base
    }

    /// Appends a varint of up to 19 bytes within reserved room.
    @inlinable
    public mutating func appendUnchecked(_ value: UInt128) {
        var rest = value
        while _slowPath(rest > UInt128(UInt64.max)) {
            base[count] = UInt8(truncatingIfNeeded: rest) | 0x80
            count &+= 1
            rest &>>= 7
        }
        appendUnchecked(UInt64(truncatingIfNeeded: rest))
    }

    /// Appends a zigzag varint within reserved room.
    @inlinable
    public mutating func appendSignedUnchecked(_ value: Int64) {
        appendUnchecked(UInt64(bitPattern: (value &<< 1) ^ (value &>> 63)))
    }

    /// Appends what another sink holds from `start` on.
    public mutating func append(_ other: borrowing ByteSink, from start: Int) {
        let size = other.count - start
        reserve(size)
        (base + count).update(from: other.base + start, count: size)
        count += size
    }

    @usableFromInline
    mutating func grow(_ size: Int) {
        capacity = max(capacity * 2, count + size)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.update(from: base, count: count)
        base.deallocate()
        base = larger
    }
}
