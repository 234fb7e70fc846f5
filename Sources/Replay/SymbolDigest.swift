internal import Columns
public import Market
internal import Platform
public import Projections

/// The digest of one symbol's candles of a day (PROJECTIONS "Digest").
public enum SymbolDigest {
    /// SHA-256 over the canonical rows of one-minute candles, 32 bytes. Readers compare it with the stored one
    /// before they pass candles on: a store may have lost whole values that no checksum of a value misses.
    public static func of(_ candles: [Candle], day: TradingDay) -> [UInt8] {
        var canonical = ByteSink()
        CandleCode.appendCanonical(candles, day: day, to: &canonical)
        return SHA256.hash(canonical.bytes)
    }
}
