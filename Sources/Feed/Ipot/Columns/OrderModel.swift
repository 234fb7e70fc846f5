/// Predicts resting orders' numbers (PERFORMANCE §5: the largest part of a trade).
///
/// Numbers are global and rise in time, and a price's queue is first in, first out. So the next order hit at
/// a price is newer than the last one hit there, and older than the newest order of that moment, which a
/// small column tells every ``interval`` trades. How much newer is coded as a class (its bit length), given
/// what the symbol's last differences were and how far the newest order is away; then two bits of mantissa
/// by adaptive models, and the rest as they are.
struct OrderModel: ~Copyable {
    /// Trades between two values of the newest order's number.
    static let interval = 256
    /// Order numbers are below 2^56; lines with larger ones are kept verbatim.
    static let numberLimit: UInt64 = 1 << 56

    /// What is known before a number is read.
    struct Context {
        /// What the difference counts from.
        var base: UInt64
        /// Whether `base` is the newest order, and the difference counts backwards.
        var isFresh: Bool
        var tree: Int
        var level: Int
    }

    static let classBits: UInt32 = 5
    /// Classes 0 ... 30 stand for themselves.
    static let longClass: UInt32 = 31
    private static let levelCount = 1024
    private static let spanCount = 24
    private static let averageCount = 24
    private static let treeCount = (spanCount * averageCount * 2 + spanCount * averageCount)

    private let levels: UnsafeMutablePointer<UInt64>
    private let newest: [UInt64]
    let models = BitModels(count: (treeCount + 4) * 32 + 2 * 64 * 8)
    /// Mean class of the symbol's last differences, times 16; one for each kind.
    private var average = 0
    private var freshAverage = 0
    private var lastLevel = -1
    private var lastArrival = -2

    /// A model over the newest orders' numbers at every ``interval``th trade.
    init(newest: [UInt64]) {
        self.newest = newest
        levels = .allocate(capacity: OrderModel.levelCount * 2)
        levels.initialize(repeating: 0, count: OrderModel.levelCount * 2)
    }

    deinit { levels.deallocate() }

    /// Forgets the symbol before.
    mutating func beginSymbol() {
        levels.update(repeating: 0, count: OrderModel.levelCount * 2)
        average = 8 * 16
        freshAverage = 10 * 16
        lastLevel = -1
        lastArrival = -2
    }

    /// Index of the sign's model.
    @inline(__always)
    func sign(_ context: Context) -> Int { OrderModel.treeCount * 32 + (context.isFresh ? 1 : 0) }

    /// Index of the tree of a class's two highest mantissa bits.
    @inline(__always)
    func mantissa(_ context: Context, _ bits: UInt32) -> Int {
        (OrderModel.treeCount + 4) * 32 + ((context.isFresh ? 64 : 0) + Int(bits & 63)) * 8
    }

    @inline(__always)
    func context(step: Int64, side: UInt8, arrival: Int) -> Context {
        let level = Int(truncatingIfNeeded: step & 1023) &* 2 &+ Int(side & 1)
        let slot = arrival / OrderModel.interval
        let from = newest[slot]
        let to = newest[slot &+ 1]
        let part = UInt64(truncatingIfNeeded: arrival % OrderModel.interval)
        let now = from &+ (to &- from) &* part / UInt64(OrderModel.interval)
        let known = levels[level]
        if known == 0 {
            let mean = min(freshAverage &>> 4, OrderModel.averageCount &- 1)
            return Context(
                base: now, isFresh: true,
                tree: OrderModel.spanCount * OrderModel.averageCount * 2 &+ mean, level: level)
        }
        let span = now > known ? now &- known : 0
        let spanBits = min(64 &- span.leadingZeroBitCount, OrderModel.spanCount &- 1)
        let mean = min(average &>> 4, OrderModel.averageCount &- 1)
        let follows = level == lastLevel && arrival == lastArrival &+ 1 ? 1 : 0
        return Context(
            base: known, isFresh: false,
            tree: (mean &* OrderModel.spanCount &+ spanBits) &* 2 &+ follows, level: level)
    }

    @inline(__always)
    mutating func learn(_ context: Context, order: UInt64, class bits: UInt32, arrival: Int) {
        levels[context.level] = order
        lastLevel = context.level
        lastArrival = arrival
        if context.isFresh {
            freshAverage &+= (Int(bits) &* 16 &- freshAverage) &>> 2
        } else {
            average &+= (Int(bits) &* 16 &- average) &>> 2
        }
    }
}
