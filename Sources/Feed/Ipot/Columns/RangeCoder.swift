internal import Columns

/// A probability that learns: two estimates of "the bit is 0" in 1/65536, a quick and a slow one, whose mean
/// is used. Both begin as plain averages of what they saw: a block is short, and its models are many.
struct AdaptiveBit {
    var quick: UInt16 = 0x8000
    var slow: UInt16 = 0x8000
    /// Bits seen, at most ``countMax``.
    var count: UInt8 = 0

    private static let countMax: UInt8 = 126

    /// The mean, kept off both ends so that a range never becomes empty.
    @inline(__always)
    var zeroProbability: UInt32 {
        let mean = (UInt32(quick) &+ UInt32(slow)) &>> 1
        return min(max(mean, 64), 65536 &- 64)
    }

    @inline(__always)
    mutating func learn(_ bit: UInt32) {
        // All ones for a 0, no bits for a 1.
        let target = UInt16(truncatingIfNeeded: bit &- 1)
        let rate = 7 &- UInt16(truncatingIfNeeded: (count &+ 2).leadingZeroBitCount)
        quick = AdaptiveBit.step(quick, target, min(rate, 5))
        slow = AdaptiveBit.step(slow, target, rate)
        if count < AdaptiveBit.countMax { count &+= 1 }
    }

    @inline(__always)
    private static func step(_ value: UInt16, _ target: UInt16, _ rate: UInt16) -> UInt16 {
        target == 0 ? value &- (value &>> rate) : value &+ ((65535 &- value) &>> rate)
    }
}

/// A binary range encoder with carry, after G. N. N. Martin (1979) in the byte-wise form of LZMA (Igor
/// Pavlov, "LZMA specification", 2015): 32-bit range, renormalised below 2^24.
struct RangeEncoder: ~Copyable {
    private(set) var sink = ByteSink()
    private var low: UInt64 = 0
    private var range: UInt32 = 0xFFFF_FFFF
    private var cache: UInt8 = 0
    private var pending = 1

    @inline(__always)
    mutating func encode(_ bit: UInt32, _ model: inout AdaptiveBit) {
        let bound = (range &>> 16) &* model.zeroProbability
        if bit == 0 {
            range = bound
        } else {
            low &+= UInt64(bound)
            range &-= bound
        }
        model.learn(bit)
        while range < 1 &<< 24 {
            range &<<= 8
            shiftLow()
        }
    }

    /// The lowest `width` bits of `value`, highest first, in a tree of `1 << width` models.
    @inline(__always)
    mutating func encode(
        _ value: UInt32, width: UInt32, _ tree: UnsafeMutablePointer<AdaptiveBit>
    ) {
        var node = 1
        var left = width
        while left > 0 {
            left &-= 1
            let bit = (value &>> left) & 1
            encode(bit, &tree[node])
            node = node &* 2 &+ Int(bit)
        }
    }

    private mutating func shiftLow() {
        if low < 0xFF00_0000 || low > 0xFFFF_FFFF {
            let carry = UInt8(truncatingIfNeeded: low &>> 32)
            sink.reserve(pending)
            sink.appendUnchecked(byte: cache &+ carry)
            while pending > 1 {
                sink.appendUnchecked(byte: 0xFF &+ carry)
                pending &-= 1
            }
            cache = UInt8(truncatingIfNeeded: low &>> 24)
            pending = 0
        }
        pending &+= 1
        low = (low & 0x00FF_FFFF) &<< 8
    }

    /// Writes what is pending. The decoder reads zeros behind the end, so zeros there are left out.
    mutating func finish() -> [UInt8] {
        for _ in 0..<5 { shiftLow() }
        var bytes = sink.array
        while bytes.last == 0 { bytes.removeLast() }
        return bytes
    }
}

/// Reads what ``RangeEncoder`` wrote. Any bytes give some bits; whoever asks for more than there can be gets
/// those of zeros.
struct RangeDecoder {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0
    private var range: UInt32 = 0xFFFF_FFFF
    private var code: UInt32 = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        for _ in 0..<5 { code = code &<< 8 | nextByte() }
    }

    @inline(__always)
    mutating func decode(_ model: inout AdaptiveBit) -> UInt32 {
        let bound = (range &>> 16) &* model.zeroProbability
        let bit: UInt32
        if code < bound {
            range = bound
            bit = 0
        } else {
            code &-= bound
            range &-= bound
            bit = 1
        }
        model.learn(bit)
        while range < 1 &<< 24 {
            range &<<= 8
            code = code &<< 8 | nextByte()
        }
        return bit
    }

    @inline(__always)
    mutating func decode(width: UInt32, _ tree: UnsafeMutablePointer<AdaptiveBit>) -> UInt32 {
        var node: UInt32 = 1
        var left = width
        while left > 0 {
            left &-= 1
            node = node &* 2 &+ decode(&tree[Int(node)])
        }
        return node &- (1 &<< width)
    }

    @inline(__always)
    private mutating func nextByte() -> UInt32 {
        guard offset < bytes.count else { return 0 }
        defer { offset &+= 1 }
        return UInt32(bytes[offset])
    }
}

/// Models in one piece of memory.
struct BitModels: ~Copyable {
    let base: UnsafeMutablePointer<AdaptiveBit>

    init(count: Int) {
        base = .allocate(capacity: count)
        base.initialize(repeating: AdaptiveBit(), count: count)
    }

    deinit { base.deallocate() }
}
