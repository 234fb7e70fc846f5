public import Market

/// A pure fold of the regular board's trades, symbol by symbol, each symbol's in the order of the exchange's sequence,
/// or of the tape where there is none (PROJECTIONS "Order"). Sealed days feed it from columns, with no text made, and
/// share it among threads: what follows is folded apart and appended.
public protocol TradeFold: AnyObject, SendableMetatype {
    /// Name and version.
    static var id: ProjectionID { get }

    /// A fold that has seen nothing.
    init(_ context: FoldContext)
    /// Folds trades of one symbol and minute, one or more.
    /// - Parameters:
    ///   - symbol: The symbol's number, counted from 0.
    ///   - minute: Minute of the WIB day.
    ///   - prices: In the stream's scale; `quantities` and `sides` (raw values of ``Side``) are as long.
    func fold(
        symbol: Int, minute: Int, prices: UnsafeBufferPointer<Int64>, quantities: UnsafeBufferPointer<Int64>,
        sides: UnsafeBufferPointer<UInt8>)
    /// Forgets a symbol.
    func reset(symbol: Int)
    /// Takes over the fold of the trades that follow.
    /// - Parameters:
    ///   - later: A fold of the same type, which is not used again.
    ///   - numbers: This fold's number of each symbol of the other's.
    func append(_ later: any TradeFold, numbers: [Int])
    /// The day's rows, in any order; no key twice in a symbol.
    /// - Parameter symbols: By number.
    func rows(_ symbols: [Symbol]) -> [ProjectedRow]
}
