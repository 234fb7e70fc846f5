internal import Columns

/// Bits on their way into or out of columns: what a model says about them is written once, for both ways.
protocol ModelledBits: ~Copyable {
    /// Passes a bit that a model predicts. A writer takes `bit` and gives it back; a reader ignores it.
    mutating func pass(_ bit: UInt32, _ model: inout AdaptiveBit) -> UInt32
    /// Passes the lowest `count` bits, at most 56, of a value of which nothing is known.
    mutating func passRaw(_ bits: UInt64, count: UInt64) -> UInt64
}

/// Writes range-coded bits and raw bits.
struct ModelledBitWriter: ModelledBits, ~Copyable {
    private var coder = RangeEncoder()
    private var bits = RawBitWriter()

    @inline(__always)
    mutating func pass(_ bit: UInt32, _ model: inout AdaptiveBit) -> UInt32 {
        coder.encode(bit, &model)
        return bit
    }

    @inline(__always)
    mutating func passRaw(_ value: UInt64, count: UInt64) -> UInt64 {
        bits.append(value, count: count)
        return value
    }

    /// The bytes of both.
    mutating func finish() -> (coded: [UInt8], raw: [UInt8]) { (coder.finish(), bits.finish()) }
}

/// Reads what ``ModelledBitWriter`` wrote; any bytes give some bits.
struct ModelledBitReader: ModelledBits, ~Copyable {
    private var coder: RangeDecoder
    private var bits: RawBitReader

    init(coded: UnsafeRawBufferPointer, raw: UnsafeRawBufferPointer) {
        coder = RangeDecoder(coded)
        bits = RawBitReader(raw)
    }

    @inline(__always)
    mutating func pass(_ bit: UInt32, _ model: inout AdaptiveBit) -> UInt32 { coder.decode(&model) }

    @inline(__always)
    mutating func passRaw(_ value: UInt64, count: UInt64) -> UInt64 { bits.next(count) }
}

/// Whole numbers from 0 to 2^63 - 1: the number of their bits by the models of a context, the two below the
/// highest by that number, the rest raw.
struct NumberModels: ~Copyable {
    private let widths: BitModels
    private let leading = BitModels(count: 64 * 4)

    private static let widthBits = 6

    /// Models for so many contexts.
    init(contextCount: Int) { widths = BitModels(count: contextCount << NumberModels.widthBits) }

    @inline(__always)
    func pass(
        _ value: UInt64, context: Int, _ bits: inout some ModelledBits & ~Copyable
    ) -> UInt64 {
        let width = UInt64(64 &- value.leadingZeroBitCount)
        let tree = widths.base + context &<< NumberModels.widthBits
        var node = 1
        for shift in stride(from: NumberModels.widthBits - 1, through: 0, by: -1) {
            let bit = bits.pass(UInt32(truncatingIfNeeded: width &>> UInt64(shift)) & 1, &tree[node])
            node = node &* 2 &+ Int(bit)
        }
        let read = UInt64(node &- (1 &<< NumberModels.widthBits))
        guard read > 1 else { return read }
        let below = leading.base + Int(read) &* 4
        var rest = read &- 1
        var result: UInt64 = 1
        var place = 1
        while rest > 0, place < 4 {
            rest &-= 1
            let bit = bits.pass(UInt32(truncatingIfNeeded: value &>> rest) & 1, &below[place])
            place = place &* 2 &+ Int(bit)
            result = result &<< 1 | UInt64(bit)
        }
        if rest > 32 {
            result = result &<< 32 | bits.passRaw(value &>> (rest &- 32) & 0xFFFF_FFFF, count: 32)
            rest &-= 32
        }
        if rest > 0 {
            result = result &<< rest | bits.passRaw(value & ((1 &<< rest) &- 1), count: rest)
        }
        return result
    }
}
