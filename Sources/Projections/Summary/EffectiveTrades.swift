/// How many trades of equal size a day's classified trades are worth at the least: a bound of (Σv)² / Σv² from
/// below, for the guard `thin` (PROJECTIONS §4).
///
/// The guard is defined on single trades, v being a trade's volume. Candles keep no Σv² per trade: `footprint@1`
/// has volumes by minute, price and side, and the number of trades by minute and price. So the greatest Σv² that
/// agrees with them is taken: at each price all trades but one are of one unit. A day that passes the guard passes
/// it on its single trades too, so no thin day gets through; a day of few but crowded prices may be called thin
/// though it is not: of 400 simulated symbols with 375 trades each 286 are, where single trades say 200, of 200
/// with 2,000 trades each 12 for 7. An exact count needs a fold of single trades. Exact where each minute, price and side had one
/// trade, or trades of one unit. Trades of no quantity do not count.
///
/// Source: (Σv)² / Σv² is the inverse Herfindahl index, Laakso and Taagepera's effective number.
public struct EffectiveTrades: Equatable, Sendable {
    /// Σv over classified trades.
    private(set) var volume: UInt128 = 0
    /// The greatest Σv² that they can have.
    private(set) var squares = WideInteger(0)

    /// Of no trades.
    public init() {}

    /// Adds what was traded in a minute at one price.
    mutating func add(_ level: Candle.Level) {
        let (buy, sell, unknown) = (level.buyVolume, level.sellVolume, level.unknownVolume)
        guard buy + sell > 0 else { return }
        volume += buy + sell
        // Beyond one trade per side; those without an aggressor may be as many as they can.
        let sides: UInt128 = (buy > 0 ? 1 : 0) + (sell > 0 ? 1 : 0) + (unknown > 0 ? 1 : 0)
        var more = UInt128(level.tradeCount) > sides ? UInt128(level.tradeCount) - sides : 0
        more -= min(more, unknown > 0 ? unknown - 1 : 0)
        squares =
            squares
            + max(
                EffectiveTrades.squares(buy, sell, more: more), EffectiveTrades.squares(sell, buy, more: more)
            )
    }

    /// Whether (Σv)² / Σv² may be below a limit. Exact in integers; no trades at all are not below anything.
    public func isBelow(_ limit: UInt32) -> Bool {
        volume > 0 && WideInteger(Int128(volume), times: volume) < squares.times(limit)
    }

    /// The bound; nil where nothing is classified.
    public var value: Double? {
        volume == 0
            ? nil : WideInteger(Int128(volume), times: volume).approximation / squares.approximation
    }

    /// Σv² where further trades of one unit are all of the first side, as far as it has units for them.
    private static func squares(_ first: UInt128, _ second: UInt128, more: UInt128) -> WideInteger {
        let inFirst = min(more, first > 0 ? first - 1 : 0)
        let inSecond = min(more - inFirst, second > 0 ? second - 1 : 0)
        func side(_ volume: UInt128, _ units: UInt128) -> WideInteger {
            WideInteger(Int128(volume - units), times: volume - units) + WideInteger(Int128(units))
        }
        return side(first, inFirst) + side(second, inSecond)
    }
}
