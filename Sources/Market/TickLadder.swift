/// The prices at which an order may stand, in rupiah, and the steps between them.
///
/// Five bands hold since Kep-00023/BEI/04-2016 (PROTOCOLS §4.2): each begins on a price of the band
/// below, so every ladder price has a number (``index(of:)``) and neighbours differ by one.
///
/// ```
/// price    1 … 199   step 1     index   0 …
/// price  200 … 498   step 2     index 199 …
/// price  500 … 1995  step 5     index 349 …
/// price 2000 … 4990  step 10    index 649 …
/// price 5000 …       step 25    index 949 …
/// ```
public struct TickLadder: Hashable, Sendable {
    /// A run of prices with one step.
    public struct Band: Hashable, Sendable {
        /// First price of the band.
        public let lowest: Int64
        /// Distance of two neighbouring prices.
        public let tick: Int64
        /// Number of the first price on the whole ladder.
        public let firstIndex: Int64
    }

    /// The bands, lowest first; the last one has no end.
    public let bands: [Band]

    /// The regular board's ladder.
    public static let idx = TickLadder(steps: [(1, 1), (200, 2), (500, 5), (2000, 10), (5000, 25)])

    /// A ladder of one-rupiah steps, as exchange-traded funds and structured warrants use (PROTOCOLS
    /// §4.2 names 599 and 543 as seen prices).
    public static let unit = TickLadder(steps: [(1, 1)])

    /// A ladder from the first price and the step of each band, lowest band first.
    ///
    /// - Precondition: prices rise, steps are positive, and each band's first price lies on the band
    ///   below it.
    public init(steps: [(lowest: Int64, tick: Int64)]) {
        precondition(!steps.isEmpty && steps.allSatisfy { $0.lowest > 0 && $0.tick > 0 })
        var bands: [Band] = []
        for step in steps {
            var index: Int64 = 0
            if let below = bands.last {
                let width = step.lowest - below.lowest
                precondition(width > 0 && width % below.tick == 0, "a band begins off the band below it")
                index = below.firstIndex + width / below.tick
            }
            bands.append(Band(lowest: step.lowest, tick: step.tick, firstIndex: index))
        }
        self.bands = bands
    }

    /// The lowest price of the ladder.
    public var lowest: Int64 { bands[0].lowest }

    /// The step upwards from `price`; below the ladder, the lowest band's.
    public func tick(at price: Int64) -> Int64 { band(of: price).tick }

    /// Whether an order may stand at `price`.
    public func contains(_ price: Int64) -> Bool {
        let band = band(of: price)
        return price >= band.lowest && (price - band.lowest) % band.tick == 0
    }

    /// The number of a ladder price, 0 for the lowest; nil off the ladder.
    public func index(of price: Int64) -> Int64? {
        contains(price) ? indexBelow(price) : nil
    }

    /// The ladder price with the number `index`, which must not be negative.
    public func price(at index: Int64) -> Int64 {
        precondition(index >= 0, "the ladder begins at index 0")
        var position = bands.count - 1
        while bands[position].firstIndex > index { position -= 1 }
        return bands[position].lowest + (index - bands[position].firstIndex) * bands[position].tick
    }

    /// The next higher ladder price.
    public func next(above price: Int64) -> Int64 {
        price < lowest ? lowest : self.price(at: indexBelow(price) + 1)
    }

    /// The next lower ladder price; nil at the lowest and below.
    public func previous(below price: Int64) -> Int64? {
        guard price > lowest else { return nil }
        return contains(price) ? self.price(at: indexBelow(price) - 1) : self.price(at: indexBelow(price))
    }

    /// The highest ladder price that is not above `price`; nil below the ladder.
    public func roundedDown(_ price: Int64) -> Int64? {
        price < lowest ? nil : self.price(at: indexBelow(price))
    }

    /// The lowest ladder price that is not below `price`.
    public func roundedUp(_ price: Int64) -> Int64 {
        contains(price) ? price : next(above: price)
    }

    /// Number of the highest ladder price that is not above `price`, which must not lie below the ladder.
    private func indexBelow(_ price: Int64) -> Int64 {
        let band = band(of: price)
        return band.firstIndex + (price - band.lowest) / band.tick
    }

    private func band(of price: Int64) -> Band {
        var position = bands.count - 1
        while position > 0 && bands[position].lowest > price { position -= 1 }
        return bands[position]
    }
}
