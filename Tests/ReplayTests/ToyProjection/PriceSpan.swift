import Columns
import Market
import Projections

/// A projection as small as one can be: each symbol's lowest and highest price of the day, and its trades.
final class PriceSpan: DayFold {
    static let id = ProjectionID(name: "toy_span", version: 1)
    static let contents: Set<String> = ["trades"]

    private struct Span {
        var low = Int64.max
        var high = Int64.min
        var trades: UInt64 = 0
        var lastMessage: UInt64 = 0
    }

    private var spans: [Symbol: Span] = [:]

    init(_ context: FoldContext) {}

    func fold(_ trades: UnsafeBufferPointer<Trade>, _ symbols: borrowing SymbolTable) {
        for trade in trades where trade.status == .fresh && trade.board == .regular {
            let symbol = symbols.symbols[Int(trade.symbol)]
            var span = spans[symbol, default: Span()]
            span.low = min(span.low, trade.price)
            span.high = max(span.high, trade.price)
            span.trades += 1
            span.lastMessage = trade.messageNumber
            spans[symbol] = span
        }
    }

    func rows() -> [ProjectedRow] {
        spans.map { symbol, span in
            var value: [UInt8] = []
            var extra: [UInt8] = []
            Varint.appendSigned(span.low, to: &value)
            Varint.appendSigned(span.high, to: &value)
            Varint.append(span.trades, to: &value)
            Varint.append(span.lastMessage, to: &extra)
            return ProjectedRow(symbol: symbol, key: [], value: value, extra: extra)
        }
    }
}

/// A fold over days that needs them all: each symbol's trades so far.
final class TradesSoFar: SeriesFold {
    static let id = ProjectionID(name: "toy_sum", version: 1)
    static let source = PriceSpan.id

    private var sums: [Symbol: UInt64] = [:]

    init(market: String) {}

    func fold(day: TradingDay, _ rows: [ProjectedRow]) -> [ProjectedRow] {
        rows.map { row in
            let trades: UInt64 = row.value.withUnsafeBytes {
                var reader = VarintReader($0)
                _ = (reader.next(), reader.next())
                return reader.next()
            }
            sums[row.symbol, default: 0] += trades
            var value: [UInt8] = []
            Varint.append(sums[row.symbol]!, to: &value)
            return ProjectedRow(symbol: row.symbol, key: [], value: value)
        }
    }
}
