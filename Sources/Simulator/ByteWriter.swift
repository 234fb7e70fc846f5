/// A growing byte buffer that numbers and text are appended to without making strings.
struct ByteWriter: ~Copyable {
    private(set) var count = 0
    private var bytes: UnsafeMutablePointer<UInt8>
    private var capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    }

    deinit { bytes.deallocate() }

    /// What has been written; valid until the next change.
    var contents: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: bytes, count: count) }

    /// Forgets what has been written, keeps the memory.
    mutating func clear() { count = 0 }

    /// Room for `size` bytes at the returned place; ``commit(_:)`` tells where the writing ended.
    @inline(__always)
    mutating func reserve(_ size: Int) -> UnsafeMutablePointer<UInt8> {
        if count &+ size > capacity { grow(size) }
        return bytes + count
    }

    /// Takes over what was written up to `end` after ``reserve(_:)``.
    @inline(__always)
    mutating func commit(_ end: UnsafeMutablePointer<UInt8>) { count = end - bytes }

    mutating func append(_ text: StaticString) {
        let size = text.utf8CodeUnitCount
        let place = reserve(size)
        place.update(from: text.utf8Start, count: size)
        count += size
    }

    mutating func append(_ text: [UInt8]) {
        let place = reserve(text.count)
        for index in 0..<text.count { place[index] = text[index] }
        count += text.count
    }

    mutating func append(_ number: Int64) {
        commit(Decimal.write(number, to: reserve(Decimal.sizeMax)))
    }

    private mutating func grow(_ size: Int) {
        capacity = max(capacity * 2, count + size)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.update(from: bytes, count: count)
        bytes.deallocate()
        bytes = larger
    }
}
