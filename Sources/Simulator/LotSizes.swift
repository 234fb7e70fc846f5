/// How many lots an order asks for: a table of 1024 draws.
///
/// Shaped after the real sample (PERFORMANCE §1): one lot in about every fifth trade, round numbers
/// preferred, a long tail.
struct LotSizes: ~Copyable {
    private let sizes: UnsafeMutablePointer<Int32>

    init(random: inout RandomSource) {
        // Share of 1024, smallest, largest.
        let classes: [(share: Int, range: ClosedRange<Int>)] = [
            (172, 1...1), (58, 2...2), (52, 3...3), (38, 4...4), (86, 5...5), (62, 6...9), (124, 10...10),
            (92, 11...19), (52, 20...20), (30, 21...49), (52, 50...50), (40, 51...99), (60, 100...100),
            (36, 101...199), (24, 200...200), (20, 201...499), (12, 500...500), (9, 501...999),
            (5, 1000...5000),
        ]
        sizes = UnsafeMutablePointer<Int32>.allocate(capacity: 1024)
        sizes.initialize(repeating: 1, count: 1024)
        var index = 0
        for entry in classes {
            for _ in 0..<entry.share {
                sizes[index] = Int32(random.within(entry.range))
                index += 1
            }
        }
        precondition(index == 1024)
    }

    deinit { sizes.deallocate() }

    /// The lots chosen by ten random bits.
    @inline(__always)
    func draw(_ bits: UInt64) -> Int32 { sizes[Int(truncatingIfNeeded: bits & 1023)] }
}
