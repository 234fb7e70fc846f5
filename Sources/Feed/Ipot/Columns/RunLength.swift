/// Lengths of runs of one symbol: short ones by unary adaptive bits, given how long the symbol's last runs
/// were; long ones by Elias gamma behind them.
struct RunLength {
    private let models: UnsafeMutablePointer<AdaptiveBit>

    private static let unaryMax = 15
    private static let contexts = 8
    private static let gammaStart = contexts * 16
    private static let averageStart = gammaStart + 64

    /// Models that ``RunLength`` needs; the means of the entries' lengths are kept behind the shared ones.
    static func modelCount(entries: Int) -> Int { averageStart + max(entries, 1) }

    init(_ models: UnsafeMutablePointer<AdaptiveBit>) {
        self.models = models
        // The quick half holds the mean length times 16.
    }

    @inline(__always)
    private func context(_ rank: Int) -> Int {
        let mean = Int(models[RunLength.averageStart &+ rank].quick)
        if mean == 0x8000 { return 0 }
        return min(1 &+ (mean &- 8) / 12, RunLength.contexts &- 1) &* 16
    }

    @inline(__always)
    private func learn(_ length: Int, _ rank: Int) {
        let place = RunLength.averageStart &+ rank
        let clipped = min(length, 63) &* 16
        let mean = Int(models[place].quick)
        let next = mean == 0x8000 ? clipped : mean &+ (clipped &- mean) / 8
        models[place].quick = UInt16(truncatingIfNeeded: max(next, 8))
    }

    @inline(__always)
    func encode(_ length: Int, rank: Int, _ coder: inout RangeEncoder) {
        let base = models + context(rank)
        var unary = 1
        while unary < length, unary < RunLength.unaryMax {
            coder.encode(1, &base[unary])
            unary &+= 1
        }
        if unary == RunLength.unaryMax {
            let rest = UInt32(truncatingIfNeeded: length &- unary &+ 1)
            let width = 31 &- rest.leadingZeroBitCount
            let gamma = models + RunLength.gammaStart
            for index in 0..<width { coder.encode(1, &gamma[index]) }
            coder.encode(0, &gamma[width])
            for index in stride(from: width &- 1, through: 0, by: -1) {
                coder.encode((rest &>> UInt32(index)) & 1, &gamma[32 &+ index])
            }
        } else {
            coder.encode(0, &base[unary])
        }
        learn(length, rank)
    }

    /// At most 2^31.
    @inline(__always)
    func decode(rank: Int, _ coder: inout RangeDecoder) -> Int {
        let base = models + context(rank)
        var length = 1
        while length < RunLength.unaryMax, coder.decode(&base[length]) == 1 { length &+= 1 }
        if length == RunLength.unaryMax {
            let gamma = models + RunLength.gammaStart
            var width = 0
            while width < 31, coder.decode(&gamma[width]) == 1 { width &+= 1 }
            var rest = 1
            for index in stride(from: width &- 1, through: 0, by: -1) {
                rest = rest &* 2 &+ Int(coder.decode(&gamma[32 &+ index]))
            }
            length = length &+ rest &- 1
        }
        learn(length, rank)
        return length
    }
}
