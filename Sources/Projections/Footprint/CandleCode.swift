public import Columns
public import Market

/// The varint forms of candles. A row begins with its minute and goes on alike in both uses:
///
/// ```
/// minute    digest: minutes since 1970 UTC; pack: minutes since the last candle, the first since the hour
/// low       zigzag
/// open-low, close-low
/// levels    count
///   step    (price - price below) << 3 | has unknown << 2 | has sell << 1 | has buy; 0 for the lowest's price
///   volumes those that the step announces: buy, sell, unknown
///   trades
/// ```
///
/// The digest's form is canonical: the same candle always gives the same bytes, and no other candle does.
public enum CandleCode {
    /// Appends what follows the minute.
    @inline(__always)
    static func appendBody(
        open: Int64, close: Int64, levels: UnsafeBufferPointer<FootprintState.Level>,
        to sink: inout ByteSink
    ) {
        // Four varints of up to 10 bytes, and per level three of up to 19 and two of up to 11.
        sink.reserve(40 + levels.count * 80)
        let low = levels[0].price
        sink.appendSignedUnchecked(low)
        sink.appendUnchecked(UInt64(bitPattern: open &- low))
        sink.appendUnchecked(UInt64(bitPattern: close &- low))
        sink.appendUnchecked(UInt64(levels.count))
        var below = low
        for level in levels {
            let has: UInt64 =
                (level.buyVolume != 0 ? 1 : 0) | (level.sellVolume != 0 ? 2 : 0)
                | (level.unknownVolume != 0 ? 4 : 0)
            let step = UInt64(bitPattern: level.price &- below)
            below = level.price
            if _fastPath(step &>> 61 == 0) {
                sink.appendUnchecked(step &<< 3 | has)
            } else {
                sink.appendUnchecked(UInt128(step) << 3 | UInt128(has))
            }
            if has & 1 != 0 { sink.appendUnchecked(level.buyVolume) }
            if has & 2 != 0 { sink.appendUnchecked(level.sellVolume) }
            if has & 4 != 0 { sink.appendUnchecked(level.unknownVolume) }
            sink.appendUnchecked(level.tradeCount)
        }
    }

    /// The candles of a pack, as ``FootprintRows`` makes it for one symbol and hour.
    /// - Parameter hour: The pack's hour of the WIB day.
    /// - Returns: The candles by rising minute; nil where the bytes are no pack.
    public static func unpack(_ pack: UnsafeRawBufferPointer, hour: Int) -> [Candle]? {
        var reader = VarintReader(pack)
        var candles: [Candle] = []
        var minute = hour * 60
        while !reader.isAtEnd {
            let step = reader.next()
            guard step < 60, let candle = candle(minute: minute + Int(step), &reader) else { return nil }
            minute = candle.minute
            candles.append(candle)
        }
        return reader.failed || minute >= (hour + 1) * 60 ? nil : candles
    }

    /// Appends the canonical rows of candles, of which the digest is made.
    public static func appendCanonical(_ candles: [Candle], day: TradingDay, to sink: inout ByteSink) {
        let firstMinute = day.start.nanos / 60_000_000_000
        for candle in candles {
            sink.reserve(10)
            sink.appendSignedUnchecked(firstMinute + Int64(candle.minute))
            appendBody(candle, to: &sink)
        }
    }

    /// Appends what follows the minute.
    static func appendBody(_ candle: Candle, to sink: inout ByteSink) {
        let levels = candle.levels.map { level in
            FootprintState.Level(
                price: level.price, tradeCount: level.tradeCount, buyVolume: level.buyVolume,
                sellVolume: level.sellVolume, unknownVolume: level.unknownVolume)
        }
        levels.withUnsafeBufferPointer {
            appendBody(open: candle.open, close: candle.close, levels: $0, to: &sink)
        }
    }

    /// No candle has more trades, nor, since none of them has 64 bits, more volume: sums over a candle's levels and a
    /// day's candles stay within their types.
    static let tradeCountMax: UInt64 = 1 << 46
    /// Volume of a candle at most.
    static let volumeMax: UInt128 = 1 << 110

    /// The candle behind its minute; nil where the bytes are none.
    static func candle(minute: Int, _ reader: inout VarintReader) -> Candle? {
        let low = reader.nextSigned()
        let open = low &+ Int64(bitPattern: reader.next())
        let close = low &+ Int64(bitPattern: reader.next())
        let count = reader.next()
        guard !reader.failed, count > 0 else { return nil }
        var levels: [Candle.Level] = []
        var price = low
        var (volume, trades) = (UInt128(0), UInt64(0))
        for _ in 0..<count {
            let step = reader.nextWide()
            guard !reader.failed else { return nil }
            price = price &+ Int64(bitPattern: UInt64(truncatingIfNeeded: step >> 3))
            levels.append(
                Candle.Level(
                    price: price, buyVolume: step & 1 != 0 ? reader.nextWide() : 0,
                    sellVolume: step & 2 != 0 ? reader.nextWide() : 0,
                    unknownVolume: step & 4 != 0 ? reader.nextWide() : 0, tradeCount: reader.next()))
            let level = levels[levels.count - 1]
            for part in [level.buyVolume, level.sellVolume, level.unknownVolume, UInt128(level.tradeCount)]
            where part > volumeMax { return nil }
            volume &+= level.volume
            trades &+= level.tradeCount
            guard volume <= volumeMax, trades <= tradeCountMax else { return nil }
        }
        guard !reader.failed, low <= open, low <= close, open <= price, close <= price else { return nil }
        return Candle(minute: minute, open: open, close: close, levels: levels)
    }
}
