/// Lengths of runs of one symbol: short ones by unary adaptive bits, given how long the symbol's last runs
/// were; long ones by Elias gamma behind them.
struct RunLength: ~Copyable {
    /// Eight contexts of 16 unary bits, then 32 bits for gamma's size, then 32 for its figures.
    private let models = BitModels(count: contextCount * 16 + 64)
    /// Mean length of each entry's runs, times 16; 0 before the first.
    private let means: UnsafeMutablePointer<Int32>

    private static let unaryMax = 15
    private static let contextCount = 8
    private static let gammaStart = contextCount * 16

    /// A model for so many entries.
    init(entryCount: Int) {
        means = .allocate(capacity: entryCount)
        means.initialize(repeating: 0, count: entryCount)
    }

    deinit { means.deallocate() }

    @inline(__always)
    private func context(_ rank: Int) -> UnsafeMutablePointer<AdaptiveBit> {
        let mean = Int(means[rank])
        let context = mean == 0 ? 0 : min(1 &+ (mean &- 8) / 12, RunLength.contextCount &- 1)
        return models.base + context &* 16
    }

    @inline(__always)
    private func learn(_ length: Int, _ rank: Int) {
        let clipped = Int32(truncatingIfNeeded: min(length, 63) &* 16)
        let mean = means[rank]
        means[rank] = mean == 0 ? clipped : mean &+ (clipped &- mean) / 8
    }

    @inline(__always)
    func encode(_ length: Int, rank: Int, _ coder: inout RangeEncoder) {
        let unary = context(rank)
        var place = 1
        while place < length, place < RunLength.unaryMax {
            coder.encode(1, &unary[place])
            place &+= 1
        }
        if place < RunLength.unaryMax {
            coder.encode(0, &unary[place])
        } else {
            encodeGamma(UInt32(truncatingIfNeeded: length &- place &+ 1), &coder)
        }
        learn(length, rank)
    }

    private func encodeGamma(_ value: UInt32, _ coder: inout RangeEncoder) {
        let sizes = models.base + RunLength.gammaStart
        let width = 31 &- value.leadingZeroBitCount
        for index in 0..<width { coder.encode(1, &sizes[index]) }
        coder.encode(0, &sizes[width])
        for index in stride(from: width - 1, through: 0, by: -1) {
            coder.encode((value &>> UInt32(index)) & 1, &sizes[32 + index])
        }
    }

    /// At most 2^32.
    @inline(__always)
    func decode(rank: Int, _ coder: inout RangeDecoder) -> Int {
        let unary = context(rank)
        var length = 1
        while length < RunLength.unaryMax, coder.decode(&unary[length]) == 1 { length &+= 1 }
        if length == RunLength.unaryMax { length &+= decodeGamma(&coder) &- 1 }
        learn(length, rank)
        return length
    }

    private func decodeGamma(_ coder: inout RangeDecoder) -> Int {
        let sizes = models.base + RunLength.gammaStart
        var width = 0
        while width < 31, coder.decode(&sizes[width]) == 1 { width += 1 }
        var value = 1
        for index in stride(from: width - 1, through: 0, by: -1) {
            value = value * 2 + Int(coder.decode(&sizes[32 + index]))
        }
        return value
    }
}
