internal import Market
internal import Projections

/// Feeds trade folds from trades in tape order, as long as each symbol's come in the order of the exchange; a symbol whose
/// do not is noted, and has to be fed again in order.
final class TradeFeed {
    private let folds: [any TradeFold]
    private var lastSequences: [UInt64] = []
    /// Symbols, by number, whose trades did not come in order.
    private(set) var disordered: Set<UInt32> = []

    init(_ folds: [any TradeFold]) { self.folds = folds }

    private static func isFolded(_ trade: Trade) -> Bool {
        trade.status == .fresh && trade.board == .regular
    }

    /// Feeds a batch.
    func feed(_ trades: UnsafeBufferPointer<Trade>) {
        guard !folds.isEmpty else { return }
        for trade in trades where TradeFeed.isFolded(trade) {
            let symbol = Int(trade.symbol)
            while lastSequences.count <= symbol { lastSequences.append(0) }
            if trade.sequence != Trade.noSequence {
                guard trade.sequence >= lastSequences[symbol] else {
                    disordered.insert(trade.symbol)
                    continue
                }
                lastSequences[symbol] = trade.sequence
            }
            fold(trade)
        }
    }

    /// The trades of a batch that belong to a disordered symbol.
    func disordered(in trades: UnsafeBufferPointer<Trade>) -> [Trade] {
        trades.filter { TradeFeed.isFolded($0) && disordered.contains($0.symbol) }
    }

    /// Feeds all trades of the disordered symbols again, in the order of the exchange.
    func feedAgain(_ trades: [Trade]) {
        for symbol in disordered.sorted() {
            for fold in folds { fold.reset(symbol: Int(symbol)) }
        }
        // Trades without a sequence have the highest number: they keep the order of the tape, behind the others.
        let sorted = trades.sorted {
            ($0.sequence, $0.messageNumber, $0.recordIndex) < ($1.sequence, $1.messageNumber, $1.recordIndex)
        }
        for trade in sorted { fold(trade) }
    }

    private func fold(_ trade: Trade) {
        withUnsafePointer(to: trade.price) { price in
            withUnsafePointer(to: trade.quantity) { quantity in
                withUnsafePointer(to: trade.side.rawValue) { side in
                    for fold in folds {
                        fold.fold(
                            symbol: Int(trade.symbol), minute: Int(trade.second) / 60,
                            prices: UnsafeBufferPointer(start: price, count: 1),
                            quantities: UnsafeBufferPointer(start: quantity, count: 1),
                            sides: UnsafeBufferPointer(start: side, count: 1))
                    }
                }
            }
        }
    }
}
