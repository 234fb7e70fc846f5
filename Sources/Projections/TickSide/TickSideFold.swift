internal import Columns
public import Market

/// Volume by the tick rule, `side.tick@1`: a trade above the symbol's last other price counts as bought, one below it as
/// sold, and one at the same price as the trade before it; those before the first change are unknown.
///
/// Rule: PROJECTIONS §1 (sign of the last price change); the tick test of Lee and Ready, Journal of Finance 46(2), 1991.
/// It stands beside the aggressor that the feed names and is never mixed with it. Trades of auctions count too.
public final class TickSideFold: TradeFold {
    /// `side.tick@1`.
    public static let id = ProjectionID(name: "side.tick", version: 1)

    fileprivate struct State {
        var minutes: [TickSideMinute] = []
        /// Price of the last trade, and the sign of the last change; 0 before the first.
        var price: Int64 = 0
        var sign = 0
        var firstPrice: Int64 = 0
        var hasTrades = false
    }

    private var states: [State] = []

    /// A fold that has seen nothing.
    public init(_ context: FoldContext) {}

    /// Folds prices and quantities; the sides that the feed names do not matter.
    public func fold(
        symbol: Int, minute: Int, prices: UnsafeBufferPointer<Int64>, quantities: UnsafeBufferPointer<Int64>,
        sides: UnsafeBufferPointer<UInt8>
    ) {
        while states.count <= symbol { states.append(State()) }
        states[symbol].fold(minute, prices, quantities)
    }

    /// Forgets a symbol.
    public func reset(symbol: Int) {
        if symbol < states.count { states[symbol] = State() }
    }

    /// Takes over what followed; its trades before its first change of price count by the change that led to them.
    public func append(_ later: any TradeFold, numbers: [Int]) {
        guard let later = later as? TickSideFold else { preconditionFailure("folds of two types") }
        for (number, state) in later.states.enumerated() where state.hasTrades {
            let symbol = numbers[number]
            while states.count <= symbol { states.append(State()) }
            states[symbol].append(state)
        }
    }

    /// One row a symbol: ``TickSideCode``.
    public func rows(_ symbols: [Symbol]) -> [ProjectedRow] {
        states.enumerated().compactMap { number, state in
            guard state.hasTrades else { return nil }
            return ProjectedRow(symbol: symbols[number], key: [], value: TickSideCode.pack(state.minutes))
        }
    }
}

extension TickSideFold.State {
    fileprivate mutating func fold(
        _ minute: Int, _ prices: UnsafeBufferPointer<Int64>, _ quantities: UnsafeBufferPointer<Int64>
    ) {
        guard let first = prices.first else { return }
        if !hasTrades { (hasTrades, firstPrice, price) = (true, first, first) }
        if minutes.last?.minute != minute {
            minutes.append(TickSideMinute(minute: minute))
        }
        var row = minutes[minutes.count - 1]
        var (price, sign) = (price, sign)
        for index in prices.indices {
            let next = prices[index]
            if next != price { sign = next > price ? 1 : -1 }
            price = next
            let volume = UInt128(UInt64(bitPattern: quantities[index]))
            switch sign {
            case 1: row.bought &+= volume
            case -1: row.sold &+= volume
            default: row.unknown &+= volume
            }
        }
        (self.price, self.sign) = (price, sign)
        minutes[minutes.count - 1] = row
    }

    /// Joins what was folded of later trades, whose first ones waited for a change to be known by.
    fileprivate mutating func append(_ later: TickSideFold.State) {
        guard hasTrades else { return self = later }
        let first = later.firstPrice == price ? sign : (later.firstPrice > price ? 1 : -1)
        for row in later.minutes {
            var row = row
            switch first {
            case 1: (row.bought, row.unknown) = (row.bought &+ row.unknown, 0)
            case -1: (row.sold, row.unknown) = (row.sold &+ row.unknown, 0)
            default: break
            }
            if let last = minutes.indices.last, minutes[last].minute == row.minute {
                minutes[last].add(row)
            } else {
                minutes.append(row)
            }
        }
        price = later.price
        sign = later.sign == 0 ? first : later.sign
    }
}
